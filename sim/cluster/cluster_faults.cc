// The cluster as a target of faults.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "sim/cluster/cluster.h"

namespace wringer::sim {

std::vector<NodeId> Cluster::Zone(Slice name) const {
  for (const sim::Zone& zone : scenario_.cluster.zones) {
    if (Slice(zone.name) != name) continue;
    std::vector<NodeId> nodes = zone.nodes;
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }
  return {};
}

// Clients do not die: for them the answer is no.
bool Cluster::Up(NodeId node) const {
  if (const SimNode* replica = FindNode(node)) return replica->up();
  const ConfigHost* config = FindConfig(node);
  return config != nullptr && config->up();
}

bool Cluster::Paused(NodeId node) const {
  const NodeRuntime* runtime = world_->node(node);
  return runtime != nullptr && runtime->paused();
}

DeathReport Cluster::Kill(NodeId node, Death death, std::uint64_t key,
                          Ppm keep) {
  WR_CHECK(Up(node));
  DeathReport report;
  SimNode* replica = FindNode(node);
  if (replica == nullptr) {
    FindConfig(node)->Kill();
  } else {
    const Incarnation incarnation = replica->runtime().incarnation();
    report = replica->Kill(death, key, keep);
    for (Oracle* observer : observers_) {
      observer->OnDeath({.node = node,
                         .incarnation = incarnation,
                         .power_lost = death != Death::kProcess,
                         .disk_wiped = death == Death::kWipe});
    }
  }
  Note(node, reports::NodeEventKind::kDown);
  if (driver_ != nullptr) driver_->OnEvent(FaultEvent::kNodeDown, node);
  return report;
}

void Cluster::Restart(NodeId node) {
  WR_CHECK(!Up(node));
  Note(node, reports::NodeEventKind::kUp);
  SimNode* replica = FindNode(node);
  if (replica == nullptr) {
    FindConfig(node)->Boot();
    return;
  }
  replica->Boot();
  for (Oracle* observer : observers_) {
    observer->OnBoot(node, replica->runtime().incarnation());
  }
}

void Cluster::Pause(NodeId node) {
  Note(node, reports::NodeEventKind::kPaused);
  world_->node(node)->Pause();
}

std::uint64_t Cluster::Resume(NodeId node) {
  Note(node, reports::NodeEventKind::kResumed);
  const std::uint64_t waited = network_.WaitingFor(node);
  world_->node(node)->Resume();
  return waited;
}

NodeRuntime* Cluster::Runtime(NodeId node) { return world_->node(node); }

DiskFaultId Cluster::BeginDiskFault(NodeId node, const FaultSpec& spec,
                                    std::uint64_t key) {
  SimNode* replica = FindNode(node);
  if (replica == nullptr) return DiskFaultId();
  const DiskFaultId id = replica->disk_faults().Begin(spec, key);
  if (spec.kind == FaultKind::kBitRot && id.value() != 0) {
    for (Oracle* observer : observers_) observer->OnDiskDamaged(node);
  }
  return id;
}

void Cluster::EndDiskFault(NodeId node, DiskFaultId fault) {
  FindNode(node)->disk_faults().End(fault);
}

DiskFaultEffect Cluster::DiskEffect(NodeId node, DiskFaultId fault) const {
  return FindNode(node)->disk_faults().effect(fault);
}

std::string Cluster::ChangeConfig(ConfigAction action, NodeId node,
                                  const std::vector<NodeId>&) {
  if (configs_.empty() || !configs_.front()->up()) return "";
  ConfigHost& config = *configs_.front();
  if (action == ConfigAction::kGrant) {
    config.Grant(node);
    return absl::StrCat("epoch ", config.view().epoch.value(), " granted to ",
                        NodeName(node));
  }
  const Epoch newest(leader_term_.value());
  config.Promote(node, newest);
  return absl::StrCat(NodeName(node), " told to lead, nobody fenced");
}

std::string Cluster::ChangeMembership(MembershipAction action, NodeId node) {
  SimNode* leader = FindNode(leader_);
  if (leader == nullptr || !leader->serving() ||
      scenario_.replication.model != ReplicationModel::kRaft) {
    return "";
  }
  const WorldScope scope(world_, leader_);
  if (action == MembershipAction::kTransferLeader) {
    leader->process().TransferLeadership(node);
    return absl::StrCat("leadership asked to move to ", NodeName(node));
  }
  std::vector<NodeId> voters = leader->Inspect().replication->voters;
  std::vector<NodeId> learners;
  std::erase(voters, node);
  if (action == MembershipAction::kAdd) voters.push_back(node);
  if (action == MembershipAction::kAddLearner) learners.push_back(node);
  std::sort(voters.begin(), voters.end());
  leader->process().ChangeMembers(voters, learners);
  return absl::StrCat(NodeName(leader_), " asked for ", voters.size(),
                      " voters and ", learners.size(), " learners");
}

}  // namespace wringer::sim
