#include "sim/run/healthy_core.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/random.h"

namespace wringer::sim {
namespace {

using Nodes = std::vector<NodeId>;

// Whether the cluster goes on without a set of nodes.
class Needs {
 public:
  Needs(const Scenario& scenario, const Cluster& cluster)
      : scenario_(scenario), cluster_(cluster) {}

  bool CanSpare(const std::set<NodeId>& gone) const {
    const Nodes& configs = cluster_.ConfigNodes();
    if (Left(configs, gone).size() < Majority(configs)) return false;
    switch (scenario_.replication.model) {
      case ReplicationModel::kRaft:
        return HasQuorums(gone);
      case ReplicationModel::kPrimaryBackup:
        return HasSuccessor(gone);
      case ReplicationModel::kQuorum:
        return HasOwners(gone);
      default:
        return false;
    }
  }

 private:
  static std::size_t Majority(const Nodes& nodes) {
    return nodes.empty() ? 0 : nodes.size() / 2 + 1;
  }
  static Nodes Left(Nodes nodes, const std::set<NodeId>& gone) {
    std::erase_if(nodes, [&](NodeId node) { return gone.contains(node); });
    return nodes;
  }

  bool AsksEverybody() const {
    return scenario_.workload.levels.write.kind == WriteLevelSpec::Kind::kAll;
  }

  // A majority of every configuration that some replica may come up with.
  bool HasQuorums(const std::set<NodeId>& gone) const {
    if (AsksEverybody()) return false;
    const bool moves = MembersMove();
    if (!moves && Left(cluster_.Replicas(), gone).size() <
                      Majority(cluster_.Replicas())) {
      return false;
    }
    for (const auto& node : cluster_.nodes()) {
      const replication::Status* status =
          node->serving() ? node->Inspect().replication : nullptr;
      if (status == nullptr) {
        if (moves) return false;  // nobody knows what it has
        continue;
      }
      for (const Nodes* voters : {&status->voters, &status->voters_next}) {
        if (Left(*voters, gone).size() < Majority(*voters)) return false;
      }
    }
    return true;
  }

  bool MembersMove() const {
    const std::vector<FaultSpec>& plan = scenario_.faults.timeline;
    return std::any_of(plan.begin(), plan.end(), [](const FaultSpec& fault) {
      return fault.kind == FaultKind::kMembership &&
             fault.membership != MembershipAction::kTransferLeader;
    });
  }

  // Somebody to appoint who has all that was acknowledged, and the backups that
  // it needs.
  bool HasSuccessor(const std::set<NodeId>& gone) const {
    const PrimaryBackupSpec& pb = scenario_.replication.primary_backup;
    const replication::ClusterView* view = cluster_.ConfigView();
    if (pb.failover != FailoverRule::kFenced || view == nullptr ||
        AsksEverybody()) {
      return false;
    }
    const WriteLevelSpec& level = scenario_.workload.levels.write;
    std::size_t copies = level.kind == WriteLevelSpec::Kind::kCount
                             ? std::size_t{level.copies}
                             : std::size_t{1};
    const Nodes in_sync = Left(view->in_sync, gone);
    if (pb.ack == AckRule::kSync && pb.degrade == DegradeRule::kBlock) {
      // Those outside the set may be on their way into it.
      return Left(cluster_.Replicas(), gone) == cluster_.Replicas();
    }
    if (pb.ack == AckRule::kSemiSync) {
      copies = std::max(copies, std::size_t{pb.k} + 1);
      const std::size_t asked =
          view->in_sync.size() - std::min<std::size_t>(pb.k, in_sync.size());
      if (in_sync.size() < asked || !HasFloor(in_sync, *view)) return false;
    }
    return !in_sync.empty() && Left(cluster_.Replicas(), gone).size() >= copies;
  }

  bool HasFloor(const Nodes& in_sync,
                const replication::ClusterView& view) const {
    return std::any_of(in_sync.begin(), in_sync.end(), [&](NodeId id) {
      const SimNode* node = cluster_.FindNode(id);
      return node->serving() && node->Inspect().durable.log >= view.floor;
    });
  }

  // Each key has all its quorums left, wherever its owners are, and one copy of
  // each acknowledged write.
  bool HasOwners(const std::set<NodeId>& gone) const {
    const QuorumSpec& quorum = scenario_.replication.quorum;
    const WriteLevelSpec& level = scenario_.workload.levels.write;
    if (quorum.sloppy || AsksEverybody() ||
        level.kind == WriteLevelSpec::Kind::kAny) {
      return false;
    }
    std::uint32_t copies = quorum.w;
    if (level.kind == WriteLevelSpec::Kind::kCount) copies = level.copies;
    const std::uint32_t asked = std::max({quorum.w, quorum.r, copies});
    return gone.size() + asked <= quorum.n && gone.size() < copies;
  }

  const Scenario& scenario_;
  const Cluster& cluster_;
};

enum class Fate : std::uint8_t { kDown, kCutOff, kPaused, kDeaf, kMute, kAsIs };

// A leader that hears nobody must notice, and a voter that nobody answers must
// not depose one: both are asked of these designs only.
bool WithstandsOneWay(const Scenario& scenario) {
  const ReplicationSpec& spec = scenario.replication;
  return spec.model == ReplicationModel::kQuorum ||
         (spec.model == ReplicationModel::kRaft && spec.raft.pre_vote &&
          spec.raft.check_quorum);
}

Fate DrawFate(const Scenario& scenario, NodeId node, std::uint64_t seed,
              bool kept_down) {
  constexpr Fate kFates[] = {Fate::kDown,   Fate::kDown, Fate::kCutOff,
                             Fate::kPaused, Fate::kAsIs, Fate::kDeaf,
                             Fate::kMute};
  RandomStream draw(seed, Purpose("core.fate"), node.value());
  const Fate fate = kFates[draw.Below(std::size(kFates))];
  if (kept_down) return Fate::kAsIs;
  const bool one_way = fate == Fate::kDeaf || fate == Fate::kMute;
  return one_way && !WithstandsOneWay(scenario) ? Fate::kCutOff : fate;
}

std::vector<Target> EverybodyBut(NodeId node, const Cluster& cluster) {
  std::vector<Target> others;
  for (const Nodes* nodes : {&cluster.Replicas(), &cluster.ConfigNodes()}) {
    for (const NodeId other : *nodes) {
      if (other != node) others.push_back(Target::Node(other));
    }
  }
  return others;
}

FaultSpec Failure(Fate fate, NodeId node, const Cluster& cluster) {
  FaultSpec fault;
  fault.id = absl::StrCat("for-good-", NodeName(node));
  switch (fate) {
    case Fate::kPaused:
      fault.kind = FaultKind::kPause;
      fault.nodes = {Target::Node(node)};
      break;
    case Fate::kCutOff:
      fault.kind = FaultKind::kPartition;
      fault.partition.sides = {{Target::Node(node)},
                               EverybodyBut(node, cluster)};
      break;
    case Fate::kDeaf:
    case Fate::kMute: {
      fault.kind = FaultKind::kPartition;
      fault.partition.shape = PartitionShape::kOneWay;
      fault.partition.from = EverybodyBut(node, cluster);
      fault.partition.to = {Target::Node(node)};
      if (fate == Fate::kMute) {
        std::swap(fault.partition.from, fault.partition.to);
      }
      break;
    }
    default:
      fault.kind = FaultKind::kCrash;
      fault.nodes = {Target::Node(node)};
  }
  return fault;
}

}  // namespace

std::set<NodeId> DrawLost(const Scenario& scenario, const Cluster& cluster,
                          const std::set<NodeId>& damaged, std::uint64_t seed) {
  const Needs needs(scenario, cluster);
  Nodes order = cluster.Replicas();
  const Nodes& configs =
      cluster.config_group().empty() ? Nodes{} : cluster.ConfigNodes();
  order.insert(order.end(), configs.begin(), configs.end());
  RandomStream draw(seed, Purpose("core.lost"));
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[draw.Below(i)]);
  }
  // Those that are damaged go first.
  Nodes first;
  for (const bool hurt : {true, false}) {
    for (const NodeId node : order) {
      if (damaged.contains(node) == hurt) first.push_back(node);
    }
  }
  std::set<NodeId> lost;
  std::set<NodeId> gone = damaged;
  for (const NodeId node : first) {
    gone.insert(node);
    if (needs.CanSpare(gone)) {
      lost.insert(node);
    } else if (!damaged.contains(node)) {
      gone.erase(node);
    }
  }
  return lost;
}

void FailForGood(const Scenario& scenario, const Cluster& cluster,
                 const std::set<NodeId>& lost, std::uint64_t seed,
                 FaultDriver* driver) {
  driver->HealAllBut(lost);
  for (const NodeId node : lost) {
    const Fate fate = DrawFate(scenario, node, seed, driver->KeptDown(node));
    if (fate != Fate::kAsIs) driver->Strike(Failure(fate, node, cluster));
  }
}

}  // namespace wringer::sim
