// The fibers of one node: their names, their states, and what will wake them.
//
// A fiber waits in one of three ways: parked until Unpark, asleep until a
// deadline of the node's clock, or blocked until a true time (a disk request).
// Each is resumed by exactly one event, bound to the incarnation.
#ifndef WR_SIM_CORE_NODE_FIBERS_H_
#define WR_SIM_CORE_NODE_FIBERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/env/fibers.h"
#include "sim/core/event.h"
#include "sim/core/fiber.h"

namespace wringer::sim {

class NodeRuntime;

struct FiberInfo {
  env::FiberId id;
  std::string name;
  bool parked = false;
  Slice waits{};                  // "parked", "asleep", "blocked", ...
  const void* context = nullptr;  // see Fiber::context
};

class NodeFibers {
 public:
  static constexpr std::size_t kFibersMax = std::size_t{1} << 20;

  NodeFibers(NodeRuntime* node, FiberPool* pool) : node_(node), pool_(pool) {}
  NodeFibers(const NodeFibers&) = delete;
  NodeFibers& operator=(const NodeFibers&) = delete;

  env::FiberId Spawn(Slice name, FiberBody body);
  void Unpark(env::FiberId id);

  // These suspend the calling fiber. REQUIRES: current() != null.
  void Park() { Suspend(current(), State::kParked); }
  void Sleep(Nanos d);
  void BlockUntil(Nanos at, EventKind kind, std::uint64_t op);

  // Runs a waiting fiber until it waits again or ends. Loop's stack only.
  void Resume(env::FiberId id);
  // Unwinds every fiber, oldest first.
  void UnwindAll();

  // The calling fiber if it is one of this node's; null otherwise.
  Fiber* current() const {
    Fiber* fiber = pool_->current();
    return fiber != nullptr && fiber->owner() == this ? fiber : nullptr;
  }
  env::FiberId self() const {
    const Fiber* fiber = current();
    return fiber != nullptr ? env::FiberId{fiber->tag()} : env::FiberId{};
  }
  // "" for a fiber that is gone.
  Slice NameOf(env::FiberId id) const;
  std::size_t live() const { return live_; }
  std::vector<FiberInfo> List() const;  // by id

  // Counts the node's fibers over all its lives: `op` of a fiber's events.
  static std::uint64_t OrdinalOf(env::FiberId id) {
    return id.value() >> kSlotBits;
  }

 private:
  enum class State : std::uint8_t {
    kFree,
    kRunnable,  // an event will run it at this instant
    kRunning,
    kParked,
    kAsleep,
    kBlocked,
  };
  struct Slot {
    Fiber* fiber = nullptr;
    std::uint64_t ordinal = 0;
    EventId wake;  // while runnable or blocked
    State state = State::kFree;
    std::uint32_t next_free = 0;
    std::string name;
  };

  static Slice NameOf(State state);

  static constexpr int kSlotBits = 20;
  static std::uint32_t SlotOf(env::FiberId id) {
    return std::uint32_t(id.value() & (kFibersMax - 1));
  }
  static void OnWake(void* fibers, std::uint64_t id);

  // The slot of a living fiber; 0 if it is gone.
  std::uint32_t Find(env::FiberId id) const;
  void ScheduleWake(std::uint32_t slot, Nanos at, EventKind kind,
                    std::uint64_t op);
  // Slots may move while the fiber is away: nothing is kept across the switch.
  void Suspend(Fiber* fiber, State state) {
    slots_.data()[SlotOf(env::FiberId{fiber->tag()})].state = state;
    fiber->Suspend();
  }
  void Bury(std::uint32_t slot);

  NodeRuntime* node_;
  FiberPool* pool_;
  std::vector<Slot> slots_{1};  // 0 is no fiber
  std::uint32_t end_ = 1;       // == slots_.size()
  std::uint32_t free_ = 0;
  std::size_t live_ = 0;
  std::uint64_t ordinals_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_NODE_FIBERS_H_
