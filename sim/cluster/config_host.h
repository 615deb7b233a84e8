// m1: the party that hosts the config service and speaks for it.
//
// The service is the scripted one, with a perfect memory: a crash of m1 makes
// it silent, and it forgets nothing.
#ifndef WR_SIM_CLUSTER_CONFIG_HOST_H_
#define WR_SIM_CLUSTER_CONFIG_HOST_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/env/message_bus.h"
#include "engine/membership/config_service.h"
#include "sim/core/node_runtime.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {

class ConfigHost final : private env::MessageReceiver,
                         private env::TimerTarget {
 public:
  ConfigHost(World* world, SimNetwork* network, env::Trace* trace, NodeId id,
             const membership::ConfigServiceOptions& options,
             std::uint64_t cluster);
  ~ConfigHost() override;

  void Boot();
  void Kill();
  bool up() const { return bus_ != nullptr; }
  NodeRuntime& runtime() { return runtime_; }
  const replication::ClusterView& view() const { return service_.view(); }
  // Told of every view it installs. Must change nothing.
  void set_on_view(std::function<void(const replication::ClusterView&)> hook) {
    on_view_ = std::move(hook);
  }

  // An operator appoints `primary` in the next epoch, as soon as no lease
  // forbids it. False if it is not in sync. REQUIRES: up().
  bool Grant(NodeId primary, const std::vector<NodeId>& in_sync);
  // An operator tells `node` alone that it is primary, in an epoch above
  // `newest`: nobody is fenced. REQUIRES: up().
  void Promote(NodeId node, Epoch newest);

 private:
  void OnMessage(NodeId from, Slice bytes) override;
  void OnTimer(std::uint64_t cookie) override;
  void NoticeView();
  void SendAll(const membership::ConfigService::Output& output);

  SimNetwork* network_;
  env::Trace* trace_;
  membership::ConfigServiceOptions options_;
  std::uint64_t cluster_;
  NodeRuntime runtime_;
  membership::ConfigService service_;
  std::unique_ptr<SimBus> bus_;
  std::function<void(const replication::ClusterView&)> on_view_;
  Epoch noticed_;
  std::string body_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_CONFIG_HOST_H_
