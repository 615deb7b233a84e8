#include "sim/run/recoverability.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

// Null while it boots, and when it has stopped.
const replication::Status* StatusOf(const SimNode& node) {
  return node.serving() ? node.Inspect().replication : nullptr;
}

std::string Listed(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", NodeName(node));
  }
  return text;
}

// The logs that it votes for reach at least this far; nothing: it votes for
// nobody. REQUIRES: StatusOf(node) != nullptr.
std::optional<LogPosition> VotesFrom(const SimNode& node) {
  return node.process().election().votes_from;
}

bool Halted(const SimNode& node) {
  return node.up() && node.Inspect().state == node::NodeState::kHalted;
}

}  // namespace

void Recoverability::Hear(const Ledger& ledger) {
  damaged_.clear();
  for (const LedgerEntry& entry : ledger.entries()) {
    if (entry.verdict() != FaultVerdict::kEffective) continue;
    if (!Damages(entry.fault)) continue;
    damaged_.insert(entry.nodes.begin(), entry.nodes.end());
  }
}

bool Recoverability::Damages(const FaultSpec& fault) const {
  switch (fault.kind) {
    case FaultKind::kBitRot:
    case FaultKind::kIoError:
    case FaultKind::kWipe:
      return true;
    case FaultKind::kPowerLoss:
      return scenario_->wal.sync == WalSync::kNone ||
             scenario_->wal.sync == WalSync::kInterval;
    default:
      return false;
  }
}

bool Recoverability::Excused(const SimNode& node) const {
  return lost_.contains(node.id()) || Refuses(node) || !IsMember(node);
}

// As the newest leader has it.
bool Recoverability::IsMember(const SimNode& node) const {
  if (scenario_->replication.model != ReplicationModel::kRaft) return true;
  const replication::Status* newest = nullptr;
  for (const auto& other : cluster_->nodes()) {
    const replication::Status* status = StatusOf(*other);
    if (status == nullptr || status->role != replication::Role::kLeader) {
      continue;
    }
    if (newest == nullptr || status->term > newest->term) newest = status;
  }
  if (newest == nullptr) return true;
  const auto& now = newest->voters;
  const auto& next = newest->voters_next;
  return std::find(now.begin(), now.end(), node.id()) != now.end() ||
         std::find(next.begin(), next.end(), node.id()) != next.end();
}

bool Recoverability::Refuses(const SimNode& node) const {
  return Halted(node) && damaged_.contains(node.id());
}

const char* Recoverability::WhatHappened() const {
  return lost_.empty() ? " lost what they had promised"
                       : " failed for good or lost what they had promised";
}

Recoverability::Nodes Recoverability::Core() const {
  Nodes core;
  for (const auto& node : cluster_->nodes()) {
    if (!Excused(*node)) core.push_back(node.get());
  }
  return core;
}

bool Recoverability::CoreConverged() const {
  if (cluster_->Converged()) return true;
  const Nodes core = Core();
  if (core.empty() || core.size() == cluster_->nodes().size()) return false;
  if (cluster_->stores() != nullptr) return StoresAgree(core);
  return Cluster::Agree(core) && WhyCoreCannot().empty();
}

// Leaderless: owners outside the core hold what they hold. A core that is
// smaller because a disk refuses is not asked that.
bool Recoverability::StoresAgree(const Nodes& core) const {
  if (lost_.empty()) return false;
  std::set<NodeId> members;
  for (const SimNode* node : core) {
    if (!node->serving()) return false;
    members.insert(node->id());
  }
  return cluster_->stores()->AgreeAmong(members);
}

std::uint64_t Recoverability::Progress() const {
  std::uint64_t executed = 0;
  for (const SimNode* node : Core()) {
    if (node->serving()) executed += node->Inspect().applied.index.value();
  }
  return executed;
}

std::string Recoverability::WhyNot() const {
  if (Heals()) return WhyCoreCannot();
  std::string refused = RefusedText();
  return refused.empty() ? WhyNobodyLeads() : refused;
}

// Where failover is an operator's business, and none is there.
std::string Recoverability::WhyNobodyLeads() const {
  const ReplicationSpec& spec = scenario_->replication;
  const FailoverRule rule = spec.primary_backup.failover;
  const bool by_hand =
      spec.model == ReplicationModel::kPrimaryBackup &&
      (rule == FailoverRule::kScripted || rule == FailoverRule::kNone);
  if (!by_hand) return "";
  for (const SimNode* node : Core()) {
    const replication::Status* status = StatusOf(*node);
    if (status == nullptr || status->role == replication::Role::kLeader) {
      return "";
    }
  }
  return absl::StrCat("nobody leads, and failover = \"", NameOf(rule),
                      "\" leaves it to an operator to appoint somebody");
}

bool Recoverability::Heals() const {
  const ReplicationSpec& spec = scenario_->replication;
  return spec.model == ReplicationModel::kRaft ||
         (spec.model == ReplicationModel::kPrimaryBackup &&
          spec.primary_backup.failover == FailoverRule::kFenced);
}

std::string Recoverability::WhyCoreCannot() const {
  if (!Heals()) return "";
  return scenario_->replication.model == ReplicationModel::kRaft
             ? WhyNoQuorum()
             : WhyNoPrimary();
}

// "n2, n4 refuse what their disks have left"; empty if nobody does.
std::string Recoverability::RefusedText() const {
  std::vector<NodeId> refused;
  for (const auto& node : cluster_->nodes()) {
    if (Refuses(*node)) refused.push_back(node->id());
  }
  if (refused.empty()) return "";
  return absl::StrCat(Listed(refused),
                      refused.size() == 1 ? " refuses" : " refuse",
                      " what is left on disk after a fault");
}

// No voter can be elected; and whoever has the longest log of them cannot for
// want of those who lost something.
std::string Recoverability::WhyNoQuorum() const {
  const SimNode* longest = nullptr;
  const auto last_of = [](const SimNode* node) {
    return StatusOf(*node)->last;
  };
  for (const SimNode* node : Core()) {
    const replication::Status* status = StatusOf(*node);
    if (status == nullptr || !status->voter || !VotesFrom(*node)) continue;
    if (WhyNotElected(*node).empty()) return "";
    if (longest == nullptr || last_of(longest) < status->last) longest = node;
  }
  return longest == nullptr ? RefusedText() : WhyNotElected(*longest);
}

// A candidate needs majorities, of both halves of a joint change, that have
// forgotten nothing and whose logs, with what damage took of them, are not
// ahead of its own (Raft, section 5.4.1). Each node goes by the membership that
// its own log ends with.
std::string Recoverability::WhyNotElected(const SimNode& candidate) const {
  const replication::Status& own = *StatusOf(candidate);
  for (const auto* voters : {&own.voters, &own.voters_next}) {
    std::vector<NodeId> lost;
    std::size_t ahead = 0;
    for (const NodeId voter : *voters) {
      const SimNode* node = cluster_->FindNode(voter);
      const bool gone = node == nullptr || Excused(*node);
      const replication::Status* status = gone ? nullptr : StatusOf(*node);
      if (!gone && status == nullptr) continue;  // it will come
      const auto from = gone ? std::nullopt : VotesFrom(*node);
      if (from && own.last >= *from) continue;
      if (from && status->last >= *from) {
        ++ahead;
      } else {
        lost.push_back(voter);
      }
    }
    const std::size_t majority = voters->size() / 2 + 1;
    if (!voters->empty() && voters->size() - lost.size() - ahead < majority) {
      return absl::StrCat(Listed(lost), " of ", voters->size(), " voters",
                          WhatHappened(), ": the others are no majority");
    }
  }
  return "";
}

std::string Recoverability::WhyNoPrimary() const {
  if (std::string why = WhyNobodyAppoints(); !why.empty()) return why;
  const replication::ClusterView* view = cluster_->ConfigView();
  return view == nullptr ? "" : WhyNobodyInSync(*view);
}

std::string Recoverability::WhyNobodyAppoints() const {
  const auto& members = cluster_->config_group().nodes();  // none: scripted
  std::vector<NodeId> refused;
  for (const auto& member : members) {
    if (Excused(*member)) refused.push_back(member->id());
  }
  if (members.empty() || members.size() - refused.size() > members.size() / 2) {
    return "";
  }
  return absl::StrCat("the config service has no majority: ", Listed(refused),
                      WhatHappened());
}

std::string Recoverability::WhyNobodyInSync(
    const replication::ClusterView& view) const {
  std::vector<NodeId> lost;
  LogPosition best;
  for (const NodeId id : view.in_sync) {
    const SimNode* node = cluster_->FindNode(id);
    const replication::Status* status =
        node == nullptr ? nullptr : StatusOf(*node);
    if (node == nullptr || Excused(*node) || (status && status->forgot)) {
      lost.push_back(id);
    } else if (status != nullptr) {
      best = std::max(best, node->Inspect().durable.log);
    }
  }
  if (lost.empty()) return "";
  const PrimaryBackupSpec& pb = scenario_->replication.primary_backup;
  const std::size_t left = view.in_sync.size() - lost.size();
  const bool counts = pb.ack == AckRule::kSemiSync && pb.k > 0;
  const std::size_t needed =
      counts && view.in_sync.size() > pb.k + 1 ? view.in_sync.size() - pb.k : 1;
  if (left < needed) {
    return absl::StrCat(Listed(lost), " of ", view.in_sync.size(), " in sync",
                        WhatHappened(), ", and the others may not have it");
  }
  if (counts && best < view.floor) {
    return absl::StrCat(Listed(lost), WhatHappened(),
                        ", and nobody else in sync has all that the last "
                        "primary began with");
  }
  return "";
}

}  // namespace wringer::sim
