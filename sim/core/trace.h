// The trace of a run: what every node says, filtered, with time and name in
// front.
//
// One TraceHub per world decides who is heard; every node has its NodeTrace.
// `on()` is one load when nobody listens, and callers build no text then.
// Listening changes nothing: no event, no draw, no digest.
//
//   1.204500000 n2  replication  pb.promote  epoch 3, from n1
#ifndef WR_SIM_CORE_TRACE_H_
#define WR_SIM_CORE_TRACE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/types.h"
#include "engine/env/trace.h"
#include "sim/core/world.h"

namespace wringer::sim {

struct TraceLine {
  Nanos at = 0;
  NodeId node{};  // kNoNode: the world itself
  env::Component component = env::Component::kNode;
  Slice word{};
  Slice detail{};
};
// The line as people read it, without a newline.
std::string TraceText(const TraceLine& line);

// Which lines to keep. An empty list means all of that kind.
struct TraceFilter {
  std::vector<NodeId> nodes{};
  std::vector<env::Component> components{};
};
// The component a `--log` word names ("replication"), if it is one.
bool FindComponent(Slice name, env::Component* component);

class TraceHub;

class NodeTrace final : public env::Trace {
 public:
  bool on(env::Component component) const override {
    return (mask_ >> unsigned(component)) & 1u;
  }
  void Log(env::Component component, Slice word, Slice detail) override;

 private:
  friend class TraceHub;
  NodeTrace(TraceHub* hub, NodeId node) : hub_(hub), node_(node) {}

  TraceHub* hub_;
  NodeId node_;
  std::uint32_t mask_ = 0;  // bit per component; 0 is silence
};

class TraceHub {
 public:
  // Must not schedule, draw or change anything.
  using Sink = std::function<void(const TraceLine& line)>;

  explicit TraceHub(const World* world) : world_(world) {}
  TraceHub(const TraceHub&) = delete;
  TraceHub& operator=(const TraceHub&) = delete;

  // The trace of `node` (kNoNode: of the world), made at the first call. Lives
  // as long as the hub, across the node's incarnations.
  NodeTrace* ForNode(NodeId node);

  // Lines that pass `filter` go to `sink` from now on.
  void Listen(TraceFilter filter, Sink sink);
  void Silence();

 private:
  friend class NodeTrace;
  std::uint32_t MaskFor(NodeId node) const;

  const World* world_;
  TraceFilter filter_;
  Sink sink_;
  std::vector<std::unique_ptr<NodeTrace>> nodes_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_TRACE_H_
