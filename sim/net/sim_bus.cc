#include "sim/net/sim_bus.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

SimBus::SimBus(SimNetwork* network, NodeRuntime* runtime)
    : network_(network),
      runtime_(runtime),
      incarnation_(runtime->incarnation()) {
  WR_CHECK(runtime->alive());
  network_->Attach(this);
}

SimBus::~SimBus() { Fence(); }

void SimBus::Fence() {
  if (fenced_) return;
  fenced_ = true;
  receiver_ = nullptr;
  network_->Detach(this);
}

std::string SimBus::AcquireBuffer() { return network_->pool_.AcquireBuffer(); }

void SimBus::Send(NodeId to, std::string bytes) {
  if (fenced_) {
    runtime_->RecordDefect(
        absl::StrCat("bus: sends to ", NodeName(to), " after the crash"));
    return;
  }
  network_->Send(this, to, std::move(bytes));
}

void SimBus::SetReceiver(env::MessageReceiver* receiver) {
  if (!fenced_) receiver_ = receiver;
}

}  // namespace wringer::sim
