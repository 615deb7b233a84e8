// One node's share of the world: its clock, fibers, timers and CPU, and its
// life: booted, paused, dead.
//
// Implements env::Clock, env::Fibers and env::Cpu for one node across its
// incarnations. How a node dies: Fence() first, which makes every later call
// from the dying incarnation a recorded defect without effect; then
// UnwindFibers(); then the owner destroys the node's objects; at last Bury(),
// which checks that nothing of the incarnation is left: no fiber, no timer, no
// event bound to it. What a destructor may do to tidy up is no defect: cancel
// a timer, unpark a fiber, read a clock.
#ifndef WR_SIM_CORE_NODE_RUNTIME_H_
#define WR_SIM_CORE_NODE_RUNTIME_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/env/clock.h"
#include "engine/env/env.h"
#include "engine/env/fibers.h"
#include "sim/core/gate.h"
#include "sim/core/node_clock.h"
#include "sim/core/node_fibers.h"
#include "sim/core/node_timers.h"
#include "sim/core/world.h"

namespace wringer::sim {

class NodeRuntime : public env::Clock, public env::Fibers, public env::Cpu {
 public:
  NodeRuntime(World* world, NodeId id);
  ~NodeRuntime() override;

  NodeId id() const { return id_; }
  World* world() const { return world_; }  // null once the world has gone
  Incarnation incarnation() const {        // 0 before the first boot
    return gate_.incarnation();
  }
  // env::Env::entropy of this incarnation.
  std::uint64_t Entropy() const {
    return RandomKey(world_->seed(), Purpose("entropy"), id_.value(),
                     incarnation().value());
  }
  bool alive() const { return gate_.open(); }
  bool paused() const { return gate_.paused(); }

  // ---- life, driven by sim/cluster ----
  // Starts a new incarnation. REQUIRES: !alive(), and the last one was buried.
  void Boot();
  // Cancels its timers, drops every event bound to it and what stands in line;
  // the node is no longer alive. REQUIRES: alive(), not on one of its fibers.
  void Fence();
  // Throws through every fiber, oldest first. REQUIRES: fenced, not on a fiber.
  void UnwindFibers();
  // Checks that nothing is left. REQUIRES: fenced.
  void Bury();
  // A paused node runs nothing; its events wait, in order, for Resume(). Its
  // clocks go on, as under SIGSTOP. REQUIRES: alive().
  void Pause();
  void Resume();

  // ---- clock faults; offsets in ns, drift in parts per billion ----
  // All of them last beyond a restart. Armed timers follow the clock.
  void SetWallOffset(Nanos offset);
  void StepWall(Nanos by);
  void SetDrift(std::int64_t ppb);  // monotonic and wall both run fast by this
  void Freeze();                    // both clocks stand still ...
  void Unfreeze();                  // ... and jump to where they would be
  Nanos wall_offset() const { return clock_.wall_offset(); }
  std::int64_t drift() const { return clock_.drift_ppb(); }

  // ---- env::Clock ----
  Nanos Monotonic() const override;
  Nanos Wall() const override;

  // ---- env::Fibers ----
  env::FiberId Spawn(Slice name, absl::AnyInvocable<void()> body) override;
  void Sleep(Nanos d) override;
  void Park() override;
  void Unpark(env::FiberId fiber) override;
  env::FiberId self() const override;
  env::TimerId ArmTimer(Nanos d, env::TimerTarget* target,
                        std::uint64_t cookie) override;
  bool CancelTimer(env::TimerId timer) override;

  // ---- env::Cpu ----
  void Charge(Nanos cost) override;
  // When the work charged so far will be done; >= world()->now().
  Nanos busy_until() const { return std::max(gate_.busy_until(), TrueNow()); }
  // Multiplies every later charge (percent, 100 = nominal): a slow CPU.
  void SetCpuFactor(std::uint32_t percent);

  // ---- for sim/disk and sim/net ----
  // Parks the calling fiber until true time `at`. May yield. The event has the
  // given kind and op. REQUIRES: on a fiber of this node.
  void BlockUntil(Nanos at, EventKind kind, std::uint64_t op);

  // ---- for people and oracles ----
  using FiberInfo = sim::FiberInfo;
  std::vector<FiberInfo> fibers() const { return fibers_.List(); }  // by id
  std::size_t timers_armed() const { return timers_.armed(); }
  // Calls that arrived after Fence(), as text; empty in a healthy engine.
  const std::vector<std::string>& defects() const { return defects_; }
  // Notes a call from beyond the grave, with its stack.
  void RecordDefect(Slice what);

 private:
  friend class World;
  friend class NodeTimers;
  friend class NodeFibers;
  static constexpr std::size_t kDefectsMax = 64;
  // A destructor that loops over a wait which no longer waits never ends.
  static constexpr std::uint32_t kRefusedWaitsMax = 1000;

  // True time, also once the world has gone.
  Nanos TrueNow() const { return world_ != nullptr ? world_->now() : gone_at_; }
  // When the monotonic clock will show `deadline`; kNever if it stands still.
  Nanos TrueTimeOf(Nanos deadline) const {
    return clock_.WhenMonotonic(deadline, TrueNow());
  }
  void WakeFiber(env::FiberId fiber) { fibers_.Resume(fiber); }
  // Whether the caller may wait; false, or no return, on a fenced node.
  bool MayWait(const char* what) {
    if (alive() && fibers_.current() != nullptr) [[likely]] {
      return true;
    }
    return RefuseToWait(what);
  }
  bool RefuseToWait(const char* what);
  void Detach();

  World* world_;
  const NodeId id_;
  Gate gate_;
  NodeClock clock_;
  NodeTimers timers_;
  NodeFibers fibers_;
  std::uint32_t cpu_percent_ = 100;
  std::uint32_t refused_waits_ = 0;
  Nanos gone_at_ = 0;
  std::vector<std::string> defects_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_NODE_RUNTIME_H_
