#include "sim/core/node_runtime.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/debugging/stacktrace.h"
#include "absl/debugging/symbolize.h"
#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

// " < F < G": names of the callers, nearest first. Never part of a decision.
std::string StackText() {
  std::array<void*, 12> frames;
  constexpr int kSkip = 2;  // this function and RecordDefect
  const int depth =
      absl::GetStackTrace(frames.data(), int(frames.size()), kSkip);
  std::string text;
  for (int i = 0; i < depth; ++i) {
    std::array<char, 128> name;
    if (!absl::Symbolize(frames[std::size_t(i)], name.data(),
                         int(name.size()))) {
      continue;
    }
    absl::StrAppend(&text, " < ", name.data());
  }
  return text;
}

}  // namespace

NodeRuntime::NodeRuntime(World* world, NodeId id)
    : world_(world), id_(id), timers_(this), fibers_(this, &world->fibers_) {
  world->nodes_.Set(id, this);
}

NodeRuntime::~NodeRuntime() {
  if (world_ != nullptr) Detach();
}

void NodeRuntime::Detach() {
  const WorldScope scope(world_, id_);
  if (alive()) Fence();
  UnwindFibers();
  gone_at_ = world_->now_;
  world_->nodes_.Set(id_, nullptr);
  world_ = nullptr;
}

// ---- life ----

void NodeRuntime::Boot() {
  WR_CHECK(!alive());
  WR_CHECK(fibers_.live() == 0);
  WR_CHECK(timers_.armed() == 0);
  gate_.Open(TrueNow());
  clock_.Boot(TrueNow());
  refused_waits_ = 0;
}

void NodeRuntime::Fence() {
  WR_CHECK(alive());
  WR_CHECK(fibers_.current() == nullptr);
  gate_.Close();
  timers_.CancelAll();
  world_->DropEventsOf(this);
}

void NodeRuntime::UnwindFibers() {
  WR_CHECK(!alive());
  const WorldScope scope(world_, id_);
  fibers_.UnwindAll();
}

void NodeRuntime::Bury() {
  WR_CHECK(!alive());
  WR_CHECK(fibers_.live() == 0);
  WR_CHECK(timers_.armed() == 0);
  WR_CHECK(world_->CountEventsOf(*this) == 0);
}

void NodeRuntime::Pause() { gate_.Pause(TrueNow()); }

void NodeRuntime::Resume() { gate_.Resume(&world_->queue_, TrueNow()); }

// ---- clocks ----

void NodeRuntime::SetWallOffset(Nanos offset) { clock_.SetWallOffset(offset); }

void NodeRuntime::StepWall(Nanos by) {
  clock_.SetWallOffset(clock_.wall_offset() + by);
}

void NodeRuntime::SetDrift(std::int64_t ppb) {
  clock_.SetDrift(ppb, TrueNow());
  timers_.Reaim();
}

void NodeRuntime::Freeze() {
  clock_.Freeze(TrueNow());
  timers_.Reaim();
}

void NodeRuntime::Unfreeze() {
  clock_.Unfreeze();
  timers_.Reaim();
}

Nanos NodeRuntime::Monotonic() const { return clock_.MonotonicAt(TrueNow()); }

Nanos NodeRuntime::Wall() const { return clock_.WallAt(TrueNow()); }

// ---- fibers and timers ----

env::FiberId NodeRuntime::Spawn(Slice name, absl::AnyInvocable<void()> body) {
  if (!alive()) [[unlikely]] {
    RecordDefect(absl::StrCat("Spawn(", name, ")"));
    return env::FiberId{};
  }
  return fibers_.Spawn(name, std::move(body));
}

bool NodeRuntime::RefuseToWait(const char* what) {
  Fiber* fiber = fibers_.current();
  WR_CHECK_MSG(!alive(),
               absl::StrCat(what, " in a handler: only fibers may wait"));
  RecordDefect(what);
  WR_CHECK_MSG(++refused_waits_ < kRefusedWaitsMax,
               "a destructor waits in a loop after its node has died");
  if (fiber != nullptr && fiber->may_leave()) fiber->Leave();
  return false;
}

void NodeRuntime::Sleep(Nanos d) {
  if (!MayWait("Sleep")) return;
  fibers_.Sleep(d);
}

void NodeRuntime::Park() {
  if (!MayWait("Park")) return;
  fibers_.Park();
}

void NodeRuntime::BlockUntil(Nanos at, EventKind kind, std::uint64_t op) {
  if (!MayWait("BlockUntil")) return;
  fibers_.BlockUntil(at, kind, op);
}

// A lock released by a dying fiber wakes the next: tidying up, no defect.
void NodeRuntime::Unpark(env::FiberId fiber) {
  if (!alive()) return;
  fibers_.Unpark(fiber);
}

env::FiberId NodeRuntime::self() const { return fibers_.self(); }

env::TimerId NodeRuntime::ArmTimer(Nanos d, env::TimerTarget* target,
                                   std::uint64_t cookie) {
  if (!alive()) [[unlikely]] {
    RecordDefect("ArmTimer");
    return env::TimerId{};
  }
  return timers_.Arm(d, target, cookie);
}

bool NodeRuntime::CancelTimer(env::TimerId timer) {
  return alive() && timers_.Cancel(timer);
}

// ---- CPU ----

void NodeRuntime::Charge(Nanos cost) {
  WR_CHECK(cost >= 0);
  if (!alive()) return;
  if (cpu_percent_ == 100) [[likely]] {
    gate_.Charge(cost, TrueNow());
    return;
  }
  const __int128 scaled = static_cast<__int128>(cost) * cpu_percent_ / 100;
  WR_CHECK(scaled < kNever / 2);
  gate_.Charge(static_cast<Nanos>(scaled), TrueNow());
}

void NodeRuntime::SetCpuFactor(std::uint32_t percent) {
  WR_CHECK(percent > 0);
  cpu_percent_ = percent;
}

// ---- defects ----

void NodeRuntime::RecordDefect(Slice what) {
  if (defects_.size() >= kDefectsMax) return;
  std::string text =
      absl::StrCat(NodeName(id_), "#", incarnation().value(), " at ",
                   TimeText(TrueNow()), " s, after its death: ", what);
  const Slice fiber = fibers_.NameOf(fibers_.self());
  if (!fiber.empty()) absl::StrAppend(&text, " in fiber '", fiber, "'");
  absl::StrAppend(&text, StackText());
  defects_.push_back(std::move(text));
}

}  // namespace wringer::sim
