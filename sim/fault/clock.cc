// clock-step, clock-drift, clock-freeze: what a node believes about time. The
// witness is the difference between the node's clock after and before, beyond
// the true time that passed.
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/fault/injector.h"

namespace wringer::sim {
namespace {

constexpr std::int64_t kPpbPerPpm = 1000;

class ClockInjector : public Injector {
 public:
  explicit ClockInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    const FaultSpec& fault = context_.fault->pinned;
    for (const NodeId node : context_.fault->nodes) {
      NodeRuntime* runtime = context_.cluster->Runtime(node);
      if (runtime == nullptr) continue;
      victims_.push_back({runtime, Error(*runtime), runtime->drift()});
      if (fault.kind == FaultKind::kClockStep) {
        runtime->StepWall(fault.by);
      } else if (fault.kind == FaultKind::kClockDrift) {
        runtime->SetDrift(fault.rate * kPpbPerPpm);
      } else {
        runtime->Freeze();
      }
    }
    if (fault.kind == FaultKind::kClockStep) Measure();
  }

  void End() override {
    const FaultKind kind = context_.fault->pinned.kind;
    if (kind == FaultKind::kClockStep) return;
    Measure();
    ended_ = true;
    for (const Victim& victim : victims_) {
      if (kind == FaultKind::kClockDrift) {
        victim.runtime->SetDrift(victim.former_drift);
      } else {
        victim.runtime->Unfreeze();
      }
    }
  }

  FaultEffect effect() const override {
    const FaultKind kind = context_.fault->pinned.kind;
    Nanos shift = shift_;
    if (kind != FaultKind::kClockStep && !ended_) shift = Shift();
    FaultEffect effect;
    effect.count = static_cast<std::uint64_t>(std::llabs(shift));
    if (shift == 0) return effect;
    effect.text = absl::StrCat("wall clock ", shift > 0 ? "ahead" : "behind",
                               " by ", std::llabs(shift) / kMicrosecond, " us");
    return effect;
  }

 private:
  struct Victim {
    NodeRuntime* runtime = nullptr;
    Nanos error_before = 0;
    std::int64_t former_drift = 0;
  };

  // How far the node's wall clock is from the truth.
  Nanos Error(const NodeRuntime& runtime) const {
    return runtime.Wall() - context_.cluster->world().now();
  }
  // The greatest change among the victims.
  Nanos Shift() const {
    Nanos greatest = 0;
    for (const Victim& victim : victims_) {
      const Nanos shift = Error(*victim.runtime) - victim.error_before;
      if (std::llabs(shift) > std::llabs(greatest)) greatest = shift;
    }
    return greatest;
  }
  void Measure() { shift_ = Shift(); }

  InjectorContext context_;
  std::vector<Victim> victims_;
  Nanos shift_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Injector> NewClockInjector(const InjectorContext& context) {
  return std::make_unique<ClockInjector>(context);
}

}  // namespace wringer::sim
