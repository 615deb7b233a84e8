// Building a cluster, its clients, and looking at it. What faults do to it is
// in cluster_faults.cc.
#include "sim/cluster/cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "sim/cluster/translate.h"

namespace wringer::sim {
namespace {

constexpr std::uint32_t kPatientAttempts = 20;

reports::NodeEventKind KindOf(replication::Role role) {
  switch (role) {
    case replication::Role::kLeader:
      return reports::NodeEventKind::kLeader;
    case replication::Role::kCandidate:
      return reports::NodeEventKind::kCandidate;
    case replication::Role::kLearner:
      return reports::NodeEventKind::kLearner;
    case replication::Role::kPeer:
      return reports::NodeEventKind::kPeer;
    case replication::Role::kStarting:
    case replication::Role::kFollower:
      break;
  }
  return reports::NodeEventKind::kFollower;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Cluster>> Cluster::Create(
    const Scenario& scenario, const ClusterOptions& options, World* world,
    TraceHub* trace, reports::History* history) {
  WR_ASSIGN_OR_RETURN(const replication::Capabilities capabilities,
                      CapabilitiesOf(scenario));
  std::unique_ptr<Cluster> cluster(
      new Cluster(scenario, options, capabilities, world, trace, history));
  WR_RETURN_IF_ERROR(cluster->Build());
  return cluster;
}

Cluster::Cluster(const Scenario& scenario, const ClusterOptions& options,
                 const replication::Capabilities& capabilities, World* world,
                 TraceHub* trace, reports::History* history)
    : scenario_(scenario),
      options_(options),
      capabilities_(capabilities),
      world_(world),
      trace_(trace),
      history_(history),
      network_(world, NetworkOptionsOf(scenario, options.extra_client ? 1 : 0)),
      replicas_(ReplicasOf(scenario)),
      config_nodes_(ConfigNodesOf(scenario)),
      source_(scenario.workload, world->seed()),
      recorder_(world, history, this) {}

Cluster::~Cluster() = default;

absl::Status Cluster::Build() {
  for (std::uint32_t i = 1; i <= scenario_.workload.clients; ++i) {
    client_ids_.push_back(NodeId(kClientNodeBase + i));
  }
  SetLinks();
  if (!capabilities_.has_log) {
    stores_ = std::make_unique<StoreMirror>(OwnersOf(scenario_));
    AddObserver(stores_.get());
  }
  for (const NodeId id : replicas_) WR_RETURN_IF_ERROR(BuildNode(id));
  for (const NodeId id : config_nodes_) WR_RETURN_IF_ERROR(BuildConfig(id));
  WatchConfigGroup();
  BuildClients();
  return absl::OkStatus();
}

absl::Status Cluster::BuildNode(NodeId id) {
  WR_ASSIGN_OR_RETURN(std::unique_ptr<SimNode> node, NewProcess(id, this));
  nodes_.push_back(std::move(node));
  return absl::OkStatus();
}

absl::Status Cluster::BuildConfig(NodeId id) {
  if (scenario_.cluster.config_service == ConfigServiceKind::kRaft) {
    WR_ASSIGN_OR_RETURN(std::unique_ptr<SimNode> node,
                        NewProcess(id, &config_group_));
    config_group_.Add(std::move(node));
    return absl::OkStatus();
  }
  configs_.push_back(std::make_unique<ConfigHost>(
      world_, &network_, trace_->ForNode(id), id,
      ConfigServiceOptionsOf(scenario_),
      NodeOptionsOf(scenario_, id, false, 0).cluster));
  configs_.back()->set_on_view([this, id](const replication::ClusterView& v) {
    for (Oracle* observer : observers_) {
      observer->OnView({.node = id, .incarnation = {}, .view = &v});
    }
  });
  network_.SetTrace(id, trace_->ForNode(id));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SimNode>> Cluster::NewProcess(
    NodeId id, node::NodeObserver* observer) {
  WR_ASSIGN_OR_RETURN(const DiskOptions disk,
                      DiskOptionsOf(scenario_, id, world_->seed()));
  SimNodeParts parts{.world = world_,
                     .network = &network_,
                     .trace = trace_->ForNode(id),
                     .observer = observer,
                     .on_disk_event = {}};
  if (options_.watch_files) {
    parts.on_disk_event = [this](FaultEvent event, NodeId node) {
      if (driver_ != nullptr) driver_->OnEvent(event, node);
    };
  }
  const auto options = [this, id](bool first) {
    return NodeOptionsOf(scenario_, id, first, world_->seed());
  };
  WR_RETURN_IF_ERROR(node::Validate(options(true)));
  auto node = std::make_unique<SimNode>(parts, id, disk, options);
  network_.SetTrace(id, trace_->ForNode(id));
  SetClocks(&node->runtime());
  return node;
}

void Cluster::WatchConfigGroup() {
  config_group_.set_hooks(
      [this](NodeId node) {
        if (driver_ != nullptr) driver_->OnEvent(FaultEvent::kNodeUp, node);
      },
      [this](const node::NodeHalted& halted) {
        halts_.push_back(
            absl::StrCat(NodeName(halted.node), ": ", halted.why.message()));
      });
}

void Cluster::SetClocks(NodeRuntime* runtime) const {
  constexpr std::int64_t kPpbPerPpm = 1000;
  const ClockSpec& spec = scenario_.clocks;
  RandomDraw draw(RandomKey(world_->seed(), Purpose("clock")),
                  runtime->id().value());
  runtime->SetWallOffset(draw.Between(spec.offset.low, spec.offset.high));
  runtime->SetDrift(draw.Between(spec.drift.low, spec.drift.high) * kPpbPerPpm);
}

std::vector<NodeId> Cluster::NodesOfTargets(
    const std::vector<Target>& targets) const {
  FaultSpec probe;
  probe.nodes = targets;
  return Resolve(probe, *this, kNoNode, 0).nodes;
}

void Cluster::SetLinks() {
  for (const LinkSpec& spec : scenario_.network.links) {
    std::vector<std::pair<std::vector<NodeId>, std::vector<NodeId>>> ways;
    if (spec.between.size() == 2) {
      const std::vector<NodeId> a = NodesOfTargets({spec.between[0]});
      const std::vector<NodeId> b = NodesOfTargets({spec.between[1]});
      ways = {{a, b}, {b, a}};
    } else {
      ways = {{NodesOfTargets(spec.from), NodesOfTargets(spec.to)}};
    }
    for (const auto& [from, to] : ways) {
      for (const NodeId a : from) {
        for (const NodeId b : to) {
          if (a == b || !network_.HasLink(a, b)) continue;
          LinkModel model = network_.model(a, b);
          if (spec.latency) {
            model.latency = {spec.latency->low, spec.latency->high,
                             spec.latency->tail};
          }
          model.loss_ppm = spec.loss.value_or(model.loss_ppm);
          model.duplicate_ppm = spec.duplicate.value_or(model.duplicate_ppm);
          model.reorder_ppm = spec.reorder.value_or(model.reorder_ppm);
          model.bytes_per_second =
              spec.bandwidth.value_or(model.bytes_per_second);
          network_.SetModel(a, b, model);
        }
      }
    }
  }
}

// ---- clients ----

SimClientOptions Cluster::ClientOptions(std::uint32_t number) const {
  const WorkloadSpec& spec = scenario_.workload;
  SimClientOptions options;
  options.number = number;
  options.client = ClientOptionsOf(scenario_, capabilities_);
  options.client.links_duplicate = options_.links_duplicate;
  options.write_level = WriteLevelOf(scenario_, capabilities_);
  options.client.register_level = options.write_level;
  options.read_level = ReadLevelOf(scenario_);
  options.open_loop = spec.pace.kind == PaceSpec::Kind::kOpen;
  if (spec.operations) {
    // The first clients do one more, if it does not divide.
    const std::uint64_t rest = *spec.operations % spec.clients;
    options.operations =
        *spec.operations / spec.clients + (number <= rest ? 1 : 0);
  }
  return options;
}

void Cluster::BuildClients() {
  for (std::uint32_t i = 1; i <= scenario_.workload.clients; ++i) {
    const NodeId id(kClientNodeBase + i);
    clients_.push_back(
        std::make_unique<ClientHost>(world_, &network_, trace_->ForNode(id),
                                     ClientOptions(i), &source_, &recorder_));
    network_.SetTrace(id, trace_->ForNode(id));
  }
}

SimClientOptions Cluster::ScriptOptions() const {
  WR_CHECK(options_.extra_client);
  SimClientOptions options = ClientOptions(scenario_.workload.clients + 1);
  options.open_loop = false;
  // A last word on every key is asked of whoever must know.
  if (capabilities_.has_leader) {
    options.client.read_routing = client::ReadRouting::kLeader;
  }
  options.read_level = capabilities_.default_read;
  return options;
}

SimClient& Cluster::ReplaceScriptClient(const SimClientOptions& options) {
  script_client_.reset();
  script_client_ = std::make_unique<ClientHost>(
      world_, &network_,
      trace_->ForNode(NodeId(kClientNodeBase + options.number)), options,
      &source_, &recorder_);
  return script_client_->client();
}

SimClient& Cluster::NewScriptClient() {
  SimClientOptions options = ScriptOptions();
  // What it hears depends on the cluster, not on how soon the workload's own
  // clients give up.
  client::ClientOptions& client = options.client;
  client.max_attempts = std::max(client.max_attempts, kPatientAttempts);
  client.attempt_timeout = std::max(client.attempt_timeout, kSecond);
  client.deadline = (client.attempt_timeout + client.backoff_max) *
                    static_cast<Nanos>(client.max_attempts);
  return ReplaceScriptClient(options);
}

SimClient& Cluster::NewProbeClient(std::uint32_t attempt) {
  SimClientOptions options = ScriptOptions();
  client::ClientOptions& client = options.client;
  client.incarnation = Incarnation(2 + attempt);  // 1: the patient one
  client.home = replicas_[attempt % replicas_.size()];
  client.max_attempts = kPatientAttempts;
  client.attempt_timeout = kProbeAttempt;
  // Long enough to try everybody, where a request may be sent again.
  const std::size_t tries = capabilities_.has_leader ? replicas_.size() + 1 : 1;
  client.deadline = kProbeAttempt * static_cast<Nanos>(tries);
  return ReplaceScriptClient(options);
}

void Cluster::StartClients(Nanos elapsed) {
  for (auto& host : clients_) host->client().Start(elapsed);
}

void Cluster::StopClients() {
  for (auto& host : clients_) host->client().Stop();
}

bool Cluster::ClientsIdle() const {
  return std::all_of(clients_.begin(), clients_.end(),
                     [](const auto& host) { return host->client().idle(); });
}

// ---- life ----

void Cluster::BootAll() {
  for (auto& config : configs_) config->Boot();
  for (const auto& node : config_group_.nodes()) Restart(node->id());
  for (auto& node : nodes_) Restart(node->id());
}

bool Cluster::AllServing() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node->serving(); });
}

bool Cluster::Converged() const {
  if (stores_ != nullptr) {
    return AllServing() && stores_->Agree() && stores_->HintsDelivered();
  }
  std::vector<const SimNode*> all;
  for (const auto& node : nodes_) all.push_back(node.get());
  return Agree(all);
}

bool Cluster::Agree(const std::vector<const SimNode*>& nodes) {
  const SimNode* first = nullptr;
  for (const SimNode* node : nodes) {
    if (!node->serving()) return false;
    const node::NodeView b = node->Inspect();
    // An entry that is not executed yet may still change what they hold.
    if (b.applied.index != b.log_last.index) return false;
    if (first == nullptr) {
      first = node;
      continue;
    }
    const node::NodeView a = first->Inspect();
    if (a.state_digest != b.state_digest) return false;
    if (a.applied.index != b.applied.index) return false;
  }
  return true;
}

const replication::ClusterView* Cluster::ConfigView() const {
  if (!configs_.empty()) return &configs_.front()->view();
  const replication::ClusterView* newest = nullptr;
  for (const auto& node : config_group_.nodes()) {
    if (!node->up()) continue;
    const replication::ClusterView* view = node->process().config_view();
    if (view == nullptr) continue;
    if (newest == nullptr || view->epoch > newest->epoch) newest = view;
  }
  return newest;
}

SimNode* Cluster::FindNode(NodeId id) const {
  // Mostly they are n1 .. nN.
  const std::size_t usual = std::size_t{id.value()} - 1;
  if (usual < nodes_.size() && replicas_[usual] == id) {
    return nodes_[usual].get();
  }
  const auto it = std::lower_bound(replicas_.begin(), replicas_.end(), id);
  if (it == replicas_.end() || *it != id) return nullptr;
  const auto i = static_cast<std::size_t>(it - replicas_.begin());
  return i < nodes_.size() ? nodes_[i].get() : nullptr;
}

SimNode* Cluster::FindProcess(NodeId id) const {
  SimNode* replica = FindNode(id);
  return replica != nullptr ? replica : config_group_.Find(id);
}

ConfigHost* Cluster::FindConfig(NodeId id) const {
  for (const auto& config : configs_) {
    if (config->runtime().id() == id) return config.get();
  }
  return nullptr;
}

std::vector<std::string> Cluster::Defects() const {
  std::vector<std::string> defects;
  for (const auto* group : {&nodes_, &config_group_.nodes()}) {
    for (const auto& node : *group) {
      for (const std::string& defect : node->runtime().defects()) {
        defects.push_back(absl::StrCat(NodeName(node->id()), ": ", defect));
      }
    }
  }
  return defects;
}

void Cluster::Note(NodeId node, reports::NodeEventKind kind,
                   std::uint64_t term) {
  history_->AddNodeEvent({.ns = world_->now(),
                          .node = history_->InternName(NodeName(node)),
                          .kind = kind,
                          .term = term,
                          .note = {}});
}

// ---- what nodes and clients say ----

void Cluster::OnServing(const node::NodeView& view) {
  for (Oracle* observer : observers_) observer->OnServing(view);
  if (driver_ != nullptr) driver_->OnEvent(FaultEvent::kNodeUp, view.id);
}

void Cluster::OnPromise(const node::PromiseSent& promise) {
  for (Oracle* observer : observers_) observer->OnPromise(promise);
}

void Cluster::OnAppended(const node::EntriesAppended& appended) {
  for (Oracle* observer : observers_) observer->OnAppended(appended);
}

void Cluster::OnApplied(const node::EntryApplied& applied) {
  for (Oracle* observer : observers_) observer->OnApplied(applied);
}

void Cluster::OnStoreChanged(const node::StoreChanged& change) {
  for (Oracle* observer : observers_) observer->OnStoreChanged(change);
}

void Cluster::OnStoreRead(const node::StoreRead& read) {
  for (Oracle* observer : observers_) observer->OnStoreRead(read);
}

void Cluster::OnWriteAnswered(const node::WriteAnswered& answer) {
  for (Oracle* observer : observers_) observer->OnWriteAnswered(answer);
}

void Cluster::OnInstalled(const node::SnapshotInstalledAt& installed) {
  for (Oracle* observer : observers_) {
    observer->OnInstalled(installed);
  }
}

void Cluster::OnRole(const node::RoleChanged& role) {
  for (Oracle* observer : observers_) observer->OnRole(role);
  Note(role.node, KindOf(role.role), role.term.value());
  if (role.role != replication::Role::kLeader || role.term < leader_term_) {
    return;
  }
  leader_term_ = role.term;
  if (role.node != leader_) {
    former_leader_ = leader_;
    leader_ = role.node;
  }
  if (driver_ != nullptr) driver_->OnLeader(role.node);
}

void Cluster::OnHalted(const node::NodeHalted& halted) {
  for (Oracle* observer : observers_) observer->OnHalted(halted);
  halts_.push_back(
      absl::StrCat(NodeName(halted.node), ": ", halted.why.message()));
}

void Cluster::OnWriteAcked(NodeId by) {
  if (driver_ != nullptr) driver_->OnEvent(FaultEvent::kWriteAcked, by);
}

}  // namespace wringer::sim
