// Rows of [faults]: the timeline and its triggers. Which keys a fault takes
// depends on its kind.
#include "sim/scenario/schema/schema_faults.h"

#include "absl/strings/str_cat.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

template <typename... Kinds>
constexpr std::uint32_t Of(Kinds... kinds) {
  return ((std::uint32_t{1} << static_cast<unsigned>(kinds)) | ...);
}

using K = FaultKind;
constexpr std::uint32_t kPartitions = Of(K::kPartition);
constexpr std::uint32_t kLinks = Of(K::kLink);
constexpr std::uint32_t kWithoutNode = Of(K::kPartition, K::kLink, K::kHeal);
constexpr std::uint32_t kAtOnce =
    Of(K::kClockStep, K::kBitRot, K::kConfig, K::kMembership, K::kHeal);

std::uint32_t KindsOfRow(const DocValue& row) {
  const DocEntry* kind = row.Find("do");
  if (kind != nullptr && kind->value.is_string()) {
    if (auto known = FindName<FaultKind>(kind->value.text)) {
      return Of(*known);
    }
  }
  return ~std::uint32_t{0};
}

std::uint32_t KindsOfFault(const void* fault) {
  return Of(static_cast<const FaultSpec*>(fault)->kind);
}

// The keys that say what a trigger waits for.
constexpr Slice kMilestones[] = {"mark", "event", "role", "fault", "ended"};

void FinishTrigger(const DocValue& table, void*, Problems* problems) {
  int found = 0;
  for (Slice key : kMilestones) {
    found += table.Find(key) != nullptr ? 1 : 0;
  }
  if (found != 1) {
    problems->Error(table.span,
                    found == 0 ? "this trigger waits for nothing"
                               : "this trigger waits for several things",
                    "name one of mark, event, role, fault, ended: when = "
                    "{ event = \"disk-sync\", node = \"n1\", count = 3 }");
  }
}

const Table& TriggerTable() {
  using S = FaultTrigger;
  static const Table kTable{
      .about = "A milestone that sets a fault off. One of the first five keys.",
      .style = TableStyle::kInline,
      .fields =
          {
              Whole<OnMarkCodec>("mark", "a rare path is reached",
                                 "\"wal.torn_tail\""),
              Whole<OnEventCodec>("event", "something happens",
                                  "\"disk-sync\""),
              Whole<OnRoleCodec>("role", "a node becomes leader or follower",
                                 "\"leader\""),
              Whole<OnFaultCodec>("fault", "the fault with this id fires",
                                  "\"cut\""),
              Whole<OnEndCodec>("ended", "the fault with this id ends",
                                "\"cut\""),
              Value<Maybe<TargetCodec>, &S::node>(
                  "node", "only there; unset: anywhere", "\"old-leader\""),
              Value<Count64, &S::count>("count", "the n-th time").AtLeast(1),
              Value<DurationCodec, &S::after>("after", "and then so long"),
          },
      .defaults = DefaultOf<S>,
      .finish = FinishTrigger};
  return kTable;
}

// `when` shares FaultSpec::trigger with `at`: it is absent if the time rules.
Field WhenField() {
  Field f = SubTable<&FaultSpec::trigger>("when", TriggerTable);
  f.find = [](const void* object) -> const void* {
    const FaultTrigger& trigger =
        static_cast<const FaultSpec*>(object)->trigger;
    return trigger.kind == FaultTrigger::Kind::kAt ? nullptr : &trigger;
  };
  return f;
}

// `at` likewise.
struct AtOfFaultCodec {
  using Type = FaultTrigger;
  static constexpr Slice kType = AtCodec::kType;
  static constexpr bool kTextual = true;
  static void Read(const DocValue& value, const Field& field, Type* out,
                   Problems* problems) {
    AtCodec::Read(value, field, out, problems);
  }
  static std::optional<std::string> Write(const Type& value) {
    return AtCodec::Write(value);
  }
  static std::string Json(const Field& field) { return AtCodec::Json(field); }
};

const std::vector<Field>& CommonFields() {
  using S = FaultSpec;
  static const std::vector<Field> kFields = {
      Value<TextCodec, &S::id>("id", "unique; used by ledger, shrinker, report",
                               "\"cut\"")
          .Required(),
      Value<AtOfFaultCodec, &S::trigger>("at", "when, in simulated time",
                                         "\"2s\""),
      WhenField(),
      Value<ChoiceCodec<FaultKind>, &S::kind>("do", "the kind of fault",
                                              "\"partition\"")
          .Required(),
      Value<TargetListCodec, &S::nodes>("node", "the victims", "\"leader\"")
          .For(~kWithoutNode),
      Value<Maybe<DurationRangeCodec>, &S::duration>(
          "for", "how long; unset: until a heal, or settling", "\"1s..3s\"")
          .For(~kAtOnce),
  };
  return kFields;
}

const std::vector<Field>& NetworkFields() {
  using S = FaultSpec;
  using P = PartitionParams;
  using L = LinkParams;
  static const std::vector<Field> kFields = {
      Value<SidesCodec, &S::partition, &P::sides>(
          "sides", "no link between different sides",
          "[[\"leader\"], [\"others\"]]")
          .For(kPartitions),
      Value<TargetListCodec, &S::partition, &P::isolate>(
          "isolate", "these against every other replica and the config service",
          "\"leader\"")
          .For(kPartitions),
      Value<TargetListCodec, &S::partition, &P::except>(
          "except", "isolate: those they still reach", "\"config\"")
          .For(kPartitions),
      Value<TargetListCodec, &S::partition, &P::from>(
          "from", "one way: these are not heard", "\"n1\"")
          .For(kPartitions),
      Value<TargetListCodec, &S::partition, &P::to>("to", "one way: by these",
                                                    "\"n2\"")
          .For(kPartitions),
      Value<Maybe<TargetCodec>, &S::partition, &P::bridge>(
          "bridge", "reaches both halves, which do not reach each other",
          "\"n3\"")
          .For(kPartitions),
      Value<TargetListCodec, &S::link, &L::between>(
          "between", "two targets, both ways", "[\"n1\", \"n2\"]")
          .For(kLinks),
      Value<TargetListCodec, &S::link, &L::from>("from", "one way: senders",
                                                 "\"n1\"")
          .For(kLinks),
      Value<TargetListCodec, &S::link, &L::to>("to", "one way: receivers",
                                               "\"n2\"")
          .For(kLinks),
      Value<DelayCodec, &S::link, &L::delay>("delay", "added to the latency",
                                             "\"10ms..50ms\"")
          .For(kLinks),
      Value<ShareCodec, &S::link, &L::loss>("loss", "messages lost", "\"20%\"")
          .Between(0, kAlways)
          .For(kLinks),
      Value<ShareCodec, &S::link, &L::duplicate>(
          "duplicate", "messages that arrive twice", "\"5%\"")
          .Between(0, kAlways)
          .For(kLinks),
      Value<ShareCodec, &S::link, &L::reorder>(
          "reorder", "messages that take a detour", "\"5%\"")
          .Between(0, kAlways)
          .For(kLinks),
      Value<NewBandwidthCodec, &S::link, &L::bandwidth>(
          "bandwidth", "replaces the link's", "\"1Mbit/s\"")
          .AtLeast(1)
          .AtLeast(1)
          .For(kLinks),
      Value<FlagCodec, &S::link, &L::hold>(
          "hold", "keep every message, let all go when the fault ends", "true")
          .For(kLinks),
  };
  return kFields;
}

const std::vector<Field>& NodeFields() {
  using S = FaultSpec;
  constexpr std::int64_t kDay = std::int64_t{86'400} * kSecond;
  static const std::vector<Field> kFields = {
      Value<ShareCodec, &S::keep>(
          "keep", "chance of each unsynced piece to survive", "\"50%\"")
          .Between(0, kAlways)
          .For(Of(K::kPowerLoss)),
      Value<DurationCodec, &S::by>("by", "how far the clock jumps",
                                   "\"-400ms\"")
          .Between(-kDay, kDay)
          .For(Of(K::kClockStep)),
      Value<RateErrorCodec, &S::rate>("rate", "how fast the clocks run off",
                                      "\"500ppm\"")
          .Between(-500'000, 500'000)
          .For(Of(K::kClockDrift)),
      Value<SizeCodec, &S::spare>("spare", "bytes that may still be written",
                                  "\"4KiB\"")
          .For(Of(K::kDiskFull)),
      Value<FlagSetCodec<IoCalls>, &S::on>("on", "which calls fail",
                                           "[\"write\", \"sync\"]")
          .For(Of(K::kIoError)),
      Value<Count64, &S::errors>("errors",
                                 "how many fail; 0: all until the "
                                 "end",
                                 "3")
          .For(Of(K::kIoError)),
      Value<ChoiceCodec<FileClass>, &S::files>("files", "only these files",
                                               "\"wal\"")
          .For(Of(K::kIoError, K::kBitRot)),
      Value<Count32, &S::factor>("factor", "service times times this", "50")
          .Between(2, 100'000)
          .For(Of(K::kSlowDisk)),
      Value<CountRangeCodec, &S::bits>("bits", "how many flip", "\"1..8\"")
          .Between(1, 4096)
          .For(Of(K::kBitRot)),
      Value<ChoiceCodec<ConfigAction>, &S::config>(
          "action", "what is done with the node", "\"grant\"")
          .For(Of(K::kConfig)),
      Value<NodeListCodec, &S::in_sync>(
          "in_sync",
          "grant: the new in-sync set; empty: the config service "
          "decides",
          "[\"n2\", \"n3\"]")
          .For(Of(K::kConfig)),
      Value<ChoiceCodec<MembershipAction>, &S::membership>(
          "action", "what is done with the node", "\"add\"")
          .For(Of(K::kMembership)),
      Value<TextListCodec, &S::faults>("faults", "ids to end; empty: all",
                                       "[\"cut\"]")
          .For(Of(K::kHeal)),
  };
  return kFields;
}

std::vector<Field> FaultFields() {
  std::vector<Field> out = CommonFields();
  for (const auto* more : {&NetworkFields(), &NodeFields()}) {
    out.insert(out.end(), more->begin(), more->end());
  }
  return out;
}

const Table& FaultTable() {
  static const Table kTable{.about = "One fault of the timeline.",
                            .style = TableStyle::kInline,
                            .fields = FaultFields(),
                            .defaults = DefaultOf<FaultSpec>,
                            .kinds_of = KindsOfRow,
                            .kinds_of_object = KindsOfFault,
                            .finish = FinishFault};
  return kTable;
}

}  // namespace

const Table& FaultsTable() {
  using S = FaultsSpec;
  static const Table kTable{
      .about = "What goes wrong.",
      .fields =
          {
              Rows<&S::timeline>("timeline", FaultTable,
                                 "explicit faults, one per line"),
              SubTable<&S::random>("random", RandomFaultsTable),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace wringer::sim
