// The world: one clock, one event queue, one digest, one thread.
//
// Everything that happens is an event at a simulated time. Events are totally
// ordered by (time, order of scheduling); an event runs to completion before
// the next begins, and only an event moves the clock. A world shares nothing
// with another: a campaign runs many of them in worker processes.
//
// Every event that runs is folded into the digest: its time, kind, node,
// incarnation and `op`. Nothing else may be: no pointer, size or host time.
// Looking (trace, oracles, reports) schedules nothing and changes no digest.
//
// An event may belong to a node. Such an event passes the node's gate when its
// time comes: it is dropped if the node is down or has died since (other
// incarnation), waits while the node is paused, and waits while the node's CPU
// is busy with what came before. See gate.h. An event that is dropped, or
// waits, enters the digest never, or when it runs.
#ifndef WR_SIM_CORE_WORLD_H_
#define WR_SIM_CORE_WORLD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/run_context.h"
#include "engine/base/types.h"
#include "sim/core/digest.h"
#include "sim/core/event.h"
#include "sim/core/event_queue.h"
#include "sim/core/fiber.h"
#include "sim/core/flight_recorder.h"
#include "sim/core/node_table.h"

namespace wringer::sim {

// Why the loop stopped.
enum class StopReason : std::uint8_t {
  kDeadline,    // simulated time reached the deadline
  kQuiet,       // no event is left, and no fiber is parked waiting for one
  kDeadlock,    // no event is left, yet work is pending: a finding
  kEventLimit,  // more events than allowed: inconclusive
  kStopped,     // RequestStop()
};

struct WorldOptions {
  std::uint64_t seed = 0;
  std::uint64_t max_events = ~std::uint64_t{0};
  // A digest mark every 2^k events.
  int digest_mark_shift = 12;
  // Events kept for the post-mortem ring; a power of two.
  std::size_t flight_recorder_events = 1 << 10;
};

class NodeRuntime;

// Observes every event after it ran; must not schedule, draw or change
// anything. Used by oracles, the divergence locator and `--until`.
class WorldObserver {
 public:
  virtual ~WorldObserver() = default;
  virtual void AfterEvent(const EventRecord& event) = 0;
};

class World : public RunContext {
 public:
  explicit World(const WorldOptions& options);
  // Tears down every node first. No event, fiber or byte of theirs is left.
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Nanos now() const { return now_; }
  std::uint64_t seed() const { return options_.seed; }

  // O(1). Aborts on an event in the past: that is our own bug.
  [[gnu::always_inline]] EventId Schedule(const EventSpec& spec) {
    if (spec.at < now_) [[unlikely]] {
      FailPast(spec.at, spec.kind, spec.node);
    }
    return queue_.IdOf(queue_.AddUnchecked(spec));
  }
  // O(1), leaves no tombstone. False if it ran, was cancelled or never was.
  [[gnu::always_inline]] bool Cancel(EventId id) {
    const EventIndex index = queue_.Find(id);
    if (index == 0) return false;
    if (queue_.at(index).state != EventState::kQueued) [[unlikely]] {
      return CancelInLine(index);
    }
    queue_.Discard(index);
    return true;
  }
  // Whether the event's time has come and only its node's gate holds it back.
  bool IsWaiting(EventId id) const;
  // What to do when the gate drops an event whose body is `fn` (its node is
  // down, or another incarnation): `dropped` gets the event's object and arg,
  // to free what they own. It must schedule nothing. Not called by Cancel.
  void OnDropped(EventFn fn, EventFn dropped);

  // Runs events until simulated time `deadline` (inclusive) has been reached;
  // now() is then `deadline` unless the loop stopped for another reason.
  StopReason RunUntil(Nanos deadline);
  // Runs exactly one event. False if there is none. Neither may be called from
  // inside the other.
  bool RunOne();
  void RequestStop();

  std::uint64_t events_run() const { return events_run_; }
  std::uint64_t events_pending() const { return queue_.size(); }
  std::uint64_t digest() const { return digest_.value(); }
  const std::vector<DigestMark>& digest_marks() const {
    return digest_.marks();
  }
  // The last events, oldest first.
  std::vector<EventRecord> flight_record() const {
    return recorder_.Read(events_run_);
  }

  // Nodes register themselves; null for a node this world does not have.
  NodeRuntime* node(NodeId id) const { return nodes_.Find(id); }
  // Whose code runs now; kNoNode for the world's own.
  NodeId current_node() const { return current_node_; }

  FiberPool& fibers() { return fibers_; }
  void AddObserver(WorldObserver* observer);
  void RemoveObserver(WorldObserver* observer);

  // Says whether the run still waits for something (a client's operation) once
  // no event is left. Without it every fiber that waits counts as pending work,
  // idle services included.
  void set_work_pending(bool (*probe)(void* object), void* object);

  // Replay line printed with a failed check, e.g. "scripts/wringer run x.toml
  // --seed 0x7".
  void set_replay_line(std::string line);
  // Called on a failed WR_CHECK, after it was printed and before the abort.
  void set_on_check_failed(void (*hook)(void* object, const std::string& what),
                           void* object);
  // Called when a mark is reached (for `when = { mark = ... }` faults).
  void set_on_mark(void (*hook)(void* object, Mark mark, NodeId node),
                   void* object);

  // RunContext.
  void OnMark(Mark mark) override;
  [[noreturn]] void OnCheckFailed(const char* file, int line,
                                  const char* condition,
                                  const std::string& message) override;

 private:
  friend class NodeRuntime;
  friend class WorldScope;
  class LoopScope;

  // Runs one popped event, or puts it in line, or drops it.
  void Dispatch(EventIndex index);
  void Run(EventIndex index);
  void Drop(EventIndex index);
  void Observe();
  // Both concern the events bound to the node's current incarnation; dropping
  // includes what stands in line.
  void DropEventsOf(NodeRuntime* node);
  std::size_t CountEventsOf(const NodeRuntime& node) const;
  bool WorkPending() const;
  bool CancelInLine(EventIndex index);
  [[noreturn, gnu::cold, gnu::noinline]] void FailPast(Nanos at, EventKind kind,
                                                       NodeId node) const;
  std::string WhereText() const;

  struct DropHook {
    EventFn fn;
    EventFn dropped;
  };

  const WorldOptions options_;
  Nanos now_ = 0;
  std::uint64_t events_run_ = 0;
  NodeId current_node_;
  bool in_loop_ = false;
  bool stop_requested_ = false;
  EventQueue queue_;
  EventDigest digest_;
  FlightRecorder recorder_;
  NodeTable nodes_;
  FiberPool fibers_;
  std::vector<WorldObserver*> observers_;
  std::vector<DropHook> drop_hooks_;
  std::string replay_line_;
  void (*on_check_failed_)(void*, const std::string&) = nullptr;
  void* on_check_failed_object_ = nullptr;
  void (*on_mark_)(void*, Mark, NodeId) = nullptr;
  void* on_mark_object_ = nullptr;
  bool (*work_pending_)(void*) = nullptr;
  void* work_pending_object_ = nullptr;
};

// While it lives, code runs on behalf of `world` (and of `node`): marks,
// mutants and failed checks reach that world. The loop opens one; so must
// whoever boots or tears down a node's objects outside the loop.
class WorldScope {
 public:
  explicit WorldScope(World* world, NodeId node = kNoNode)
      : world_(world),
        former_run_(SetCurrentRun(world)),
        former_node_(world->current_node_) {
    world->current_node_ = node;
  }
  ~WorldScope() {
    world_->current_node_ = former_node_;
    SetCurrentRun(former_run_);
  }
  WorldScope(const WorldScope&) = delete;
  WorldScope& operator=(const WorldScope&) = delete;

 private:
  World* world_;
  RunContext* former_run_;
  NodeId former_node_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_WORLD_H_
