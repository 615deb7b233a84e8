#include "sim/core/world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/core/node_runtime.h"

namespace wringer::sim {

World::World(const WorldOptions& options)
    : options_(options),
      digest_(options.digest_mark_shift),
      recorder_(options.flight_recorder_events) {}

World::~World() {
  WR_CHECK(fibers_.current() == nullptr);
  for (NodeRuntime* node : nodes_.All()) node->Detach();
  WR_CHECK(fibers_.live() == 0);
}

bool World::CancelInLine(EventIndex index) {
  const Event& event = queue_.at(index);
  WR_CHECK(event.state == EventState::kHead ||
           event.state == EventState::kHeld);
  NodeRuntime* owner = nodes_.Find(event.node);
  WR_CHECK(owner != nullptr);
  owner->gate_.Leave(&queue_, index, now_);
  queue_.Free(index);
  return true;
}

bool World::IsWaiting(EventId id) const {
  const EventIndex index = queue_.Find(id);
  if (index == 0) return false;
  const EventState state = queue_.at(index).state;
  return state == EventState::kHead || state == EventState::kHeld;
}

void World::OnDropped(EventFn fn, EventFn dropped) {
  WR_CHECK(fn != nullptr);
  drop_hooks_.push_back({fn, dropped});
}

// The record goes back to the slab before the body runs: what the event
// schedules is likely to take its place, still in the cache.
[[gnu::always_inline]] inline void World::Run(EventIndex index) {
  const Event& event = queue_.at(index);
  ++events_run_;
  digest_.Fold(event, events_run_);
  recorder_.Record(event, events_run_);
  const EventFn fn = event.fn;
  void* const object = event.object;
  const std::uint64_t arg = event.arg;
  current_node_ = event.node;
  queue_.Free(index);
  fn(object, arg);
  current_node_ = kNoNode;
  if (!observers_.empty()) [[unlikely]] {
    Observe();
  }
}

[[gnu::always_inline]] inline void World::Dispatch(EventIndex index) {
  const Event& event = queue_.at(index);
  WR_CHECK(event.at >= now_);
  now_ = event.at;
  NodeRuntime* owner = nullptr;
  if (event.node != kNoNode) {
    owner = nodes_.Find(event.node);
    const Gate::Verdict verdict =
        owner == nullptr ? Gate::Verdict::kDrop
                         : owner->gate_.Admit(&queue_, index, now_);
    if (verdict != Gate::Verdict::kRun) [[unlikely]] {
      if (verdict == Gate::Verdict::kDrop) Drop(index);
      return;
    }
  }
  Run(index);
  if (owner != nullptr) owner->gate_.Next(&queue_, now_);
}

void World::Observe() {
  const EventRecord record = recorder_.At(events_run_);
  for (WorldObserver* observer : observers_) observer->AfterEvent(record);
}

// Marks the loop as running; a loop inside the loop would mix two events.
class World::LoopScope {
 public:
  explicit LoopScope(World* world) : scope_(world), world_(world) {
    WR_CHECK(!world->in_loop_);
    world->in_loop_ = true;
  }
  ~LoopScope() { world_->in_loop_ = false; }
  LoopScope(const LoopScope&) = delete;
  LoopScope& operator=(const LoopScope&) = delete;

 private:
  WorldScope scope_;
  World* world_;
};

StopReason World::RunUntil(Nanos deadline) {
  WR_CHECK(deadline >= now_);
  const LoopScope scope(this);
  stop_requested_ = false;
  while (events_run_ < options_.max_events) {
    const EventIndex index = queue_.PopUntil(deadline);
    if (index == 0) {
      if (queue_.wheel_empty()) {
        return WorkPending() ? StopReason::kDeadlock : StopReason::kQuiet;
      }
      now_ = deadline;
      return StopReason::kDeadline;
    }
    Dispatch(index);
    if (stop_requested_) [[unlikely]] {
      return StopReason::kStopped;
    }
  }
  return StopReason::kEventLimit;
}

bool World::RunOne() {
  const LoopScope scope(this);
  const std::uint64_t before = events_run_;
  while (events_run_ == before) {
    const EventIndex index = queue_.PopUntil(kNever);
    if (index == 0) return false;
    Dispatch(index);
  }
  return true;
}

void World::RequestStop() { stop_requested_ = true; }

void World::Drop(EventIndex index) {
  const Event event = queue_.at(index);
  queue_.Free(index);
  for (const DropHook& hook : drop_hooks_) {
    if (hook.fn != event.fn) continue;
    if (hook.dropped != nullptr) hook.dropped(event.object, event.arg);
    return;
  }
}

void World::DropEventsOf(NodeRuntime* node) {
  WR_CHECK(!node->alive());
  while (const EventIndex index = node->gate_.TakeFirst(&queue_)) Drop(index);
  for (EventIndex index = 1; index < queue_.slab_end(); ++index) {
    const Event& event = queue_.at(index);
    if (event.state != EventState::kQueued || event.node != node->id() ||
        event.incarnation != node->incarnation()) {
      continue;
    }
    queue_.Unlink(index);
    Drop(index);
  }
}

std::size_t World::CountEventsOf(const NodeRuntime& node) const {
  std::size_t count = 0;
  for (EventIndex index = 1; index < queue_.slab_end(); ++index) {
    const Event& event = queue_.at(index);
    if (event.state == EventState::kFree || event.node != node.id()) continue;
    if (event.incarnation == node.incarnation()) ++count;
  }
  return count;
}

bool World::WorkPending() const {
  if (work_pending_ != nullptr) return work_pending_(work_pending_object_);
  if (queue_.size() > 0) return true;  // in line at a gate that stays shut
  for (const NodeRuntime* node : nodes_.All()) {
    if (node->fibers_.live() > 0 || node->timers_armed() > 0) return true;
  }
  return false;
}

void World::AddObserver(WorldObserver* observer) {
  observers_.push_back(observer);
}

void World::RemoveObserver(WorldObserver* observer) {
  std::erase(observers_, observer);
}

void World::set_work_pending(bool (*probe)(void* object), void* object) {
  work_pending_ = probe;
  work_pending_object_ = object;
}

void World::set_replay_line(std::string line) {
  replay_line_ = std::move(line);
}

void World::set_on_check_failed(void (*hook)(void* object,
                                             const std::string& what),
                                void* object) {
  on_check_failed_ = hook;
  on_check_failed_object_ = object;
}

void World::set_on_mark(void (*hook)(void* object, Mark mark, NodeId node),
                        void* object) {
  on_mark_ = hook;
  on_mark_object_ = object;
}

void World::OnMark(Mark mark) {
  RunContext::OnMark(mark);
  if (on_mark_ != nullptr) on_mark_(on_mark_object_, mark, current_node_);
}

void World::FailPast(Nanos at, EventKind kind, NodeId node) const {
  FailCheck(__FILE__, __LINE__, "at >= now",
            absl::StrCat(EventKindName(kind), " event for ", NodeName(node),
                         " at ", TimeText(at), ", now ", TimeText(now_)));
}

// Two lines: where the run stands, and how to see it again.
std::string World::WhereText() const {
  std::string text =
      absl::StrCat("  at ", TimeText(now_), " s, event ", events_run_);
  if (const NodeRuntime* node = nodes_.Find(current_node_)) {
    absl::StrAppend(&text, ", node ", NodeName(current_node_), " incarnation ",
                    node->incarnation().value());
    const Slice fiber = node->fibers_.NameOf(node->self());
    if (!fiber.empty()) absl::StrAppend(&text, ", fiber '", fiber, "'");
  }
  absl::StrAppend(&text, "\n  seed ", absl::StrFormat("0x%x", options_.seed));
  if (!replay_line_.empty()) absl::StrAppend(&text, "; replay: ", replay_line_);
  return text + "\n";
}

void World::OnCheckFailed(const char* file, int line, const char* condition,
                          const std::string& message) {
  constexpr std::size_t kEventsShown = 16;
  std::string what =
      absl::StrCat(file, ":", line, ": check failed: ", condition,
                   message.empty() ? "" : ": ", message, "\n", WhereText());
  const std::vector<EventRecord> events = flight_record();
  if (!events.empty()) absl::StrAppend(&what, "  the last events:\n");
  const std::size_t skip =
      events.size() > kEventsShown ? events.size() - kEventsShown : 0;
  for (std::size_t i = skip; i < events.size(); ++i) {
    absl::StrAppend(&what, "    ", EventText(events[i]), "\n");
  }
  std::fputs(what.c_str(), stderr);
  std::fflush(stderr);
  if (on_check_failed_ != nullptr) {
    on_check_failed_(on_check_failed_object_, what);
  }
  std::abort();
}

}  // namespace wringer::sim
