// m1 .. mN: the config service as a Raft group of nodes of their own, with
// disks, clocks and processes that faults can hit like any other.
//
// Their log is not the replicas' log: the group has its own observers.
#ifndef WR_SIM_CLUSTER_CONFIG_GROUP_H_
#define WR_SIM_CLUSTER_CONFIG_GROUP_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/node/contract/introspection.h"
#include "sim/cluster/sim_node.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class ConfigGroup final : public node::NodeObserver {
 public:
  // A member serves after a boot, or refuses to go on.
  using ServingHook = std::function<void(NodeId node)>;
  using HaltHook = std::function<void(const node::NodeHalted& halted)>;

  void Add(std::unique_ptr<SimNode> node);
  void AddObserver(Oracle* observer) { observers_.push_back(observer); }
  // Told of installed views only.
  void AddViewObserver(Oracle* observer) { viewers_.push_back(observer); }
  void set_hooks(ServingHook serving, HaltHook halt);

  bool empty() const { return nodes_.empty(); }
  const std::vector<std::unique_ptr<SimNode>>& nodes() const { return nodes_; }
  // Null if `id` is no member.
  SimNode* Find(NodeId id) const;
  // With the greatest term, dead or alive; kNoNode before there was one.
  NodeId leader() const { return leader_; }

  void OnBoot(NodeId node, Incarnation incarnation);
  void OnDeath(const DeathNotice& death);
  void OnDiskDamaged(NodeId node);

  // Asks the leader to appoint `primary`; empty if it could not be asked or
  // the rules forbid it.
  std::string Appoint(World* world, NodeId primary,
                      const std::vector<NodeId>& in_sync);

  // node::NodeObserver, of the members.
  void OnServing(const node::NodeView& view) override;
  void OnPromise(const node::PromiseSent& promise) override;
  void OnAppended(const node::EntriesAppended& appended) override;
  void OnApplied(const node::EntryApplied& applied) override;
  void OnInstalled(const node::SnapshotInstalledAt& installed) override;
  void OnRole(const node::RoleChanged& role) override;
  void OnView(const node::ViewInstalled& installed) override;
  void OnHalted(const node::NodeHalted& halted) override;

 private:
  std::vector<std::unique_ptr<SimNode>> nodes_;  // ascending
  std::vector<Oracle*> observers_;
  std::vector<Oracle*> viewers_;
  ServingHook on_serving_;
  HaltHook on_halt_;
  NodeId leader_;
  Term leader_term_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_CONFIG_GROUP_H_
