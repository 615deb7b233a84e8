// All parties of one run: replicas, config service, clients, network; and what
// can be done to them. Implements FaultTarget for the nemesis.
//
// Keeps the timeline (who was up, who led) and hands what nodes say about
// themselves on to the oracles. Decides nothing about the run's phases: that
// is run.cc.
#ifndef WR_SIM_CLUSTER_CLUSTER_H_
#define WR_SIM_CLUSTER_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/node/contract/introspection.h"
#include "reports/history/history.h"
#include "sim/cluster/client_host.h"
#include "sim/cluster/config_group.h"
#include "sim/cluster/config_host.h"
#include "sim/cluster/sim_node.h"
#include "sim/core/trace.h"
#include "sim/core/world.h"
#include "sim/fault/fault_driver.h"
#include "sim/fault/fault_target.h"
#include "sim/net/sim_network.h"
#include "sim/oracle/leaderless/store_mirror.h"
#include "sim/oracle/oracle.h"
#include "sim/scenario/scenario.h"
#include "sim/workload/op_source.h"
#include "sim/workload/recorder.h"

namespace wringer::sim {

struct ClusterOptions {
  // One client beyond the workload's, for preloading and final reads.
  bool extra_client = true;
  // Disk milestones are wanted.
  bool watch_files = false;
  // Clients know that a message may arrive twice.
  bool links_duplicate = false;
};

// How long a probe waits for one replica.
inline constexpr Nanos kProbeAttempt = 1 * kSecond;

class Cluster final : public FaultTarget,
                      private node::NodeObserver,
                      private WorkloadListener {
 public:
  // kInvalidArgument if the scenario cannot be built. Pointers must outlive
  // the cluster.
  static absl::StatusOr<std::unique_ptr<Cluster>> Create(
      const Scenario& scenario, const ClusterOptions& options, World* world,
      TraceHub* trace, reports::History* history);
  ~Cluster() override;

  // Starts every replica and config node.
  void BootAll();
  // Told of everything from now on, in order of addition.
  void AddObserver(Oracle* observer) { observers_.push_back(observer); }
  // Likewise, of the members of a raft config service.
  void AddConfigObserver(Oracle* observer) {
    config_group_.AddObserver(observer);
  }
  // Likewise, but only of the views that it installs.
  void AddViewObserver(Oracle* observer) {
    config_group_.AddViewObserver(observer);
  }
  // Gets the milestones; null for nobody.
  void set_driver(FaultDriver* driver) { driver_ = driver; }

  // ---- clients ----
  // So long after the clock of the scenario started.
  void StartClients(Nanos elapsed);
  void StopClients();
  bool ClientsIdle() const;
  // The one beyond the workload's, with a source of its own ids. Made anew at
  // each call. REQUIRES: extra_client.
  SimClient& NewScriptClient();
  // The same for one question to whoever is left: it gives up when it has tried
  // every replica, and each attempt (0, 1, ...) has another home and a session
  // of its own.
  SimClient& NewProbeClient(std::uint32_t attempt);
  OpSource& source() { return source_; }
  const Recorder& recorder() const { return recorder_; }

  // ---- state ----
  bool AllServing() const;
  // Every replica serves, and somebody leads if the model has leaders.
  bool Ready() const {
    return AllServing() && (!capabilities_.has_leader || leader_ != kNoNode);
  }
  // Every replica serves, has executed as much as every other, and holds the
  // same data. Leaderless models: the owners of each key hold the same of it.
  bool Converged() const;
  // The same of these alone. Log models.
  static bool Agree(const std::vector<const SimNode*>& nodes);
  // The view in force, as the config service knows it; null without one.
  const replication::ClusterView* ConfigView() const;
  const replication::Capabilities& capabilities() const {
    return capabilities_;
  }
  std::vector<std::unique_ptr<SimNode>>& nodes() { return nodes_; }
  const std::vector<std::unique_ptr<SimNode>>& nodes() const { return nodes_; }
  SimNode* FindNode(NodeId id) const;
  // A replica or a member of a raft config service; null if it is neither.
  SimNode* FindProcess(NodeId id) const;
  // What leaderless stores hold; null for other models.
  StoreMirror* stores() { return stores_.get(); }
  const StoreMirror* stores() const { return stores_.get(); }
  const ConfigGroup& config_group() const { return config_group_; }
  // What nodes did after their death, and halts, as text; empty in health.
  std::vector<std::string> Defects() const;
  const std::vector<std::string>& halts() const { return halts_; }

  // FaultTarget.
  const std::vector<NodeId>& Replicas() const override { return replicas_; }
  const std::vector<NodeId>& ConfigNodes() const override {
    return config_nodes_;
  }
  const std::vector<NodeId>& Clients() const override { return client_ids_; }
  std::vector<NodeId> Zone(Slice name) const override;
  NodeId Leader() const override { return leader_; }
  NodeId FormerLeader() const override { return former_leader_; }
  NodeId ConfigLeader() const override { return config_group_.leader(); }
  bool Up(NodeId node) const override;
  bool Paused(NodeId node) const override;
  DeathReport Kill(NodeId node, Death death, std::uint64_t key,
                   Ppm keep) override;
  void Restart(NodeId node) override;
  void Pause(NodeId node) override;
  std::uint64_t Resume(NodeId node) override;
  World& world() override { return *world_; }
  SimNetwork& network() override { return network_; }
  NodeRuntime* Runtime(NodeId node) override;
  DiskFaultId BeginDiskFault(NodeId node, const FaultSpec& spec,
                             std::uint64_t key) override;
  void EndDiskFault(NodeId node, DiskFaultId fault) override;
  DiskFaultEffect DiskEffect(NodeId node, DiskFaultId fault) const override;
  std::string ChangeConfig(ConfigAction action, NodeId node,
                           const std::vector<NodeId>& in_sync) override;
  std::string ChangeMembership(MembershipAction action, NodeId node) override;
  std::string SetVoters(const std::vector<NodeId>& voters) override;

 private:
  Cluster(const Scenario& scenario, const ClusterOptions& options,
          const replication::Capabilities& capabilities, World* world,
          TraceHub* trace, reports::History* history);
  absl::Status Build();
  absl::Status BuildNode(NodeId id);
  absl::Status BuildConfig(NodeId id);
  void WatchConfigGroup();
  // One process with its disk and clocks, told of to `observer`.
  absl::StatusOr<std::unique_ptr<SimNode>> NewProcess(
      NodeId id, node::NodeObserver* observer);
  void SetLinks();
  void SetClocks(NodeRuntime* runtime) const;
  void BuildClients();
  SimClientOptions ClientOptions(std::uint32_t number) const;
  SimClientOptions ScriptOptions() const;
  SimClient& ReplaceScriptClient(const SimClientOptions& options);
  ConfigHost* FindConfig(NodeId id) const;
  std::string ChangeByGroup(ConfigAction action, NodeId node,
                            const std::vector<NodeId>& in_sync);
  void Note(NodeId node, reports::NodeEventKind kind, std::uint64_t term = 0);
  std::vector<NodeId> NodesOfTargets(const std::vector<Target>& targets) const;

  // node::NodeObserver.
  void OnServing(const node::NodeView& view) override;
  void OnPromise(const node::PromiseSent& promise) override;
  void OnAppended(const node::EntriesAppended& appended) override;
  void OnApplied(const node::EntryApplied& applied) override;
  void OnStoreChanged(const node::StoreChanged& change) override;
  void OnStoreRead(const node::StoreRead& read) override;
  void OnWriteAnswered(const node::WriteAnswered& answer) override;
  void OnInstalled(const node::SnapshotInstalledAt& installed) override;
  void OnRole(const node::RoleChanged& role) override;
  void OnHalted(const node::NodeHalted& halted) override;
  // WorkloadListener.
  void OnWriteAcked(NodeId by) override;

  const Scenario scenario_;
  const ClusterOptions options_;
  const replication::Capabilities capabilities_;
  World* world_;
  TraceHub* trace_;
  reports::History* history_;
  SimNetwork network_;
  FaultDriver* driver_ = nullptr;
  std::unique_ptr<StoreMirror> stores_;
  std::vector<Oracle*> observers_;

  std::vector<NodeId> replicas_;
  std::vector<NodeId> config_nodes_;
  std::vector<NodeId> client_ids_;
  std::vector<std::unique_ptr<SimNode>> nodes_;       // parallel to replicas_
  std::vector<std::unique_ptr<ConfigHost>> configs_;  // scripted: m1
  ConfigGroup config_group_;                          // raft: m1 .. mN
  OpSource source_;
  Recorder recorder_;
  std::vector<std::unique_ptr<ClientHost>> clients_;
  std::unique_ptr<ClientHost> script_client_;

  NodeId leader_;
  Term leader_term_;
  NodeId former_leader_;
  std::vector<std::string> halts_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_CLUSTER_H_
