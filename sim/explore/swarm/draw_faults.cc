// The faults of a swarm run: which families, how often, how long.
//
// What the nemesis can keep within limits is left to it as weights and ranges;
// it draws the faults from the seed of the run. Damage and membership are
// written out here, because their limit is "one and the same node".
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

constexpr Nanos kQuiet = 300 * kMillisecond;  // before the first fault

// Whether a family is on, then its own draws. Every kind in it draws alike.
class Family {
 public:
  Family(std::uint64_t seed, SwarmGroup group, std::uint32_t percent)
      : draw_(seed, group), on_(draw_.Percent(percent)) {}

  bool on() const { return on_; }
  Draw& draw() { return draw_; }
  // Weight and duration of one kind; off in a quarter of the families.
  void Kind(Nanos shortest, Nanos longest, RandomFault* kind) {
    const bool wanted = draw_.Percent(75);
    const std::uint32_t weight = draw_.Count(1, 5);
    const Nanos low = draw_.Between(shortest, longest);
    const Nanos high = draw_.Between(low, longest);
    kind->weight = on_ && wanted ? weight : 0;
    kind->duration = {low, high};
  }

 private:
  Draw draw_;
  bool on_;
};

void DrawPace(std::uint64_t seed, const SwarmOptions& options,
              RandomFaultsSpec* random) {
  Draw draw(seed, SwarmGroup::kRun, 1);
  random->from = kQuiet;
  const Nanos low = draw.Between(1, 30) * 10 * kMillisecond;
  random->gap = {low, low * draw.Between(2, 6)};
  random->at_most.partitions = options.beyond ? 2 : 1;
  random->at_most.wiped = options.beyond ? 2 : 1;
  const Ppm config = draw.Count(0, 40) * 10'000;
  random->config = config;
}

void DrawProcess(std::uint64_t seed, RandomFaultsSpec* random) {
  Family family(seed, SwarmGroup::kProcessFaults, 75);
  family.Kind(5 * kMillisecond, 1500 * kMillisecond, &random->crash);
  family.Kind(5 * kMillisecond, 1500 * kMillisecond, &random->power_loss);
  family.Kind(5 * kMillisecond, 1000 * kMillisecond, &random->pause);
  constexpr Ppm kKept[] = {0, 200'000, 500'000, 900'000};
  random->power_loss.keep = family.draw().Of(kKept);
}

void DrawNetworkFaults(std::uint64_t seed, RandomFaultsSpec* random) {
  Family family(seed, SwarmGroup::kNetworkFaults, 70);
  family.Kind(20 * kMillisecond, 2 * kSecond, &random->partition);
  family.Kind(20 * kMillisecond, 1500 * kMillisecond, &random->link);
  Draw& draw = family.draw();
  random->link.delay = {0, draw.Between(1, 200) * kMillisecond, 0};
  random->link.loss = draw.Count(0, 30) * 10'000;
  random->link.duplicate = draw.Count(0, 30) * 10'000;
  random->link.hold = draw.Count(0, 8) * 100'000;
}

void DrawClockFaults(std::uint64_t seed, bool beyond,
                     RandomFaultsSpec* random) {
  Family family(seed, SwarmGroup::kClockFaults, 45);
  family.Kind(100 * kMillisecond, 2 * kSecond, &random->clock_step);
  family.Kind(100 * kMillisecond, 2 * kSecond, &random->clock_drift);
  family.Kind(50 * kMillisecond, 1 * kSecond, &random->clock_freeze);
  const Nanos by = family.draw().Between(1, 100) * 20 * kMillisecond;
  random->clock_step.by = {-by, by};
  random->clock_step.duration = RandomFault{}.duration;  // a step has none
  const std::int64_t rate = family.draw().Between(50, 1000);
  random->clock_drift.rate = {-rate, rate};
  if (beyond) random->clock_drift.rate = {-100 * rate, 100 * rate};
}

void DrawDiskFaults(std::uint64_t seed, RandomFaultsSpec* random) {
  Family family(seed, SwarmGroup::kDiskFaults, 40);
  family.Kind(50 * kMillisecond, 1 * kSecond, &random->slow_disk);
  family.Kind(20 * kMillisecond, 500 * kMillisecond, &random->io_error);
  family.Kind(50 * kMillisecond, 500 * kMillisecond, &random->disk_full);
  random->slow_disk.factor = {2, family.draw().Count(2, 200)};
}

FaultSpec At(std::string id, FaultKind kind, NodeId node, Nanos at) {
  FaultSpec fault;
  fault.id = std::move(id);
  fault.kind = kind;
  fault.nodes = {Target::Node(node)};
  fault.trigger.kind = FaultTrigger::Kind::kAt;
  fault.trigger.at = at;
  return fault;
}

NodeId OneNode(Draw* draw, const Scenario& s) {
  return NodeId(static_cast<std::uint32_t>(draw->Between(1, s.cluster.nodes)));
}

// One node's disk is lost, or bits of it turn.
void DrawDamage(std::uint64_t seed, Scenario* s) {
  Draw draw(seed, SwarmGroup::kDamage);
  const bool on = draw.Percent(30);
  const bool wipe = draw.Percent(50);
  const NodeId node = OneNode(&draw, *s);
  const Nanos first = draw.Between(kQuiet, s->run.length * 3 / 4);
  const Nanos down = draw.Between(10, 1000) * kMillisecond;
  const std::uint32_t places = draw.Count(1, 4);
  if (!on) return;
  if (wipe) {
    FaultSpec fault = At("swarm-wipe", FaultKind::kWipe, node, first);
    fault.duration = NanosRange{down, down};
    s->faults.timeline.push_back(std::move(fault));
    return;
  }
  constexpr FileClass kFiles[] = {FileClass::kWal, FileClass::kWal,
                                  FileClass::kStorage, FileClass::kMeta};
  for (std::uint32_t i = 0; i < places; ++i) {
    Draw bits(seed, SwarmGroup::kDamage, 1 + i);
    const Nanos at = bits.Between(first, s->run.length - 1);
    FaultSpec fault =
        At(absl::StrCat("swarm-rot-", i + 1), FaultKind::kBitRot, node, at);
    fault.files = bits.Of(kFiles);
    const std::uint32_t count = bits.Count(1, 8);
    fault.bits = {count, count};
    s->faults.timeline.push_back(std::move(fault));
    // Found when it is read: at the next boot.
    const bool soon = bits.Percent(60);
    const Nanos last =
        soon ? std::min(at + 300 * kMillisecond, s->run.length) : s->run.length;
    const Nanos crash_at = bits.Between(at, last - 1);
    FaultSpec crash = At(absl::StrCat("swarm-reboot-", i + 1),
                         FaultKind::kCrash, node, crash_at);
    crash.duration = NanosRange{down / 4, down / 4};
    if (bits.Percent(80)) s->faults.timeline.push_back(std::move(crash));
  }
}

// In half of the rounds a change does not wait for its time, but is asked of a
// leader that has just taken office.
void AskNewLeader(Draw* draw, FaultSpec* change) {
  const std::uint64_t count = draw->Count(1, 6);
  const Nanos waits[] = {draw->Between(0, 3), draw->Between(0, 20),
                         draw->Between(0, 200)};
  const Nanos after = draw->Of(waits) * kMillisecond;
  if (!draw->Percent(50)) return;
  change->trigger = {};
  change->trigger.kind = FaultTrigger::Kind::kEvent;
  change->trigger.event = FaultEvent::kLeaderChanged;
  change->trigger.count = count;
  change->trigger.after = after;
}

// Somebody fails in the middle of the change, most often who carries it out.
void DrawFollower(Draw* draw, const FaultSpec& change, Scenario* s) {
  const bool on = draw->Percent(50);
  FaultSpec fault = FailureBehind(draw, change.id, *s);
  if (on) s->faults.timeline.push_back(std::move(fault));
}

// Nodes leave and come back, in pairs, so that most are members in the end.
void DrawMembership(std::uint64_t seed, Scenario* s) {
  Draw draw(seed, SwarmGroup::kMembership);
  const bool on = draw.Percent(45);
  const std::uint32_t rounds = draw.Count(1, 4);
  if (!on) return;
  for (std::uint32_t i = 0; i < rounds; ++i) {
    Draw round(seed, SwarmGroup::kMembership, 1 + i);
    const NodeId node = OneNode(&round, *s);
    const Nanos out = round.Between(kQuiet, s->run.length * 2 / 3);
    const Nanos back = out + round.Between(1, 1000) * kMillisecond;
    FaultSpec leaves = At(absl::StrCat("swarm-leave-", i + 1),
                          FaultKind::kMembership, node, out);
    leaves.membership = round.Percent(75) ? MembershipAction::kRemove
                                          : MembershipAction::kAddLearner;
    FaultSpec joins =
        At(absl::StrCat("swarm-join-", i + 1), FaultKind::kMembership, node,
           back < s->run.length ? back : s->run.length - 1);
    joins.membership = MembershipAction::kAdd;
    AskNewLeader(&round, &leaves);
    AskNewLeader(&round, &joins);
    DrawFollower(&round, leaves, s);
    s->faults.timeline.push_back(std::move(leaves));
    s->faults.timeline.push_back(std::move(joins));
    const Nanos at = round.Between(kQuiet, s->run.length - 1);
    FaultSpec moves = At(absl::StrCat("swarm-transfer-", i + 1),
                         FaultKind::kMembership, OneNode(&round, *s), at);
    moves.membership = MembershipAction::kTransferLeader;
    if (round.Percent(40)) s->faults.timeline.push_back(std::move(moves));
  }
}

// All voters at once: joint changes to some of the nodes, and often back.
void DrawJointChanges(std::uint64_t seed, Scenario* s) {
  constexpr std::uint64_t kStream = 100;
  Draw draw(seed, SwarmGroup::kMembership, kStream);
  const bool on = draw.Percent(40);
  const std::uint32_t rounds = draw.Count(1, 4);
  for (std::uint32_t i = 1; on && i <= rounds; ++i) {
    Draw round(seed, SwarmGroup::kMembership, kStream + i);
    const Nanos at = round.Between(kQuiet, s->run.length - 1);
    FaultSpec some = At(absl::StrCat("swarm-voters-", i),
                        FaultKind::kMembership, NodeId(1), at);
    some.membership = MembershipAction::kSetVoters;
    some.nodes.clear();
    const bool everybody = i > 1 && round.Percent(40);
    for (std::uint32_t n = 1; n <= s->cluster.nodes; ++n) {
      const bool votes = round.Percent(60);
      if (votes || everybody) some.nodes.push_back(Target::Node(NodeId(n)));
    }
    AskNewLeader(&round, &some);
    if (some.nodes.size() < 2) continue;
    DrawFollower(&round, some, s);
    s->faults.timeline.push_back(std::move(some));
  }
}

// The grant is asked of a config service whose leader has just failed.
void AskSuccessor(Draw* draw, std::uint32_t round, FaultSpec* grant,
                  Scenario* s) {
  FaultSpec fails = At(absl::StrCat("swarm-judge-", round), FaultKind::kCrash,
                       NodeId(1), draw->Between(kQuiet, s->run.length - 1));
  fails.nodes = {Target::Of(Role::kConfigLeader)};
  const Nanos down = draw->Between(50, 1000) * kMillisecond;
  fails.duration = NanosRange{down, down};
  grant->trigger = {};
  grant->trigger.kind = FaultTrigger::Kind::kMark;
  grant->trigger.mark = Mark::kConfigLeaderChanged;
  grant->trigger.count = 1 + round;  // the first one is no successor
  grant->trigger.after = draw->Between(0, 50) * kMillisecond;
  s->faults.timeline.push_back(std::move(fails));
}

// An operator moves the epoch of a primary: in a planned switch, or because the
// config service has only just changed hands.
void DrawGrants(std::uint64_t seed, Scenario* s) {
  constexpr std::uint64_t kStream = 200;
  Draw draw(seed, SwarmGroup::kMembership, kStream);
  const bool on = draw.Percent(45);
  const std::uint32_t rounds = draw.Count(1, 4);
  for (std::uint32_t i = 1; on && i <= rounds; ++i) {
    Draw round(seed, SwarmGroup::kMembership, kStream + i);
    const Nanos at = round.Between(kQuiet, s->run.length - 1);
    FaultSpec grant = At(absl::StrCat("swarm-grant-", i), FaultKind::kConfig,
                         OneNode(&round, *s), at);
    AskNewLeader(&round, &grant);
    if (round.Percent(50)) AskSuccessor(&round, i, &grant, s);
    DrawFollower(&round, grant, s);
    s->faults.timeline.push_back(std::move(grant));
  }
}

}  // namespace

void DrawFaults(std::uint64_t seed, const SwarmOptions& options,
                Scenario* scenario) {
  RandomFaultsSpec random;
  DrawPace(seed, options, &random);
  DrawProcess(seed, &random);
  DrawNetworkFaults(seed, &random);
  DrawClockFaults(seed, options.beyond, &random);
  DrawDiskFaults(seed, &random);
  scenario->faults.random = random;
  DrawDamage(seed, scenario);
  DrawMembership(seed, scenario);
  DrawJointChanges(seed, scenario);
  DrawGrants(seed, scenario);
  DrawMoments(seed, scenario);
}

}  // namespace wringer::sim::swarm
