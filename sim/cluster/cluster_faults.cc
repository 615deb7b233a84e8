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
  if (const SimNode* process = FindProcess(node)) return process->up();
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
  SimNode* process = FindProcess(node);
  if (process == nullptr) {
    FindConfig(node)->Kill();
  } else {
    const Incarnation incarnation = process->runtime().incarnation();
    report = process->Kill(death, key, keep);
    const DeathNotice notice{.node = node,
                             .incarnation = incarnation,
                             .power_lost = death != Death::kProcess,
                             .disk_wiped = death == Death::kWipe};
    if (IsConfigNode(node)) {
      config_group_.OnDeath(notice);
    } else {
      for (Oracle* observer : observers_) observer->OnDeath(notice);
    }
  }
  Note(node, reports::NodeEventKind::kDown);
  if (driver_ != nullptr) driver_->OnEvent(FaultEvent::kNodeDown, node);
  return report;
}

void Cluster::Restart(NodeId node) {
  WR_CHECK(!Up(node));
  Note(node, reports::NodeEventKind::kUp);
  SimNode* process = FindProcess(node);
  if (process == nullptr) {
    FindConfig(node)->Boot();
    return;
  }
  process->Boot();
  const Incarnation incarnation = process->runtime().incarnation();
  if (IsConfigNode(node)) return config_group_.OnBoot(node, incarnation);
  for (Oracle* observer : observers_) observer->OnBoot(node, incarnation);
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
  SimNode* process = FindProcess(node);
  if (process == nullptr) return DiskFaultId();
  const DiskFaultId id = process->disk_faults().Begin(spec, key);
  if (spec.kind == FaultKind::kBitRot && id.value() != 0) {
    if (IsConfigNode(node)) config_group_.OnDiskDamaged(node);
    for (Oracle* observer : observers_) observer->OnDiskDamaged(node);
  }
  if (spec.kind == FaultKind::kIoError && id.value() != 0) {
    for (Oracle* observer : observers_) observer->OnDiskErrors(node);
  }
  return id;
}

void Cluster::EndDiskFault(NodeId node, DiskFaultId fault) {
  FindProcess(node)->disk_faults().End(fault);
}

DiskFaultEffect Cluster::DiskEffect(NodeId node, DiskFaultId fault) const {
  return FindProcess(node)->disk_faults().effect(fault);
}

std::string Cluster::ChangeConfig(ConfigAction action, NodeId node,
                                  const std::vector<NodeId>& in_sync) {
  if (!config_group_.empty()) return ChangeByGroup(action, node, in_sync);
  if (configs_.empty() || !configs_.front()->up()) return "";
  ConfigHost& config = *configs_.front();
  if (action == ConfigAction::kGrant) {
    const Epoch before = config.view().epoch;
    if (!config.Grant(node, in_sync)) return "";
    if (config.view().epoch == before) {
      return absl::StrCat(NodeName(node), " to follow when the lease is over");
    }
    return absl::StrCat("epoch ", config.view().epoch.value(), " granted to ",
                        NodeName(node));
  }
  const Epoch newest(leader_term_.value());
  config.Promote(node, newest);
  return absl::StrCat(NodeName(node), " told to lead, nobody fenced");
}

std::string Cluster::ChangeByGroup(ConfigAction action, NodeId node,
                                   const std::vector<NodeId>& in_sync) {
  if (action == ConfigAction::kGrant) {
    return config_group_.Appoint(world_, node, in_sync);
  }
  // By hand at the replica itself: the group is not asked.
  SimNode* replica = FindNode(node);
  if (replica == nullptr || !replica->serving()) return "";
  const WorldScope scope(world_, node);
  replica->process().Promote(
      {Epoch(leader_term_.value()).next(), node, replicas_, replicas_});
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

std::string Cluster::SetVoters(const std::vector<NodeId>& voters) {
  SimNode* leader = FindNode(leader_);
  if (leader == nullptr || !leader->serving() ||
      scenario_.replication.model != ReplicationModel::kRaft) {
    return "";
  }
  const WorldScope scope(world_, leader_);
  leader->process().ChangeMembers(voters, {});
  std::string names;
  for (const NodeId voter : voters) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", NodeName(voter));
  }
  return absl::StrCat(NodeName(leader_), " asked for the voters ", names);
}

}  // namespace wringer::sim
