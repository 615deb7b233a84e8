#include "engine/node/detector_link.h"

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::node {

using membership::FailureDetector;

DetectorLink::DetectorLink(const membership::DetectorOptions& options,
                           env::Env* env, Outbox* outbox, Host* host)
    : env_(env),
      outbox_(outbox),
      host_(host),
      detector_(membership::NewFailureDetector(options)) {
  WR_CHECK(detector_ != nullptr);
}

void DetectorLink::Start() {
  started_ = true;
  FailureDetector::Output output;
  detector_->Start(env_->clock->Monotonic(), outbox_->incarnation(), &output);
  CarryOut(output);
  env_->fibers->ArmTimer(detector_->tick_every(), this, 0);
}

void DetectorLink::OnTimer(std::uint64_t cookie) {
  if (stopped_) return;
  FailureDetector::Output output;
  detector_->OnTick(env_->clock->Monotonic(), &output);
  CarryOut(output);
  env_->fibers->ArmTimer(detector_->tick_every(), this, cookie);
}

void DetectorLink::OnMessage(NodeId from, Slice body) {
  if (stopped_ || !started_) return;
  FailureDetector::Output output;
  detector_->OnMessage(env_->clock->Monotonic(), from, body, &output);
  CarryOut(output);
}

void DetectorLink::CarryOut(const FailureDetector::Output& output) {
  for (const auto& [to, body] : output.sends) {
    outbox_->Send(to, wire::FrameKind::kDetector, body);
  }
  for (const FailureDetector::Change& change : output.changes) {
    if (env_->trace->on(env::Component::kMembership)) {
      env_->trace->Log(env::Component::kMembership,
                       change.alive ? "detector.alive" : "detector.suspect",
                       NodeName(change.peer));
    }
    host_->Step(
        replication::PeerChanged{.peer = change.peer, .alive = change.alive});
  }
}

}  // namespace wringer::node
