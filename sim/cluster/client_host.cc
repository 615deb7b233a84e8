#include "sim/cluster/client_host.h"

namespace wringer::sim {

ClientHost::ClientHost(World* world, SimNetwork* network, env::Trace* trace,
                       const SimClientOptions& options, OpSource* source,
                       Recorder* recorder)
    : runtime_(world, NodeId(kClientNodeBase + options.number)) {
  runtime_.Boot();
  bus_ = std::make_unique<SimBus>(network, &runtime_);
  env_ = env::Env{.self = runtime_.id(),
                  .clock = &runtime_,
                  .fibers = &runtime_,
                  .files = nullptr,  // a client keeps nothing
                  .bus = bus_.get(),
                  .cpu = &runtime_,
                  .trace = trace,
                  .random_seed = world->seed()};
  client_ = std::make_unique<SimClient>(options, &env_, source, recorder);
}

ClientHost::~ClientHost() {
  runtime_.Fence();
  bus_->Fence();
  runtime_.UnwindFibers();
  client_.reset();
  bus_.reset();
  runtime_.Bury();
}

}  // namespace wringer::sim
