// Runs the node's failure detector: its ticks, its messages, and what it says
// to the replication model. Advice, never authority.
#ifndef WR_ENGINE_NODE_DETECTOR_LINK_H_
#define WR_ENGINE_NODE_DETECTOR_LINK_H_

#include <cstdint>
#include <memory>

#include "engine/env/env.h"
#include "engine/membership/detector.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/outbox.h"

namespace wringer::node {

class DetectorLink : private env::TimerTarget {
 public:
  // REQUIRES: options.kind is not kNone.
  DetectorLink(const membership::DetectorOptions& options, env::Env* env,
               Outbox* outbox, Host* host);

  // REQUIRES: the boot was counted. Nothing here yields.
  void Start();
  void Stop() { stopped_ = true; }
  void OnMessage(NodeId from, Slice body);
  bool Suspects(NodeId peer) const { return detector_->Suspects(peer); }

 private:
  void OnTimer(std::uint64_t cookie) override;
  void CarryOut(const membership::FailureDetector::Output& output);

  env::Env* const env_;
  Outbox* const outbox_;
  Host* const host_;
  std::unique_ptr<membership::FailureDetector> detector_;
  bool stopped_ = false;
  bool started_ = false;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_DETECTOR_LINK_H_
