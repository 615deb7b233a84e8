// Frames on their way out: every byte a node sends leaves through here.
#ifndef WR_ENGINE_NODE_CONTRACT_OUTBOX_H_
#define WR_ENGINE_NODE_CONTRACT_OUTBOX_H_

#include <string>
#include <utility>

#include "engine/env/env.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/contract/options.h"
#include "engine/wire/messages.h"

namespace wringer::node {

class Outbox {
 public:
  Outbox(const NodeOptions& options, env::Env* env, NodeCounters* counters)
      : options_(options), env_(env), counters_(counters) {}

  // Known once the boot was counted.
  void set_incarnation(Incarnation incarnation) { incarnation_ = incarnation; }
  Incarnation incarnation() const { return incarnation_; }

  // Does not yield.
  void Send(NodeId to, wire::FrameKind kind, Slice body) {
    env_->cpu->Charge(MessageCost(options_.cpu, body.size()));
    std::string frame = env_->bus->AcquireBuffer();
    wire::EncodeFrame({.kind = kind,
                       .cluster = options_.cluster,
                       .incarnation = incarnation_},
                      body, &frame);
    ++counters_->frames_sent;
    env_->bus->Send(to, std::move(frame));
  }

  static Nanos MessageCost(const CpuCosts& cpu, std::size_t bytes) {
    return cpu.per_message + cpu.per_kib * static_cast<Nanos>(bytes >> 10);
  }

 private:
  const NodeOptions& options_;
  env::Env* const env_;
  NodeCounters* const counters_;
  Incarnation incarnation_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_OUTBOX_H_
