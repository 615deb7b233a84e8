#include "sim/run/run_oracles.h"

#include <initializer_list>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sim/cluster/translate.h"
#include "sim/run/shadow_recovery.h"

namespace wringer::sim {
namespace {

// Of the config group, whatever the replicas promise: it always syncs.
constexpr OraclePromises kGroupPromises = {.synced = true,
                                           .applied_is_final = true};

// Of who elects its leader: the replicas, or the config group.
OraclePromises ElectionPromisesOf(const Scenario& scenario) {
  const bool raft = scenario.replication.model == ReplicationModel::kRaft;
  const bool synced = !raft || OraclePromisesOf(scenario).synced;
  return {.synced = synced, .applied_is_final = synced};
}

}  // namespace

RunOracles::RunOracles(const Scenario& scenario, std::uint64_t seed,
                       Cluster* cluster, World* world)
    : scenario_(scenario),
      seed_(seed),
      cluster_(cluster),
      world_(world),
      findings_(world),
      promises_(
          OraclePromisesOf(scenario), [this](NodeId id) { return Look(id); },
          [this](NodeId id, LogPosition log, MetaVersion meta) {
            return MissingAfterPowerLoss(id, log, meta);
          },
          &findings_),
      states_(OraclePromisesOf(scenario), &findings_),
      logs_(OraclePromisesOf(scenario), &findings_),
      leaders_(OraclePromisesOf(scenario), &findings_),
      fences_(OraclePromisesOf(scenario), &findings_),
      leases_([this](NodeId id) { return LeaseLeft(id); }, &findings_),
      configs_([this](NodeId id) { return StatusOf(id); }, &findings_),
      votes_(
          ElectionPromisesOf(scenario),
          [this](NodeId id) { return StatusOf(id); },
          [this](NodeId id) { return BallotOf(id); }, &findings_),
      group_states_(kGroupPromises, &findings_),
      group_logs_(kGroupPromises, &findings_),
      group_leaders_(kGroupPromises, &findings_) {
  WatchReplicas();
  WatchConfigGroup();
  WatchLeases();
  WatchElections();
}

void RunOracles::WatchReplicas() {
  for (Oracle* oracle : std::initializer_list<Oracle*>{
           &promises_, &states_, &logs_, &leaders_, &fences_, &configs_}) {
    cluster_->AddObserver(oracle);
  }
  if (cluster_->stores() != nullptr) {
    WatchStores();
  } else {
    claims_ = std::make_unique<ClaimOracle>(
        cluster_->Replicas(), QuorumCopiesOf(scenario_),
        [this](NodeId id) { return Look(id); }, &findings_);
    cluster_->AddObserver(claims_.get());
    world_->AddObserver(claims_.get());
  }
  world_->AddObserver(&promises_);
}

void RunOracles::WatchStores() {
  const CopyPromises copies = CopyPromisesOf(scenario_);
  hints_ = std::make_unique<HintOracle>(copies, cluster_->stores(), world_,
                                        &findings_);
  cluster_->AddObserver(hints_.get());
  rebuilds_ = std::make_unique<RebuildOracle>(copies.w, copies.synced,
                                              cluster_->stores(), &findings_);
  cluster_->AddObserver(rebuilds_.get());
  // ABD's numbers are no clock's.
  if (scenario_.replication.quorum.versions != VersionScheme::kLww) return;
  versions_ = std::make_unique<VersionOracle>(
      OraclePromisesOf(scenario_), [this](NodeId id) { return StatusOf(id); },
      &findings_);
  cluster_->AddObserver(versions_.get());
  world_->AddObserver(versions_.get());
}

void RunOracles::WatchConfigGroup() {
  for (Oracle* oracle :
       std::initializer_list<Oracle*>{&promises_, &group_states_, &group_logs_,
                                      &group_leaders_, &configs_}) {
    cluster_->AddConfigObserver(oracle);
  }
  // It watches what the group grants, not its elections.
  cluster_->AddViewObserver(&fences_);
}

void RunOracles::WatchLeases() {
  if (!OraclePromisesOf(scenario_).leases) return;
  world_->AddObserver(&leases_);
  cluster_->AddObserver(&leases_);
  cluster_->AddViewObserver(&leases_);
}

void RunOracles::WatchElections() {
  const bool group = !cluster_->config_group().empty();
  const bool raft = scenario_.replication.model == ReplicationModel::kRaft;
  if (!group && !raft) return;
  world_->AddObserver(&votes_);
  if (group) {
    group_elections_ = NewElections(cluster_->ConfigNodes());
    cluster_->AddConfigObserver(&votes_);
    cluster_->AddConfigObserver(group_elections_.commits.get());
    cluster_->AddConfigObserver(group_elections_.majorities.get());
    cluster_->AddConfigObserver(group_elections_.amnesias.get());
  }
  if (!raft) return;
  world_->AddObserver(&configs_);
  elections_ = NewElections(cluster_->Replicas());
  cluster_->AddObserver(&votes_);
  cluster_->AddObserver(elections_.commits.get());
  cluster_->AddObserver(elections_.majorities.get());
  cluster_->AddObserver(elections_.amnesias.get());
}

RunOracles::Elections RunOracles::NewElections(
    const std::vector<NodeId>& nodes) {
  const OraclePromises promises = ElectionPromisesOf(scenario_);
  Elections elections;
  elections.commits = std::make_unique<CommitOracle>(
      promises, nodes, [this](NodeId id) { return StatusOf(id); },
      [this](NodeId id) {
        return CommitOracle::Elector{StatusOf(id), ElectionOf(id)};
      },
      &findings_);
  world_->AddObserver(elections.commits.get());
  elections.majorities = std::make_unique<MajorityOracle>(
      promises, nodes, [this](NodeId id) { return StatusOf(id); },
      [this](NodeId id) { return Look(id); }, &findings_);
  world_->AddObserver(elections.majorities.get());
  elections.amnesias = std::make_unique<AmnesiaOracle>(
      promises, [this](NodeId id) { return ElectionOf(id).votes_from; },
      &findings_);
  world_->AddObserver(elections.amnesias.get());
  return elections;
}

std::optional<node::NodeView> RunOracles::Look(NodeId id) const {
  const SimNode* node = cluster_->FindProcess(id);
  if (node == nullptr || !node->up()) return std::nullopt;
  return node->Inspect();
}

const replication::Status* RunOracles::StatusOf(NodeId id) const {
  const SimNode* node = cluster_->FindProcess(id);
  return node != nullptr && node->up() ? node->process().status() : nullptr;
}

replication::ElectionView RunOracles::ElectionOf(NodeId id) const {
  return StatusOf(id) == nullptr
             ? replication::ElectionView{}
             : cluster_->FindProcess(id)->process().election();
}

VoteOracle::Ballot RunOracles::BallotOf(NodeId id) const {
  const node::Node& process = cluster_->FindProcess(id)->process();
  return {process.election().hard_state, process.durable_meta()};
}

Nanos RunOracles::LeaseLeft(NodeId id) const {
  const replication::Status* const status = StatusOf(id);
  if (status == nullptr || status->role != replication::Role::kLeader) return 0;
  return status->lease_until - cluster_->FindNode(id)->runtime().Monotonic();
}

std::string RunOracles::MissingAfterPowerLoss(NodeId id, LogPosition log,
                                              MetaVersion meta) const {
  SimNode* node = cluster_->FindProcess(id);
  const absl::StatusOr<log_store::Recovery> found =
      RecoverShadow(node->disk().SyncedImage(), node->disk().options(),
                    NodeOptionsOf(scenario_, id, false, seed_).log);
  if (!found.ok()) return std::string(found.status().message());
  const replication::RecoveredLog& held = found->log;
  if (log.index > held.base.index) {
    const std::uint64_t place = log.index - held.base.index - 1;
    if (place >= held.entries.size()) {
      return absl::StrCat("log entry ", log.index.value(), " of ",
                          held.base.index.value() + held.entries.size());
    }
    if (held.entries[place].term < log.term) {
      return absl::StrCat("log entry ", log.index.value(), " of term ",
                          log.term.value());
    }
  }
  if (found->meta.version < meta) {
    return absl::StrCat("hard state ", meta.value(), ", only ",
                        found->meta.version.value());
  }
  return "";
}

}  // namespace wringer::sim
