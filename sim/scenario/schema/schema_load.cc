// Rows of the top of the file, [run], [workload], [expect], [regression] and
// [matrix].
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

const Table& LimitsTable() {
  using S = RunLimits;
  static const Table kTable{
      .about = "Passing a limit makes the run inconclusive.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Count64, &S::events>("events", "events in the world")
                  .AtLeast(1),
              Value<DurationCodec, &S::wall>("wall", "real time").AtLeast(1),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& KeysTable() {
  using S = KeysSpec;
  static const Table kTable{
      .about = "The keys.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Count64, &S::count>("count", "how many")
                  .Between(1, 10'000'000),
              Value<KeyPickCodec, &S::pick>("pick", "which are popular",
                                            "\"zipf 0.9\""),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& MixTable() {
  using S = MixSpec;
  static const Table kTable{
      .about = "Relative weights of the operations.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Count32, &S::get>("get", "reads").Between(0, 1'000'000),
              Value<Count32, &S::put>("put", "writes").Between(0, 1'000'000),
              Value<Count32, &S::del>("delete", "deletions")
                  .Between(0, 1'000'000),
              Value<Count32, &S::cas>("cas",
                                      "compare-and-set; not under quorum")
                  .Between(0, 1'000'000),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& LevelsTable() {
  using S = LevelsSpec;
  static const Table kTable{
      .about = "Consistency levels asked for.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<ReadLevelCodec, &S::read>(
                  "read",
                  "local, session, bounded(D), leader, lease, quorum, "
                  "strong",
                  "\"bounded(100ms)\""),
              Value<WriteLevelCodec, &S::write>(
                  "write",
                  "default, mem, os, local, k(N), quorum, all, any; "
                  "default: as the model is configured",
                  "\"k(2)\""),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& AvailabilityTable() {
  using S = AvailabilitySpec;
  static const Table kTable{
      .about = "Share of operations answered, in every window.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Maybe<ShareCodec>, &S::min>("min", "the least", "\"99%\"")
                  .Between(0, kAlways),
              Value<DurationCodec, &S::window>("window", "length of a window")
                  .AtLeast(kMillisecond),
              Value<FlagCodec, &S::outside_faults>(
                  "outside_faults", "leave out windows that touch a fault"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& LatencyTable() {
  using S = LatencySpec;
  static const Table kTable{
      .about = "Greatest latency of answered operations.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Maybe<DurationCodec>, &S::p50>("p50", "median", "\"2ms\""),
              Value<Maybe<DurationCodec>, &S::p99>("p99", "99th percentile",
                                                   "\"60ms\""),
              Value<Maybe<DurationCodec>, &S::max>("max", "slowest", "\"1s\""),
              Value<FlagCodec, &S::outside_faults>(
                  "outside_faults", "leave out operations during faults"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& ScriptTable() {
  using S = ScriptedOp;
  static const Table kTable{
      .about =
          "One operation written out; what shrinking leaves of a workload.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<Count64, &S::id>("id", "unique; its value begins with it")
                  .Between(1, std::int64_t{1} << 40)
                  .Required(),
              Value<Count32, &S::client>("client", "who calls: 3 is c3")
                  .Between(1, 10'000)
                  .Required(),
              Value<DurationCodec, &S::at>(
                  "at",
                  "when it is called, or as soon as the client's operation "
                  "before it has returned",
                  "\"118ms\"")
                  .Required(),
              Value<ChoiceCodec<ScriptKind>, &S::kind>("do", "what it asks",
                                                       "\"put\"")
                  .Required(),
              Value<Count64, &S::key>("key", "number of the key: 4 is k4")
                  .Between(0, 9'999'999)
                  .Required(),
              Value<SizeCodec, &S::value>("value", "size written by put, cas")
                  .Between(8, 16 << 20),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace

const Table& RunTable() {
  using S = RunSpec;
  constexpr std::int64_t kLongest = std::int64_t{30 * 86'400} * kSecond;
  static const Table kTable{
      .about = "How long, and when to give up.",
      .fields =
          {
              Value<DurationCodec, &S::length>(
                  "length",
                  "simulated time during which clients and faults are active")
                  .Between(kMillisecond, kLongest),
              Value<DurationCodec, &S::settle>(
                  "settle",
                  "then faults stop, all is healed, and liveness is "
                  "judged; as long again while the cluster makes progress, "
                  "at most ten times")
                  .Between(0, kLongest),
              Value<ChoiceCodec<CoreRule>, &S::core>(
                  "core",
                  "what is healed after the load; the core alone must agree "
                  "and serve"),
              SubTable<&S::limits>("limits", LimitsTable),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& WorkloadTable() {
  using S = WorkloadSpec;
  static const Table kTable{
      .about = "What the clients do.",
      .fields =
          {
              Value<Count32, &S::clients>("clients", "how many, c1 .. cN")
                  .Between(1, 10'000),
              SubTable<&S::keys>("keys", KeysTable),
              Value<SizeRangeCodec, &S::values>(
                  "values", "size of the values written", "\"16B..4KiB\"")
                  .Between(8, 16 << 20),
              SubTable<&S::mix>("mix", MixTable),
              Value<PaceCodec, &S::pace>(
                  "pace",
                  "closed: next operation after a think time; open: "
                  "arrivals at a rate",
                  "\"open 500/s\""),
              SubTable<&S::levels>("levels", LevelsTable),
              Value<ChoiceCodec<ClientRoute>, &S::route>(
                  "route", "where a client tries first"),
              Value<DurationCodec, &S::timeout>("timeout", "of one attempt")
                  .AtLeast(kMicrosecond),
              Value<Count32, &S::retries>(
                  "retries", "further attempts with the same request id")
                  .Between(0, 1'000),
              Value<DurationRangeCodec, &S::backoff>(
                  "backoff", "pause before a further attempt"),
              Value<FlagCodec, &S::preload>("preload",
                                            "write every key before the start"),
              Value<FlagCodec, &S::final_reads>(
                  "final_reads", "read every key after settling"),
              Value<Maybe<Count64>, &S::operations>(
                  "operations", "stop after so many; unset: at run.length",
                  "10_000")
                  .AtLeast(1),
              Rows<&S::script>("script", ScriptTable,
                               "the operations one by one, instead of drawing "
                               "them from mix, values and think time"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& ExpectTable() {
  using S = ExpectSpec;
  static const Table kTable{
      .about =
          "What the run must satisfy. What is not stated is judged by "
          "the design's own promise.",
      .fields =
          {
              Value<Maybe<ChoiceCodec<Consistency>>, &S::consistency>(
                  "consistency", "of the whole history", "\"linearizable\""),
              Value<Maybe<Count64>, &S::lost_acks>(
                  "lost_acks", "acknowledged writes that may be lost", "0"),
              Value<FlagSetCodec<SessionGuarantees>, &S::sessions>(
                  "sessions", "session guarantees",
                  "[\"read-your-writes\", \"monotonic-reads\"]"),
              Value<Maybe<DurationCodec>, &S::staleness>(
                  "staleness", "greatest age of a value read", "\"500ms\""),
              Value<Maybe<ViolationCodec>, &S::violation>(
                  "violation",
                  "this run must show it: exit 0 if it does, 1 "
                  "if not",
                  "\"safety/lost-ack\""),
              Value<Maybe<DurationCodec>, &S::converges>(
                  "converges",
                  "all replicas equal so soon after settling "
                  "began",
                  "\"5s\""),
              SubTable<&S::availability>("availability", AvailabilityTable),
              SubTable<&S::latency>("latency", LatencyTable),
              Value<MarkListCodec, &S::marks>("marks",
                                              "rare paths that must be reached",
                                              "[\"wal.torn_tail\"]"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& RegressionTable() {
  using S = RegressionSpec;
  static const Table kTable{
      .about = "A bug this file pins: it must not come back.",
      .fields =
          {
              Value<ViolationCodec, &S::violation>(
                  "violation", "what it showed", "\"safety/lost-ack\"")
                  .Required(),
              Value<TextCodec, &S::found>("found", "seed and commit",
                                          "\"seed 0x5eed11, 1a2b3c4\""),
              Value<TextCodec, &S::fixed_in>("fixed_in", "commit",
                                             "\"5d6e7f8\""),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& MatrixTable() {
  using S = MatrixSpec;
  static const Table kTable{
      .about = "What `wringer compare` varies; nothing else reads it.",
      .fields =
          {
              Value<AxesCodec, &S::axes>(
                  "axes", "keys and the values each takes",
                  "{ \"wal.sync\" = [\"every\", \"group\"] }"),
              Value<Count64, &S::seeds>("seeds", "per cell")
                  .Between(1, 1'000'000),
              Value<BaselineCodec, &S::baseline>(
                  "baseline", "the cell the others are compared with",
                  "{ \"wal.sync\" = \"group\" }"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& CapsuleTable() {
  using S = CapsuleSpec;
  static const Table kTable{
      .about =
          "A run that failed, as `wringer replay` checks it. Written by the "
          "tool; changes no run.",
      .fields =
          {
              Value<Count32, &S::format>("format", "version of this table")
                  .Between(1, 1)
                  .Required(),
              Value<TextCodec, &S::build>("build", "what ran it"),
              Value<TextCodec, &S::digest>("digest", "of the whole run"),
              Value<Count64, &S::events>("events", "in the whole run"),
              Value<TextCodec, &S::violation>("violation", "what it showed",
                                              "\"safety/lost-ack\""),
              Value<TextCodec, &S::fingerprint>("fingerprint",
                                                "the kind of failure"),
              Value<TextCodec, &S::summary>("summary", "one line of it"),
              Value<DurationCodec, &S::at>("at",
                                           "when it was seen; 0s: at the end"),
              Value<TextListCodec, &S::checkpoints>(
                  "checkpoints",
                  "the digest chain: event number, simulated ns, digest",
                  "[\"4096.1204500000.9f3c5b0271aae410\"]"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& ScenarioTable() {
  using S = Scenario;
  static const Table kTable{
      .about = "The file itself.",
      .fields =
          {
              Value<FormatCodec, &S::format>("format", "version of the format")
                  .Required(),
              Value<TextCodec, &S::name>("name", "one line for reports",
                                         "\"A leader loses power\"")
                  .Required(),
              Value<BlockTextCodec, &S::about>("about", "the story"),
              Value<TextListCodec, &S::tags>("tags", "words to select by",
                                             "[\"raft\", \"durability\"]"),
              Value<Maybe<SeedCodec>, &S::seed>(
                  "seed", "unset: a fresh one per run; --seed wins",
                  "\"0x2f9c41d7\""),
              Value<MutantListCodec, &S::mutants>("mutants",
                                                  "planted bugs to switch on",
                                                  "[\"wal_ack_before_sync\"]"),
              SubTable<&S::run>("run", RunTable),
              SubTable<&S::cluster>("cluster", ClusterTable),
              SubTable<&S::storage>("storage", StorageTable),
              SubTable<&S::wal>("wal", WalTable),
              SubTable<&S::replication>("replication", ReplicationTable),
              SubTable<&S::network>("network", NetworkTable),
              SubTable<&S::disk>("disk", DiskTable),
              SubTable<&S::clocks>("clocks", ClocksTable),
              SubTable<&S::cpu>("cpu", CpuTable),
              SubTable<&S::workload>("workload", WorkloadTable),
              SubTable<&S::faults>("faults", FaultsTable),
              SubTable<&S::expect>("expect", ExpectTable),
              SubTable<&S::regression>("regression", RegressionTable),
              SubTable<&S::matrix>("matrix", MatrixTable),
              SubTable<&S::capsule>("capsule", CapsuleTable),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace wringer::sim
