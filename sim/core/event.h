// What an event is: its description, its record in the slab, its name.
#ifndef WR_SIM_CORE_EVENT_H_
#define WR_SIM_CORE_EVENT_H_

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::sim {

// True time that never comes.
inline constexpr Nanos kNever = std::numeric_limits<Nanos>::max();

// What an event is, for digest, trace and profile. Append only: the numbers
// are part of the digest format.
enum class EventKind : std::uint8_t {
  kNone = 0,
  kFiber = 1,      // a fiber starts or resumes
  kTimer = 2,      // a node's timer
  kDelivery = 3,   // a message reaches its receiver
  kDisk = 4,       // a disk request completes
  kWorkload = 5,   // a client acts
  kFault = 6,      // the nemesis acts
  kCluster = 7,    // boot, heal, end of a phase
  kWriteBack = 8,  // the page cache flushes
};
inline constexpr std::size_t kEventKindCount = 9;
// "fiber", "timer", "delivery", ...
Slice EventKindName(EventKind kind);

// Names a scheduled event; generation-checked, so a stale id is harmless.
// 0 is none.
using EventId = StrongInt<struct EventIdTag>;

// An event's body. `object` is the receiver, `arg` whatever it needs.
using EventFn = void (*)(void* object, std::uint64_t arg);

struct EventSpec {
  Nanos at = 0;  // REQUIRES: >= now
  EventKind kind = EventKind::kNone;
  // kNoNode: belongs to the world and passes no gate.
  NodeId node{};
  // 0 with a node: reaches whichever incarnation is alive (a message).
  Incarnation incarnation{};
  std::uint64_t op = 0;  // stable number for digest and trace: request, message
  EventFn fn = nullptr;
  void* object = nullptr;
  std::uint64_t arg = 0;
};

// One line of the flight recorder: enough to name an event to a person.
struct EventRecord {
  std::uint64_t number = 0;  // from 1, counting the events that ran
  Nanos at = 0;
  EventKind kind = EventKind::kNone;
  NodeId node{};
  Incarnation incarnation{};
  std::uint64_t op = 0;

  bool operator==(const EventRecord&) const = default;
};
// "#48123  1.204500000 s  n2#3  timer 17".
std::string EventText(const EventRecord& event);
// "1.204500000": seconds with nine digits.
std::string TimeText(Nanos at);

// Place of an event in its queue's slab; 0 is none.
using EventIndex = std::uint32_t;

enum class EventState : std::uint8_t {
  kFree,
  kQueued,  // in the wheel
  kHead,    // in the wheel, and first in its node's line (gate.h)
  kHeld,    // in its node's line, not in the wheel
  kTaken,   // popped or unlinked; the caller decides
};

// The slab's record: one cache line, moved by memcpy when the slab grows.
struct Event {
  Nanos at;
  EventFn fn;
  void* object;
  std::uint64_t arg;
  std::uint64_t op;
  EventIndex prev;  // in the wheel's slot or the node's line
  std::uint32_t generation;
  NodeId node;
  Incarnation incarnation;
  std::uint16_t slot;  // level * 64 + digit while in the wheel
  EventKind kind;
  EventState state;
};
static_assert(sizeof(Event) <= 64);
static_assert(std::is_trivially_copyable_v<Event>);

// A first-in-first-out list of events, linked through the slab.
struct EventList {
  EventIndex first = 0;
  EventIndex last = 0;
  bool empty() const { return first == 0; }
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_EVENT_H_
