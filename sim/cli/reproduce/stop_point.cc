#include "sim/cli/reproduce/stop_point.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "sim/cli/terminal.h"
#include "sim/core/node_runtime.h"
#include "sim/scenario/schema/units.h"

namespace wringer::cli {
namespace {

StopPoint* Of(void* stop) {
  WR_CHECK(stop != nullptr);
  return static_cast<StopPoint*>(stop);
}

}  // namespace

StopPoint::StopPoint(const sim::Scenario& scenario) {
  for (std::uint32_t n = 1; n <= scenario.cluster.nodes; ++n) {
    nodes_.push_back(NodeId(n));
  }
  if (scenario.cluster.config_service == sim::ConfigServiceKind::kRaft) {
    for (std::uint32_t n = 1; n <= scenario.cluster.config_nodes; ++n) {
      nodes_.push_back(NodeId(kConfigNodeBase + n));
    }
  }
}

std::optional<StopPoint> StopPoint::Parse(const std::string& text,
                                          const sim::Scenario& scenario) {
  StopPoint stop(scenario);
  if (absl::SimpleAtoi(text, &stop.event_) && stop.event_ > 0) return stop;
  if (sim::ParseQuantity(text, sim::Dimension::kDuration, &stop.at_).ok()) {
    return stop;
  }
  return std::nullopt;
}

void StopPoint::Attach(const sim::World* world, LookAt look) {
  world_ = world;
  look_ = std::move(look);
}

void StopPoint::AfterEvent(const sim::EventRecord& event) {
  if (event.number < event_ || (event_ == 0 && event.at < at_)) return;
  now_ = event;
  WringerStopHere(this);
}

void StopPoint::PrintNodes() const {
  for (const NodeId node : nodes_) {
    std::string line = absl::StrCat("  ", NodeName(node), "  ");
    const auto view = look_(node);
    if (!view) {
      absl::StrAppend(&line, "down");
    } else {
      absl::StrAppend(&line, "incarnation ", view->incarnation.value(),
                      "  log to ", view->log_last.index.value(), " (durable ",
                      view->durable.log.index.value(), ")  applied ",
                      view->applied.index.value(), "  ", view->open_requests,
                      " open requests");
    }
    Out(line + "\n");
  }
}

void StopPoint::ListFibers() {
  fibers_.clear();
  fiber_nodes_.clear();
  for (const NodeId node : nodes_) {
    const sim::NodeRuntime* runtime = world_->node(node);
    if (runtime == nullptr) continue;
    for (sim::FiberInfo& fiber : runtime->fibers()) {
      fibers_.push_back(std::move(fiber));
      fiber_nodes_.push_back(node);
    }
  }
}

void StopPoint::PrintFiber(std::size_t i) const {
  if (i >= fibers_.size()) return;
  Out(absl::StrCat("#", i, "  ", NodeName(fiber_nodes_[i]), "  ",
                   fibers_[i].name, "  (", fibers_[i].waits, ")\n"));
}

}  // namespace wringer::cli

using wringer::cli::Of;  // NOLINT: the functions below have no namespace

[[gnu::noinline]] void WringerStopHere(void* stop) {
  // Nothing to do; the debugger's breakpoint is here.
  asm volatile("" : : "r"(stop) : "memory");
}

[[gnu::used]] void WringerStopNext(void* stop, std::uint64_t event) {
  Of(stop)->set_event(event == 0 ? Of(stop)->now().number + 1 : event);
}

[[gnu::used]] std::uint64_t WringerEventNow(void* stop) {
  return Of(stop)->now().number;
}

[[gnu::used]] std::int64_t WringerTimeNow(void* stop) {
  return Of(stop)->now().at;
}

[[gnu::used]] void WringerPrintNodes(void* stop) { Of(stop)->PrintNodes(); }

[[gnu::used]] std::uint64_t WringerListFibers(void* stop) {
  Of(stop)->ListFibers();
  return Of(stop)->fibers().size();
}

[[gnu::used]] void WringerPrintFiber(void* stop, std::uint64_t i) {
  Of(stop)->PrintFiber(i);
}

[[gnu::used]] const void* WringerFiberContext(void* stop, std::uint64_t i) {
  const auto& fibers = Of(stop)->fibers();
  return i < fibers.size() ? fibers[i].context : nullptr;
}
