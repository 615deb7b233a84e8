// Rows of [cluster], [storage], [wal] and [replication].
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

const Table& MemoryTable() {
  using S = MemoryStorageSpec;
  static const Table kTable{
      .about = "Options of the memory engine.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<SizeCodec, &S::checkpoint_every>(
                  "checkpoint_every",
                  "a checkpoint starts when this much WAL was written since "
                  "the last")
                  .AtLeast(4 * 1024),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& PrimaryBackupTable() {
  using S = PrimaryBackupSpec;
  static const Table kTable{
      .about = "Options of primary-backup log shipping.",
      .fields =
          {
              Value<ChoiceCodec<AckRule>, &S::ack>(
                  "ack", "whom the primary waits for before it answers"),
              Value<Count32, &S::k>("k", "semi-sync: backups to wait for")
                  .Between(1, 998),
              Value<ChoiceCodec<AckedBy>, &S::acked_by>(
                  "acked_by", "what a backup has done when it acknowledges"),
              Value<ChoiceCodec<Visibility>, &S::visible>(
                  "visible", "when a write may be read at the primary"),
              Value<ChoiceCodec<DegradeRule>, &S::degrade>(
                  "degrade", "what happens when backups do not answer"),
              Value<DurationCodec, &S::degrade_after>(
                  "degrade_after", "silence until the degrade rule acts")
                  .AtLeast(1),
              Value<ChoiceCodec<FailoverRule>, &S::failover>(
                  "failover", "who replaces a silent primary, and how"),
              Value<DurationCodec, &S::heartbeat>(
                  "heartbeat", "pause between the primary's heartbeats")
                  .AtLeast(1),
              Value<DurationCodec, &S::failover_timeout>(
                  "failover_timeout", "silence of the primary until a failover")
                  .AtLeast(1),
              Value<DurationCodec, &S::lease>(
                  "lease",
                  "lease granted by the config service, for lease "
                  "reads")
                  .AtLeast(1),
              Value<ShareCodec, &S::drift_bound>(
                  "drift_bound",
                  "rate error between two clocks that leases trust")
                  .Between(0, 400'000),
              Value<NodeCodec, &S::primary>("primary",
                                            "primary of the first epoch"),
              Value<SizeCodec, &S::max_batch>("max_batch",
                                              "bytes of entries in one message")
                  .AtLeast(1024),
              Value<Count32, &S::max_inflight>(
                  "max_inflight", "unacknowledged messages per backup")
                  .Between(1, 100'000),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& RaftTable() {
  using S = RaftSpec;
  static const Table kTable{
      .about = "Options of Raft.",
      .fields =
          {
              Value<DurationRangeCodec, &S::election>(
                  "election", "election timeout, drawn anew each time")
                  .AtLeast(1),
              Value<DurationCodec, &S::heartbeat>(
                  "heartbeat", "pause between the leader's heartbeats")
                  .AtLeast(1),
              Value<FlagCodec, &S::pre_vote>("pre_vote",
                                             "ask before raising the term"),
              Value<FlagCodec, &S::check_quorum>(
                  "check_quorum", "a leader that hears no majority steps down"),
              Value<SizeCodec, &S::max_batch>("max_batch",
                                              "bytes of entries in one message")
                  .AtLeast(1024),
              Value<Count32, &S::max_inflight>(
                  "max_inflight", "unacknowledged messages per follower")
                  .Between(1, 100'000),
              Value<Count64, &S::snapshot_every>(
                  "snapshot_every",
                  "applied entries between replica snapshots; 0: none"),
              Value<SizeCodec, &S::snapshot_chunk>(
                  "snapshot_chunk", "bytes of a snapshot in one message")
                  .AtLeast(256),
              Value<Count64, &S::keep_entries>(
                  "keep_entries",
                  "entries kept behind a snapshot for slow followers"),
              Value<DurationCodec, &S::lease>(
                  "lease", "leader lease, before the drift bound is taken off")
                  .AtLeast(1),
              Value<ShareCodec, &S::drift_bound>(
                  "drift_bound",
                  "rate error between two clocks that leases trust")
                  .Between(0, 500'000),
              Value<ChoiceCodec<CorruptEntryRule>, &S::on_corrupt_entry>(
                  "on_corrupt_entry",
                  "what a node does with damaged entries it may have "
                  "acknowledged"),
              Value<FlagCodec, &S::joint_membership>(
                  "joint_membership",
                  "joint quorums; false: one node at a time"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& QuorumTable() {
  using S = QuorumSpec;
  static const Table kTable{
      .about = "Options of the leaderless quorum model.",
      .fields =
          {
              Value<Count32, &S::n>("n", "owners of a key").Between(1, 999),
              Value<Count32, &S::w>("w", "durable copies a write waits for")
                  .Between(1, 999),
              Value<Count32, &S::r>("r", "answers a read merges")
                  .Between(1, 999),
              Value<ChoiceCodec<VersionScheme>, &S::versions>(
                  "versions", "how versions are made"),
              Value<ChoiceCodec<RepairRule>, &S::repair>(
                  "repair", "when a read repairs stale replicas"),
              Value<FlagCodec, &S::hints>(
                  "hints", "keep writes for owners that do not answer"),
              Value<FlagCodec, &S::sloppy>(
                  "sloppy", "strangers may stand in for owners in w and r"),
              Value<DurationCodec, &S::hint_ttl>("hint_ttl",
                                                 "age at which hints go")
                  .AtLeast(1),
              Value<DurationCodec, &S::hint_replay>(
                  "hint_replay", "pause between attempts to deliver hints")
                  .AtLeast(1),
              Value<DurationCodec, &S::anti_entropy>(
                  "anti_entropy", "pause between Merkle comparisons; 0s: none"),
              Value<DurationCodec, &S::gc_grace>(
                  "gc_grace", "age at which tombstones may be collected"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& DetectorTable() {
  using S = DetectorSpec;
  static const Table kTable{
      .about = "The failure detector: advice, never authority.",
      .fields =
          {
              Value<ChoiceCodec<DetectorKind>, &S::kind>("kind",
                                                         "how it suspects"),
              Value<DurationCodec, &S::interval>(
                  "interval", "pause between heartbeats or probes")
                  .AtLeast(1),
              Value<DurationCodec, &S::timeout>(
                  "timeout", "timeout, swim: silence until suspicion")
                  .AtLeast(1),
              Value<Count32, &S::phi>("phi", "phi: level of suspicion")
                  .Between(1, 100),
              Value<Count32, &S::indirect>("indirect",
                                           "swim: helpers asked to ping")
                  .Between(0, 100),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace

const Table& ClusterTable() {
  using S = ClusterSpec;
  static const Table kTable{
      .about = "The nodes, n1 to nN, and who grants epochs.",
      .fields =
          {
              Value<Count32, &S::nodes>("nodes", "how many: n1 .. nN", "5")
                  .Between(1, 999),
              Value<ZonesCodec, &S::zones>(
                  "zones", "groups of nodes, for links and faults",
                  "{ east = [\"n1\", \"n2\"], west = [\"n3\"] }"),
              Value<ChoiceCodec<ConfigServiceKind>, &S::config_service>(
                  "config_service",
                  "who grants epochs and keeps the in-sync "
                  "set"),
              Value<Count32, &S::config_nodes>(
                  "config_nodes", "members m1 .. mN of a raft config service")
                  .Between(1, 9),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& StorageTable() {
  using S = StorageSpec;
  static const Table kTable{
      .about = "The storage engine of every node.",
      .fields =
          {
              Value<ChoiceCodec<StorageKind>, &S::engine>("engine", "which"),
              SubTable<&S::memory>("memory", MemoryTable),
          },
      .reserved = {{"hashlog", "the storage engine \"hashlog\""},
                   {"btree", "the storage engine \"btree\""},
                   {"lsm", "the storage engine \"lsm\""},
                   {"sqlite", "the storage engine \"sqlite\""},
                   {"cache", "a block cache of storage engines"}},
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& WalTable() {
  using S = WalSpec;
  static const Table kTable{
      .about = "The authoritative log of every node.",
      .fields =
          {
              Value<ChoiceCodec<WalSync>, &S::sync>("sync",
                                                    "when it is synced"),
              Value<DurationCodec, &S::delay>(
                  "delay",
                  "group: longest wait for company; interval: pause "
                  "between syncs"),
              Value<SizeCodec, &S::segment>("segment", "size of one file")
                  .Between(4 * 1024, std::int64_t{1} << 30),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& ReplicationTable() {
  using S = ReplicationSpec;
  static const Table kTable{
      .about =
          "The replication model. Options of the models that are not "
          "chosen may stay, so that `compare` can switch.",
      .fields =
          {
              Value<ChoiceCodec<ReplicationModel>, &S::model>("model", "which"),
              SubTable<&S::primary_backup>("primary_backup",
                                           PrimaryBackupTable),
              SubTable<&S::raft>("raft", RaftTable),
              SubTable<&S::quorum>("quorum", QuorumTable),
              SubTable<&S::detector>("detector", DetectorTable),
          },
      .reserved = {{"chain", "the replication model \"chain\""},
                   {"multi_leader", "the replication model \"multi_leader\""}},
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace wringer::sim
