// Edits of faults and nodes.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/check.h"
#include "sim/explore/shrink/edits.h"

namespace wringer::sim {
namespace {

bool Instant(FaultKind kind) {
  return kind == FaultKind::kClockStep || kind == FaultKind::kBitRot ||
         kind == FaultKind::kConfig || kind == FaultKind::kMembership ||
         kind == FaultKind::kHeal;
}

// What loses less: power loss, crash, pause; a wipe counts as a power loss
// that keeps nothing.
std::optional<FaultKind> MilderKind(FaultKind kind) {
  switch (kind) {
    case FaultKind::kWipe:
      return FaultKind::kPowerLoss;
    case FaultKind::kPowerLoss:
      return FaultKind::kCrash;
    case FaultKind::kCrash:
      return FaultKind::kPause;
    default:
      return std::nullopt;
  }
}

using Edit = void (*)(FaultSpec* fault);

// Parameters towards nothing, one at a time.
constexpr Edit kParameterEdits[] = {
    [](FaultSpec* f) { f->link.delay = Delay{}; },
    [](FaultSpec* f) { f->link.loss = 0; },
    [](FaultSpec* f) { f->link.duplicate = 0; },
    [](FaultSpec* f) { f->link.reorder = 0; },
    [](FaultSpec* f) { f->link.bandwidth = 0; },
    [](FaultSpec* f) { f->link.loss = f->link.loss > 0 ? kAlways : 0; },
    [](FaultSpec* f) {
      f->link.duplicate = f->link.duplicate > 0 ? kAlways : 0;
    },
    [](FaultSpec* f) { f->keep = 0; },
    [](FaultSpec* f) { f->keep = kAlways; },
    [](FaultSpec* f) { f->by /= 2; },
    [](FaultSpec* f) { f->rate /= 2; },
    [](FaultSpec* f) { f->errors = 1; },
    [](FaultSpec* f) { f->bits = CountRange{1, 1}; },
    [](FaultSpec* f) { f->factor = std::max(2u, f->factor / 2); },
    [](FaultSpec* f) { f->on.read = false; },
    [](FaultSpec* f) { f->on.write = false; },
    [](FaultSpec* f) { f->on.sync = false; },
};

void ProposeShorter(const Scenario& scenario, std::size_t fault,
                    std::vector<Scenario>* proposals) {
  const auto& length = scenario.faults.timeline[fault].duration;
  if (!length) return;
  for (const Nanos divisor : {16, 4, 2}) {
    const Nanos shorter = length->high / divisor;
    if (shorter < kMillisecond) continue;
    Scenario next = scenario;
    next.faults.timeline[fault].duration = NanosRange{shorter, shorter};
    proposals->push_back(std::move(next));
  }
}

void DropTarget(std::vector<Target>* targets, NodeId node) {
  std::erase_if(*targets, [node](const Target& target) {
    return target.kind == Target::Kind::kNode && target.node == node;
  });
}

// Every list of targets a fault has.
template <typename Visit>
void VisitTargets(FaultSpec* fault, const Visit& visit) {
  visit(&fault->nodes);
  for (auto& side : fault->partition.sides) visit(&side);
  visit(&fault->partition.isolate);
  visit(&fault->partition.from);
  visit(&fault->partition.to);
  visit(&fault->link.between);
  visit(&fault->link.from);
  visit(&fault->link.to);
}

void MoveUp(NodeId* node, NodeId gone) {
  if (IsReplica(*node) && *node > gone) *node = NodeId(node->value() - 1);
}

void MoveUp(Target* target, NodeId gone) {
  if (target->kind == Target::Kind::kNode) MoveUp(&target->node, gone);
}

// Whether the fault still says something without the node.
bool TakeFrom(FaultSpec* fault, NodeId gone) {
  std::size_t emptied = 0;
  VisitTargets(fault, [&](std::vector<Target>* targets) {
    const bool had = !targets->empty();
    DropTarget(targets, gone);
    emptied += had && targets->empty();
    for (Target& target : *targets) MoveUp(&target, gone);
  });
  std::optional<Target>& watched = fault->trigger.node;
  for (std::optional<Target>* one : {&watched, &fault->partition.bridge}) {
    if (!*one) continue;
    if (**one == Target::Node(gone)) return false;
    MoveUp(&**one, gone);
  }
  std::erase(fault->in_sync, gone);
  for (NodeId& node : fault->in_sync) MoveUp(&node, gone);
  return emptied == 0;
}

std::vector<Target> UnionOf(std::vector<Target> a,
                            const std::vector<Target>& b) {
  for (const Target& target : b) {
    if (std::find(a.begin(), a.end(), target) == a.end()) a.push_back(target);
  }
  return a;
}

bool Mergeable(const FaultSpec& a, const FaultSpec& b) {
  return a.kind == b.kind && !Instant(a.kind) &&
         a.trigger.kind == FaultTrigger::Kind::kAt &&
         b.trigger.kind == FaultTrigger::Kind::kAt && a.duration && b.duration;
}

}  // namespace

Scenario WithFaults(const Scenario& scenario, const Subset& kept) {
  Scenario next = scenario;
  next.faults.timeline.clear();
  std::set<std::string> ids;
  for (const std::size_t i : kept) {
    next.faults.timeline.push_back(scenario.faults.timeline[i]);
    ids.insert(scenario.faults.timeline[i].id);
  }
  for (FaultSpec& fault : next.faults.timeline) {
    std::erase_if(fault.faults,
                  [&](const std::string& id) { return ids.count(id) == 0; });
  }
  return next;
}

std::vector<Scenario> WeakerFaults(const Scenario& scenario,
                                   std::size_t fault) {
  std::vector<Scenario> proposals;
  const FaultSpec& old = scenario.faults.timeline[fault];
  const auto propose = [&](const FaultSpec& changed) {
    if (changed == old) return;
    Scenario next = scenario;
    next.faults.timeline[fault] = changed;
    proposals.push_back(std::move(next));
  };
  if (const auto milder = MilderKind(old.kind)) {
    FaultSpec changed = old;
    changed.kind = *milder;
    changed.keep = milder == FaultKind::kPowerLoss ? 0 : FaultSpec{}.keep;
    propose(changed);
  }
  for (const Edit edit : kParameterEdits) {
    FaultSpec changed = old;
    edit(&changed);
    propose(changed);
  }
  if (old.nodes.size() > 1) {
    for (std::size_t i = 0; i < old.nodes.size(); ++i) {
      FaultSpec changed = old;
      changed.nodes.erase(changed.nodes.begin() +
                          static_cast<std::ptrdiff_t>(i));
      propose(changed);
    }
  }
  ProposeShorter(scenario, fault, &proposals);
  return proposals;
}

std::vector<Scenario> MergedFaults(const Scenario& scenario) {
  std::vector<Scenario> proposals;
  const std::vector<FaultSpec>& timeline = scenario.faults.timeline;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    for (std::size_t j = i + 1; j < timeline.size(); ++j) {
      if (!Mergeable(timeline[i], timeline[j])) continue;
      Scenario next = scenario;
      FaultSpec& one = next.faults.timeline[i];
      const FaultSpec& other = timeline[j];
      const Nanos begin = std::min(one.trigger.at, other.trigger.at);
      const Nanos end = std::max(one.trigger.at + one.duration->high,
                                 other.trigger.at + other.duration->high);
      one.trigger.at = begin;
      one.duration = NanosRange{end - begin, end - begin};
      one.nodes = UnionOf(one.nodes, other.nodes);
      next.faults.timeline.erase(next.faults.timeline.begin() +
                                 static_cast<std::ptrdiff_t>(j));
      proposals.push_back(std::move(next));
    }
  }
  return proposals;
}

std::optional<Scenario> WithoutNode(const Scenario& scenario, NodeId node) {
  if (scenario.cluster.nodes <= 1) return std::nullopt;
  Scenario next = scenario;
  next.cluster.nodes -= 1;
  for (Zone& zone : next.cluster.zones) {
    std::erase(zone.nodes, node);
    for (NodeId& one : zone.nodes) MoveUp(&one, node);
  }
  std::erase_if(next.cluster.zones,
                [](const Zone& zone) { return zone.nodes.empty(); });
  for (LinkSpec& link : next.network.links) {
    for (auto* targets : {&link.between, &link.from, &link.to}) {
      for (Target& target : *targets) {
        if (target == Target::Node(node)) return std::nullopt;
        MoveUp(&target, node);
      }
    }
  }
  if (next.replication.primary_backup.primary == node) return std::nullopt;
  MoveUp(&next.replication.primary_backup.primary, node);
  QuorumSpec& quorum = next.replication.quorum;
  quorum.n = std::min<std::uint32_t>(quorum.n, next.cluster.nodes);
  quorum.w = std::min<std::uint32_t>(quorum.w, quorum.n / 2 + 1);
  quorum.r = std::min<std::uint32_t>(quorum.r, quorum.n / 2 + 1);
  Subset kept;
  for (std::size_t i = 0; i < next.faults.timeline.size(); ++i) {
    if (TakeFrom(&next.faults.timeline[i], node)) kept.push_back(i);
  }
  return WithFaults(next, kept);
}

}  // namespace wringer::sim
