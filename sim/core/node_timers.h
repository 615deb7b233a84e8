// The timers of one node, deadlines in its own monotonic time.
//
// A timer is a record here and an event in the world's queue, aimed at the
// first true time at which the node's clock will show the deadline. When the
// clock changes its pace, Reaim() moves the events. Both records are reused:
// arming allocates nothing once the node has warmed up.
#ifndef WR_SIM_CORE_NODE_TIMERS_H_
#define WR_SIM_CORE_NODE_TIMERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/env/fibers.h"
#include "sim/core/event.h"

namespace wringer::sim {

class NodeRuntime;

class NodeTimers {
 public:
  explicit NodeTimers(NodeRuntime* node) : node_(node) {}
  NodeTimers(const NodeTimers&) = delete;
  NodeTimers& operator=(const NodeTimers&) = delete;

  // Calls target->OnTimer(cookie) in `d` of the node's time. REQUIRES: d >= 0.
  env::TimerId Arm(Nanos d, env::TimerTarget* target, std::uint64_t cookie);
  // Resumes a sleeping fiber in `d` of the node's time. REQUIRES: d >= 0.
  void ArmWakeUp(Nanos d, env::FiberId fiber);
  bool Cancel(env::TimerId id);
  void CancelAll();

  // After every change of the clock. Overdue timers fire now, in the order of
  // their deadlines, ties in the order of arming.
  void Reaim();

  std::size_t armed() const;  // O(timers)

 private:
  struct Timer {
    Nanos deadline = 0;
    env::TimerTarget* target = nullptr;  // null: `cookie` is a fiber to wake
    std::uint64_t cookie = 0;
    std::uint64_t ordinal = 0;     // of arming
    EventId event;                 // 0 while the clock stands still
    std::uint32_t generation = 0;  // odd while armed
    std::uint32_t next_free = 0;

    bool armed() const { return (generation & 1) != 0; }
  };

  static void Fire(void* timers, std::uint64_t index);
  std::uint32_t Start(Nanos d, env::TimerTarget* target, std::uint64_t cookie);
  env::TimerId IdOf(std::uint32_t index) const {
    const std::uint64_t generation = timers_.data()[index].generation;
    return env::TimerId{(generation << 32) | index};
  }
  void Release(std::uint32_t index);  // REQUIRES: armed
  // Puts the timer's event into the queue; none if `at` is kNever.
  void Schedule(std::uint32_t index, Nanos at, bool wakes_fiber);
  void AddRecord();

  NodeRuntime* node_;
  std::vector<Timer> timers_{1};  // 0 is no timer
  std::uint32_t end_ = 1;         // == timers_.size()
  std::uint32_t free_ = 0;
  std::uint64_t ordinals_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_NODE_TIMERS_H_
