#include "sim/core/trace.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace wringer::sim {

using env::Component;

static_assert(std::size_t(Component::kCount) <= 32);

std::string TraceText(const TraceLine& line) {
  return absl::StrFormat("%s %-4s %-11s %s  %s", TimeText(line.at),
                         NodeName(line.node), ComponentName(line.component),
                         line.word, line.detail);
}

bool FindComponent(Slice name, Component* component) {
  for (std::size_t i = 0; i < std::size_t(Component::kCount); ++i) {
    if (ComponentName(Component(i)) != name) continue;
    *component = Component(i);
    return true;
  }
  return false;
}

void NodeTrace::Log(Component component, Slice word, Slice detail) {
  if (!on(component)) return;
  hub_->sink_({.at = hub_->world_->now(),
               .node = node_,
               .component = component,
               .word = word,
               .detail = detail});
}

NodeTrace* TraceHub::ForNode(NodeId node) {
  for (const std::unique_ptr<NodeTrace>& trace : nodes_) {
    if (trace->node_ == node) return trace.get();
  }
  nodes_.push_back(std::unique_ptr<NodeTrace>(new NodeTrace(this, node)));
  nodes_.back()->mask_ = MaskFor(node);
  return nodes_.back().get();
}

void TraceHub::Listen(TraceFilter filter, Sink sink) {
  filter_ = std::move(filter);
  sink_ = std::move(sink);
  for (const std::unique_ptr<NodeTrace>& trace : nodes_) {
    trace->mask_ = MaskFor(trace->node_);
  }
}

void TraceHub::Silence() { Listen({}, nullptr); }

std::uint32_t TraceHub::MaskFor(NodeId node) const {
  if (!sink_) return 0;
  const std::vector<NodeId>& nodes = filter_.nodes;
  if (!nodes.empty() &&
      std::find(nodes.begin(), nodes.end(), node) == nodes.end()) {
    return 0;
  }
  std::uint32_t mask = 0;
  for (Component component : filter_.components) {
    mask |= 1u << unsigned(component);
  }
  return filter_.components.empty() ? ~std::uint32_t{0} : mask;
}

}  // namespace wringer::sim
