#include "sim/core/node_timers.h"

#include <algorithm>
#include <utility>

#include "sim/core/node_runtime.h"

namespace wringer::sim {

void NodeTimers::AddRecord() {
  free_ = end_++;
  timers_.emplace_back();
}

[[gnu::always_inline]] inline void NodeTimers::Schedule(std::uint32_t index,
                                                        Nanos at,
                                                        bool wakes_fiber) {
  Timer* timer = timers_.data() + index;
  if (at == kNever) [[unlikely]] {
    timer->event = EventId{};
    return;
  }
  timer->event = node_->world_->Schedule(
      {.at = at,
       .kind = wakes_fiber ? EventKind::kFiber : EventKind::kTimer,
       .node = node_->id_,
       .incarnation = node_->incarnation(),
       .op = wakes_fiber ? NodeFibers::OrdinalOf(env::FiberId{timer->cookie})
                         : timer->ordinal,
       .fn = &Fire,
       .object = this,
       .arg = index});
}

[[gnu::always_inline]] inline std::uint32_t NodeTimers::Start(
    Nanos d, env::TimerTarget* target, std::uint64_t cookie) {
  if (free_ == 0) [[unlikely]] {
    AddRecord();
  }
  const std::uint32_t index = free_;
  Timer* timer = timers_.data() + index;
  free_ = timer->next_free;
  ++timer->generation;
  const NodeClock::Aimed when = node_->clock_.After(d, node_->world_->now());
  timer->deadline = when.deadline;
  timer->target = target;
  timer->cookie = cookie;
  timer->ordinal = ++ordinals_;
  Schedule(index, when.at, /*wakes_fiber=*/target == nullptr);
  return index;
}

inline void NodeTimers::Release(std::uint32_t index) {
  Timer* timer = timers_.data() + index;
  ++timer->generation;
  timer->next_free = free_;
  free_ = index;
}

env::TimerId NodeTimers::Arm(Nanos d, env::TimerTarget* target,
                             std::uint64_t cookie) {
  WR_CHECK(target != nullptr);
  return IdOf(Start(d, target, cookie));
}

void NodeTimers::ArmWakeUp(Nanos d, env::FiberId fiber) {
  Start(d, nullptr, fiber.value());
}

bool NodeTimers::Cancel(env::TimerId id) {
  const std::uint32_t index = std::uint32_t(id.value() & 0xffffffffu);
  if (index >= end_) return false;
  const Timer* timer = timers_.data() + index;
  if (timer->generation != std::uint32_t(id.value() >> 32)) return false;
  if (!timer->armed()) return false;
  if (timer->event != EventId{}) {
    WR_CHECK(node_->world_->Cancel(timer->event));
  }
  Release(index);
  return true;
}

void NodeTimers::CancelAll() {
  for (std::uint32_t index = 1; index < timers_.size(); ++index) {
    const Timer& timer = timers_[index];
    if (!timer.armed()) continue;
    Cancel(IdOf(index));
  }
}

std::size_t NodeTimers::armed() const {
  std::size_t count = 0;
  for (const Timer& timer : timers_) count += timer.armed() ? 1u : 0u;
  return count;
}

void NodeTimers::Fire(void* timers, std::uint64_t index) {
  NodeTimers* self = static_cast<NodeTimers*>(timers);
  const Timer& timer = self->timers_.data()[index];
  WR_CHECK(timer.armed());
  env::TimerTarget* const target = timer.target;
  const std::uint64_t cookie = timer.cookie;
  self->Release(std::uint32_t(index));
  if (target != nullptr) {
    target->OnTimer(cookie);
  } else {
    self->node_->WakeFiber(env::FiberId{cookie});
  }
}

void NodeTimers::Reaim() {
  std::vector<std::uint32_t> order;
  for (std::uint32_t index = 1; index < timers_.size(); ++index) {
    const Timer& timer = timers_[index];
    if (!timer.armed()) continue;
    if (timer.event != EventId{}) {
      // Its time has come already; only the gate holds it back.
      if (node_->world_->IsWaiting(timer.event)) continue;
      node_->world_->Cancel(timer.event);
    }
    order.push_back(index);
  }
  const auto key = [this](std::uint32_t index) {
    return std::pair(timers_[index].deadline, timers_[index].ordinal);
  };
  std::sort(
      order.begin(), order.end(),
      [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
  for (std::uint32_t index : order) {
    const Timer& timer = timers_[index];
    Schedule(index, node_->TrueTimeOf(timer.deadline), timer.target == nullptr);
  }
}

}  // namespace wringer::sim
