// m1: the party that hosts the config service and speaks for it.
//
// The service is the scripted one, with a perfect memory: a crash of m1 makes
// it silent, and it forgets nothing.
#ifndef WR_SIM_CLUSTER_CONFIG_HOST_H_
#define WR_SIM_CLUSTER_CONFIG_HOST_H_

#include <memory>
#include <string>
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

  // An operator appoints `primary` in the next epoch. REQUIRES: up().
  void Grant(NodeId primary);
  // An operator tells `node` alone that it is primary, in an epoch above
  // `newest`: nobody is fenced. REQUIRES: up().
  void Promote(NodeId node, Epoch newest);

 private:
  void OnMessage(NodeId from, Slice bytes) override;
  void OnTimer(std::uint64_t cookie) override;
  void SendAll(const membership::ConfigService::Output& output);

  SimNetwork* network_;
  env::Trace* trace_;
  membership::ConfigServiceOptions options_;
  std::uint64_t cluster_;
  NodeRuntime runtime_;
  membership::ConfigService service_;
  std::unique_ptr<SimBus> bus_;
  std::string body_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_CONFIG_HOST_H_
