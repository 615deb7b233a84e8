// env::MessageBus of one party for one incarnation.
//
// Construction connects the party to the network; Fence(), called at the crash
// instant before anything of the node is destroyed, takes it off. What a
// fenced engine still tries to send is a recorded defect and goes nowhere.
#ifndef WR_SIM_NET_SIM_BUS_H_
#define WR_SIM_NET_SIM_BUS_H_

#include <string>

#include "engine/env/message_bus.h"
#include "sim/core/node_runtime.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {

class SimBus final : public env::MessageBus {
 public:
  // REQUIRES: runtime->alive(), the network has the party, and no other bus of
  // the party is attached. Both must outlive the bus.
  SimBus(SimNetwork* network, NodeRuntime* runtime);
  ~SimBus() override;  // fences, if that was not done before
  SimBus(const SimBus&) = delete;
  SimBus& operator=(const SimBus&) = delete;

  void Fence();

  // env::MessageBus.
  std::string AcquireBuffer() override;
  void Send(NodeId to, std::string bytes) override;
  void SetReceiver(env::MessageReceiver* receiver) override;

 private:
  friend class SimNetwork;

  SimNetwork* network_;
  NodeRuntime* runtime_;
  std::uint32_t party_ = 0;
  Incarnation incarnation_;
  env::MessageReceiver* receiver_ = nullptr;
  bool fenced_ = false;
};

}  // namespace wringer::sim

#endif  // WR_SIM_NET_SIM_BUS_H_
