#include "sim/core/node_fibers.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "sim/core/node_runtime.h"

namespace wringer::sim {

inline std::uint32_t NodeFibers::Find(env::FiberId id) const {
  const std::uint32_t slot = SlotOf(id);
  if (slot == 0 || slot >= end_) return 0;
  const Slot& entry = slots_.data()[slot];
  const bool same =
      entry.state != State::kFree && entry.ordinal == OrdinalOf(id);
  return same ? slot : 0;
}

env::FiberId NodeFibers::Spawn(Slice name, FiberBody body) {
  std::uint32_t slot = free_;
  if (slot != 0) {
    free_ = slots_[slot].next_free;
  } else {
    slot = end_++;
    WR_CHECK(slot < kFibersMax);
    slots_.emplace_back();
  }
  const std::uint64_t ordinal = ++ordinals_;
  const env::FiberId id{(ordinal << kSlotBits) | slot};
  Slot& entry = slots_[slot];
  WR_CHECK(entry.state == State::kFree);
  entry.fiber = pool_->Create(std::move(body), this, id.value());
  entry.ordinal = ordinal;
  entry.state = State::kRunnable;
  entry.name.assign(name.data(), name.size());
  ++live_;
  ScheduleWake(slot, node_->world()->now(), EventKind::kFiber, ordinal);
  return id;
}

void NodeFibers::ScheduleWake(std::uint32_t slot, Nanos at, EventKind kind,
                              std::uint64_t op) {
  Slot& entry = slots_[slot];
  WR_CHECK(entry.wake == EventId{});
  entry.wake = node_->world()->Schedule({.at = at,
                                         .kind = kind,
                                         .node = node_->id(),
                                         .incarnation = node_->incarnation(),
                                         .op = op,
                                         .fn = &OnWake,
                                         .object = this,
                                         .arg = entry.fiber->tag()});
}

void NodeFibers::OnWake(void* fibers, std::uint64_t id) {
  static_cast<NodeFibers*>(fibers)->Resume(env::FiberId{id});
}

void NodeFibers::Resume(env::FiberId id) {
  const std::uint32_t slot = Find(id);
  WR_CHECK(slot != 0);
  Slot* entry = slots_.data() + slot;
  WR_CHECK(entry->state != State::kRunning);
  WR_CHECK(entry->state != State::kParked);
  entry->state = State::kRunning;
  entry->wake = EventId{};
  Fiber* fiber = entry->fiber;
  fiber->Resume();
  if (fiber->done()) [[unlikely]] {
    Bury(slot);
  }
}

void NodeFibers::Bury(std::uint32_t slot) {
  Slot& entry = slots_[slot];
  pool_->Destroy(entry.fiber);
  entry.fiber = nullptr;
  entry.state = State::kFree;
  entry.wake = EventId{};
  entry.next_free = free_;
  free_ = slot;
  --live_;
}

void NodeFibers::Sleep(Nanos d) {
  Fiber* fiber = current();
  node_->timers_.ArmWakeUp(d, env::FiberId{fiber->tag()});
  Suspend(fiber, State::kAsleep);
}

void NodeFibers::BlockUntil(Nanos at, EventKind kind, std::uint64_t op) {
  ScheduleWake(SlotOf(self()), at, kind, op);
  Suspend(current(), State::kBlocked);
}

void NodeFibers::Unpark(env::FiberId id) {
  const std::uint32_t slot = Find(id);
  if (slot == 0 || slots_[slot].state != State::kParked) return;
  slots_[slot].state = State::kRunnable;
  ScheduleWake(slot, node_->world()->now(), EventKind::kFiber, OrdinalOf(id));
}

void NodeFibers::UnwindAll() {
  WR_CHECK(pool_->current() == nullptr);
  std::vector<env::FiberId> ids;
  ids.reserve(live_);
  for (const Slot& entry : slots_) {
    if (entry.state != State::kFree) ids.emplace_back(entry.fiber->tag());
  }
  std::sort(ids.begin(), ids.end());  // by age: the ordinal leads
  for (env::FiberId id : ids) {
    const std::uint32_t slot = Find(id);
    WR_CHECK(slot != 0);
    WR_CHECK(slots_[slot].state != State::kRunning);
    if (slots_[slot].wake != EventId{}) {
      node_->world()->Cancel(slots_[slot].wake);
    }
    slots_[slot].state = State::kRunning;
    slots_[slot].fiber->Unwind();
    Bury(slot);
  }
  WR_CHECK(live_ == 0);
}

Slice NodeFibers::NameOf(env::FiberId id) const {
  const std::uint32_t slot = Find(id);
  return slot != 0 ? Slice(slots_[slot].name) : Slice();
}

Slice NodeFibers::NameOf(State state) {
  switch (state) {
    case State::kFree:
      break;
    case State::kRunnable:
      return "runnable";
    case State::kRunning:
      return "running";
    case State::kParked:
      return "parked";
    case State::kAsleep:
      return "asleep";
    case State::kBlocked:
      return "blocked";
  }
  return "free";
}

std::vector<FiberInfo> NodeFibers::List() const {
  std::vector<FiberInfo> list;
  list.reserve(live_);
  for (const Slot& entry : slots_) {
    if (entry.state == State::kFree) continue;
    list.push_back({.id = env::FiberId{entry.fiber->tag()},
                    .name = entry.name,
                    .parked = entry.state == State::kParked,
                    .waits = NameOf(entry.state),
                    .context = entry.fiber->context()});
  }
  std::sort(list.begin(), list.end(),
            [](const FiberInfo& a, const FiberInfo& b) { return a.id < b.id; });
  return list;
}

}  // namespace wringer::sim
