// Faults of a swarm run that follow something that happens: an election, a
// sync, an acknowledged write, a rare path of the code, another fault.
//
// Where a protocol is weak is right behind such a moment, which a fault at a
// time of its own seldom meets: a vote that was just given, a leader that has
// not committed yet, a tail that one replica holds. So these fire at once or a
// little later, most often at the leader, and some are a chain of several.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

constexpr char kMomentPrefix[] = "swarm-moment-";
constexpr char kBlackoutId[] = "swarm-blackout";

std::string NameOfMoment(std::uint32_t i) {
  return absl::StrCat(kMomentPrefix, i);
}

bool HasLeader(const Scenario& s) {
  return s.replication.model == ReplicationModel::kRaft ||
         s.replication.model == ReplicationModel::kPrimaryBackup;
}

bool HitsConfig(const FaultSpec& fault) {
  return !fault.nodes.empty() &&
         fault.nodes.front() == Target::Of(Role::kConfigLeader);
}

// The victim alone, or one part of the nodes from the other.
PartitionParams CutOff(Draw* draw, const Target& victim, std::uint32_t nodes) {
  PartitionParams cut;
  const bool alone = draw->Percent(60);
  cut.sides.resize(2);
  for (std::uint32_t i = 1; i <= nodes; ++i) {
    cut.sides[draw->Percent(50) ? 0 : 1].push_back(Target::Node(NodeId(i)));
  }
  if (!alone && !cut.sides[0].empty() && !cut.sides[1].empty()) return cut;
  cut.shape = PartitionShape::kIsolate;
  cut.sides.clear();
  cut.isolate = {victim};
  return cut;
}

// One moment, drawn from a stream of its own.
class Moment {
 public:
  Moment(std::uint64_t seed, std::uint32_t number, const Scenario& s)
      : draw_(seed, SwarmGroup::kMoments, number),
        written_(
            Draw(seed, SwarmGroup::kMoments, kWrites + number).Percent(60)),
        number_(number),
        s_(s) {
    fault_.id = NameOfMoment(number);
    node_ = NodeId(draw_.Count(1, s.cluster.nodes));
  }

  FaultSpec Fault() && {
    DrawTrigger();
    DrawKind();
    return std::move(fault_);
  }

 private:
  void DrawTrigger() {
    FaultTrigger& trigger = fault_.trigger;
    const std::uint32_t at = draw_.Count(0, 99);
    const auto mark = Mark(draw_.Count(0, kMarkCount - 1));
    const std::uint32_t few = draw_.Count(1, 6);
    const std::uint32_t many = draw_.Count(1, 400);
    const Nanos soon[] = {0, draw_.Between(0, 2) * kMillisecond,
                          draw_.Between(0, 40) * kMillisecond,
                          draw_.Between(0, 400) * kMillisecond};
    trigger.after = draw_.Of(soon);
    if (at < 25 && number_ > 1) {
      trigger.kind = FaultTrigger::Kind::kFault;
      trigger.fault = NameOfMoment(number_ - 1);
    } else if (at < 65 && HasLeader(s_)) {
      trigger.kind = FaultTrigger::Kind::kEvent;
      trigger.event = FaultEvent::kLeaderChanged;
      trigger.count = few;
    } else if (at < 75) {
      trigger.kind = FaultTrigger::Kind::kMark;
      trigger.mark = mark;
      trigger.count = few;
    } else if (at < 85) {
      trigger.kind = FaultTrigger::Kind::kEvent;
      trigger.event = FaultEvent::kWriteAcked;
      trigger.count = many;
    } else {
      trigger.kind = FaultTrigger::Kind::kEvent;
      trigger.event = written_ ? FaultEvent::kDiskWrite : FaultEvent::kDiskSync;
      trigger.node = Target::Node(node_);
      trigger.count = many;
    }
  }

  // Mostly whoever leads, unless the moment is one node's own.
  Target Victim() {
    const std::uint32_t whom = draw_.Count(0, 99);
    const bool own = fault_.trigger.node.has_value();
    if (!HasLeader(s_) || own || whom >= 60) return Target::Node(node_);
    return Target::Of(whom < 50 ? Role::kLeader : Role::kOldLeader);
  }

  void DrawKind() {
    constexpr FaultKind kKinds[] = {
        FaultKind::kCrash,     FaultKind::kPowerLoss, FaultKind::kPowerLoss,
        FaultKind::kPartition, FaultKind::kPartition, FaultKind::kPartition,
        FaultKind::kPause,     FaultKind::kLink,      FaultKind::kClockStep,
        FaultKind::kIoError,   FaultKind::kSlowDisk};
    fault_.kind = draw_.Of(kKinds);
    const Nanos length =
        static_cast<Nanos>(draw_.Doubling(4, 1024)) * kMillisecond;
    fault_.duration = NanosRange{length, length};
    const Target victim = Victim();
    const bool out = draw_.Percent(50);
    switch (fault_.kind) {
      case FaultKind::kPartition:
        fault_.partition = CutOff(&draw_, victim, s_.cluster.nodes);
        return;
      case FaultKind::kLink:
        fault_.link.from = {out ? victim : Target::Of(Role::kOthers)};
        fault_.link.to = {out ? Target::Of(Role::kOthers) : victim};
        fault_.link.hold = true;
        return;
      default:
        break;
    }
    fault_.nodes = {victim};
    DrawParameters();
  }

  void DrawParameters() {
    constexpr Ppm kKept[] = {0, 300'000, 500'000, 800'000};
    const Nanos by = draw_.Between(-2'000, 500) * kMillisecond;
    const std::uint32_t factor = draw_.Count(2, 100);
    const std::uint32_t errors = draw_.Count(1, 3);
    const Ppm keep = draw_.Of(kKept);
    switch (fault_.kind) {
      case FaultKind::kPowerLoss:
        fault_.keep = keep;
        return;
      case FaultKind::kClockStep:
        fault_.by = by;
        fault_.duration.reset();
        return;
      case FaultKind::kIoError:
        fault_.on.sync = true;
        fault_.errors = errors;
        return;
      case FaultKind::kSlowDisk:
        fault_.factor = factor;
        return;
      default:
        return;
    }
  }

  static constexpr std::uint64_t kWrites = 1000;

  Draw draw_;
  // Of a disk: what was written may be torn yet, what was synced is safe.
  const bool written_;
  const std::uint32_t number_;
  const Scenario& s_;
  NodeId node_;
  FaultSpec fault_;
};

// The power fails everywhere at once.
void DrawBlackout(std::uint64_t seed, Scenario* s) {
  constexpr std::uint32_t kStream = 100;
  Draw draw(seed, SwarmGroup::kMoments, kStream);
  const bool on = draw.Percent(15);
  FaultSpec fault;
  fault.id = kBlackoutId;
  fault.kind = FaultKind::kPowerLoss;
  fault.nodes = {Target::Of(Role::kAll)};
  fault.trigger.kind = FaultTrigger::Kind::kAt;
  fault.trigger.at = draw.Between(300 * kMillisecond, s->run.length - 1);
  const Nanos dark = draw.Between(5, 800) * kMillisecond;
  fault.duration = NanosRange{dark, dark};
  fault.keep = draw.Percent(50) ? 0 : 500'000;
  if (on) s->faults.timeline.push_back(std::move(fault));
}

// The power fails right behind a write of the disk, before a sync can follow:
// what was written is there in part. Times drawn alone seldom fall in between.
void DrawTornWrites(std::uint64_t seed, Scenario* s) {
  constexpr std::uint32_t kStream = 101;
  Draw draw(seed, SwarmGroup::kMoments, kStream);
  const bool on = draw.Percent(30);
  const std::uint32_t count = draw.Count(1, 3);
  for (std::uint32_t i = 1; on && i <= count; ++i) {
    FaultSpec fault;
    fault.id = absl::StrCat(kMomentPrefix, "torn-", i);
    fault.kind = FaultKind::kPowerLoss;
    const auto node = Target::Node(NodeId(draw.Count(1, s->cluster.nodes)));
    fault.nodes = {node};
    fault.trigger.kind = FaultTrigger::Kind::kEvent;
    fault.trigger.event = FaultEvent::kDiskWrite;
    fault.trigger.node = node;
    fault.trigger.count =
        draw.Count(1, static_cast<std::uint32_t>(draw.Doubling(16, 2048)));
    const Nanos down = draw.Between(5, 400) * kMillisecond;
    fault.duration = NanosRange{down, down};
    fault.keep = draw.Count(2, 9) * Ppm{100'000};
    s->faults.timeline.push_back(std::move(fault));
  }
}

}  // namespace

FaultSpec FailureBehind(Draw* draw, const std::string& id, const Scenario& s) {
  constexpr FaultKind kKinds[] = {FaultKind::kPartition, FaultKind::kPartition,
                                  FaultKind::kPartition, FaultKind::kCrash,
                                  FaultKind::kPowerLoss, FaultKind::kPause};
  FaultSpec fault;
  fault.id = absl::StrCat(kMomentPrefix, "behind-", id);
  fault.trigger.kind = FaultTrigger::Kind::kFault;
  fault.trigger.fault = id;
  const Nanos soon[] = {0, draw->Between(0, 2) * kMillisecond,
                        draw->Between(0, 30) * kMillisecond};
  fault.trigger.after = draw->Of(soon);
  fault.kind = draw->Of(kKinds);
  const Nanos length = draw->Between(20, 1000) * kMillisecond;
  fault.duration = NanosRange{length, length};
  const NodeId node(draw->Count(1, s.cluster.nodes));
  const bool leader = draw->Percent(60);
  const Target victim =
      leader && HasLeader(s) ? Target::Of(Role::kLeader) : Target::Node(node);
  if (fault.kind == FaultKind::kPartition) {
    fault.partition = CutOff(draw, victim, s.cluster.nodes);
  } else {
    fault.nodes = {victim};
  }
  return fault;
}

SwarmGroup GroupOf(const FaultSpec& fault) {
  const bool change = fault.kind == FaultKind::kMembership ||
                      fault.kind == FaultKind::kConfig || HitsConfig(fault);
  if (change) return SwarmGroup::kMembership;
  const bool moment =
      fault.id.starts_with(kMomentPrefix) || fault.id == kBlackoutId;
  return moment ? SwarmGroup::kMoments : SwarmGroup::kDamage;
}

void DrawMoments(std::uint64_t seed, Scenario* scenario) {
  Draw draw(seed, SwarmGroup::kMoments);
  const bool on = draw.Percent(60);
  const std::uint32_t count = draw.Count(1, 8);
  for (std::uint32_t i = 1; on && i <= count; ++i) {
    scenario->faults.timeline.push_back(Moment(seed, i, *scenario).Fault());
  }
  DrawBlackout(seed, scenario);
  DrawTornWrites(seed, scenario);
}

}  // namespace wringer::sim::swarm
