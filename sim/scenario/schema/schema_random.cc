// Rows of [faults.random]: what the nemesis draws from.
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/schema/schema_faults.h"

namespace wringer::sim {
namespace {

// The two keys every kind has, in the base of its struct.
template <typename S>
std::vector<Field> KindFields(std::vector<Field> more) {
  std::vector<Field> out = {
      ValueIn<S, Count32, &RandomFault::weight>(
          "weight", "how often, against the other kinds", "3")
          .Between(0, 1'000'000)
          .Required(),
      ValueIn<S, DurationRangeCodec, &RandomFault::duration>("for", "how long",
                                                             "\"100ms..5s\""),
  };
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

// One kind of random fault: weight and duration, and what is its own.
template <typename S>
Table KindTable(Slice about, std::vector<Field> more) {
  return {.about = about,
          .style = TableStyle::kInline,
          .fields = KindFields<S>(std::move(more)),
          .defaults = DefaultOf<S>};
}

const Table& PlainTable() {
  static const Table kTable =
      KindTable<RandomFault>("A kind without parameters of its own.", {});
  return kTable;
}

const Table& PowerLossTable() {
  using S = RandomPowerLoss;
  static const Table kTable = KindTable<S>(
      "Power losses.", {Value<ShareCodec, &S::keep>(
                            "keep", "chance of each unsynced piece to survive")
                            .Between(0, kAlways)});
  return kTable;
}

const Table& PartitionTable() {
  using S = RandomPartition;
  static const Table kTable = KindTable<S>(
      "Partitions.", {Value<FlagSetCodec<PartitionShapes>, &S::shapes>(
                         "shapes", "which shapes")});
  return kTable;
}

const Table& LinkFaultTable() {
  using S = RandomLink;
  static const Table kTable = KindTable<S>(
      "Bad links.",
      {Value<DelayCodec, &S::delay>("delay", "added to the latency"),
       Value<ShareCodec, &S::loss>("loss", "messages lost").Between(0, kAlways),
       Value<ShareCodec, &S::duplicate>("duplicate",
                                        "messages that arrive twice")
           .Between(0, kAlways),
       Value<ShareCodec, &S::hold>("hold",
                                   "share of link faults that hold instead")
           .Between(0, kAlways)});
  return kTable;
}

const Table& ClockStepTable() {
  using S = RandomClockStep;
  constexpr std::int64_t kDay = std::int64_t{86'400} * kSecond;
  static const Table kTable =
      KindTable<S>("Jumps of the wall clock.",
                   {Value<DurationRangeCodec, &S::by>("by", "how far")
                        .Between(-kDay, kDay)});
  return kTable;
}

const Table& ClockDriftTable() {
  using S = RandomClockDrift;
  static const Table kTable =
      KindTable<S>("Clocks that run off.",
                   {Value<RateErrorRangeCodec, &S::rate>("rate", "how fast")
                        .Between(-500'000, 500'000)});
  return kTable;
}

const Table& IoErrorTable() {
  using S = RandomIoError;
  static const Table kTable = KindTable<S>(
      "Failing file calls.",
      {Value<FlagSetCodec<IoCalls>, &S::on>("on", "which calls"),
       Value<CountRangeCodec, &S::errors>("errors", "how many fail")
           .Between(1, 1'000'000)});
  return kTable;
}

const Table& SlowDiskTable() {
  using S = RandomSlowDisk;
  static const Table kTable = KindTable<S>(
      "Limping disks.",
      {Value<CountRangeCodec, &S::factor>("factor", "service times times this")
           .Between(2, 100'000)});
  return kTable;
}

const Table& BitRotTable() {
  using S = RandomBitRot;
  static const Table kTable = KindTable<S>(
      "Stored bits that flip.",
      {Value<CountRangeCodec, &S::bits>("bits", "how many").Between(1, 4096)});
  return kTable;
}

const Table& AtMostTable() {
  using S = FaultLimits;
  static const Table kTable{
      .about = "What may be wrong at one time.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<NodeLimitCodec, &S::down>(
                  "down", "nodes crashed, without power, paused or wiped")
                  .Between(0, 999),
              Value<Count32, &S::partitions>("partitions", "at one time")
                  .Between(0, 100),
              Value<Count32, &S::wiped>("wiped", "in the whole run")
                  .Between(0, 999),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace

const Table& RandomFaultsTable() {
  using S = RandomFaultsSpec;
  static const Table kTable{
      .about =
          "The nemesis: drawn from the seed into explicit faults before "
          "the run starts. A kind that is not named never happens.",
      .fields =
          {
              Value<DurationCodec, &S::from>("from", "the first fault is later",
                                             "\"5s\""),
              Value<Maybe<DurationCodec>, &S::until>(
                  "until", "the last begins before; unset: run.length",
                  "\"28s\""),
              Value<DurationRangeCodec, &S::gap>("gap", "between two faults")
                  .AtLeast(1),
              SubTable<&S::at_most>("at_most", AtMostTable),
              Value<ShareCodec, &S::config>(
                  "config",
                  "share of node faults that hit a member of a raft config "
                  "service")
                  .Between(0, kAlways),
              SubTable<&S::crash>("crash", PlainTable),
              SubTable<&S::power_loss>("power-loss", PowerLossTable),
              SubTable<&S::pause>("pause", PlainTable),
              SubTable<&S::wipe>("wipe", PlainTable),
              SubTable<&S::partition>("partition", PartitionTable),
              SubTable<&S::link>("link", LinkFaultTable),
              SubTable<&S::clock_step>("clock-step", ClockStepTable),
              SubTable<&S::clock_drift>("clock-drift", ClockDriftTable),
              SubTable<&S::clock_freeze>("clock-freeze", PlainTable),
              SubTable<&S::disk_full>("disk-full", PlainTable),
              SubTable<&S::io_error>("io-error", IoErrorTable),
              SubTable<&S::slow_disk>("slow-disk", SlowDiskTable),
              SubTable<&S::bit_rot>("bit-rot", BitRotTable),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace wringer::sim
