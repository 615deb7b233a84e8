// One client's place in the world: a clock, a bus, and the client on them.
// Clients do not die.
#ifndef WR_SIM_CLUSTER_CLIENT_HOST_H_
#define WR_SIM_CLUSTER_CLIENT_HOST_H_

#include <memory>

#include "engine/env/env.h"
#include "sim/core/node_runtime.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"
#include "sim/workload/sim_client.h"

namespace wringer::sim {

class ClientHost {
 public:
  // Pointers must outlive the host.
  ClientHost(World* world, SimNetwork* network, env::Trace* trace,
             const SimClientOptions& options, OpSource* source,
             Recorder* recorder);
  ~ClientHost();
  ClientHost(const ClientHost&) = delete;
  ClientHost& operator=(const ClientHost&) = delete;

  SimClient& client() { return *client_; }
  const SimClient& client() const { return *client_; }
  NodeRuntime& runtime() { return runtime_; }

 private:
  NodeRuntime runtime_;
  std::unique_ptr<SimBus> bus_;
  env::Env env_;
  std::unique_ptr<SimClient> client_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_CLIENT_HOST_H_
