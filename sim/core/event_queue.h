// The pending events in total order: by time, and first in first out at equal
// times.
//
// A hierarchical timing wheel in base 64 over a slab of 64-byte records. The
// links that a walk along a slot follows lie in an array of their own: small
// enough for the cache, so that the walk can fetch records ahead. An
// event sits at the level of the highest base-64 digit in which its time
// differs from the base, in the slot of that digit; so everything at a lower
// level is earlier than anything at a higher one, and one slot of level 0 is
// one instant. When the lower levels are empty the first slot of the next is
// spread over them, front to back, which keeps equal times in order without a
// sequence number: around its earliest event, which is popped, so that the
// others lie as low as they can. Schedule and cancel are O(1), cancelling
// leaves no tombstone, popping is O(levels crossed).
//   Varghese, Lauck: Hashed and Hierarchical Timing Wheels (SOSP 1987),
//   scheme 7, with a bitmap per level instead of ticking.
//
// Invariants:
//   1. base <= the time of every event in the wheel.
//   2. base moves only on pop, and never beyond the limit of that pop, so
//      whoever stopped at the limit can still schedule right there.
//   3. An event at level L > 0 differs from base in digit L and in no higher
//      digit; at level 0 it differs in digit 0 at most.
#ifndef WR_SIM_CORE_EVENT_QUEUE_H_
#define WR_SIM_CORE_EVENT_QUEUE_H_

#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/base/check.h"
#include "sim/core/event.h"

namespace wringer::sim {

// The base-64 digit in which bit B of a number lies: a table, as dividing by
// six costs more than the look-up.
struct DigitOfBit {
  constexpr DigitOfBit() {
    for (unsigned bit = 0; bit < 64; ++bit) digit[bit] = std::uint8_t(bit / 6);
  }
  std::uint8_t digit[64] = {};
};
inline constexpr DigitOfBit kDigitOfBit{};

class EventQueue {
 public:
  // More pending events than this are a runaway, not a simulation.
  static constexpr std::size_t kEventsMax = std::size_t{1} << 26;

  EventQueue();
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  // Adds an event behind all others of its time. O(1), amortised: the slab may
  // grow. Aborts on a time before the last pop: that is our own bug.
  EventIndex Add(const EventSpec& spec) {
    // As unsigned numbers, so that a negative time fails too.
    if (std::uint64_t(spec.at) - base_ > std::uint64_t(kNever) - base_)
        [[unlikely]] {
      FailPast(spec.at);
    }
    return AddUnchecked(spec);
  }
  // REQUIRES: the caller has made sure that the time has not passed.
  [[gnu::always_inline]] EventIndex AddUnchecked(const EventSpec& spec) {
    if (free_ == 0) [[unlikely]] {
      AddRecord();
    }
    const EventIndex index = free_;
    Event* event = slab_ + index;
    free_ = next_[index];
    ++live_;
    event->at = spec.at;
    event->fn = spec.fn;
    event->object = spec.object;
    event->arg = spec.arg;
    event->op = spec.op;
    event->node = spec.node;
    event->incarnation = spec.incarnation;
    event->kind = spec.kind;
    event->state = EventState::kQueued;
    Enter(index, event);
    return index;
  }

  // Takes the earliest event out if its time is <= `limit`; 0 otherwise.
  // The record stays valid until Free, Requeue or RequeueFirst.
  EventIndex PopUntil(Nanos limit) {
    if (levels_ == 0) return 0;
    const unsigned level = unsigned(std::countr_zero(levels_));
    const unsigned position =
        level * kSlots + unsigned(std::countr_zero(used_[level]));
    const EventList list = slots_[position];
    if (level == 0 || list.first == list.last) {
      // One instant, or one event: its head is the earliest of all.
      return slab_[list.first].at <= limit ? Take(list.first, position) : 0;
    }
    return SpreadAndPop(position, limit);
  }

  // Puts a taken event back at time `at`: behind, or before, its equals.
  void Requeue(EventIndex index, Nanos at);
  void RequeueFirst(EventIndex index, Nanos at);
  // Takes an event out of the wheel. REQUIRES: kQueued or kHead.
  void Unlink(EventIndex index) {
    Event* event = slab_ + index;
    WR_CHECK(event->state == EventState::kQueued ||
             event->state == EventState::kHead);
    EventList* list = &slots_[event->slot];
    Cut(list, index, event);
    if (list->empty()) MarkEmpty(event->slot);
  }
  // Gives the record back; its id goes stale. REQUIRES: kTaken.
  void Free(EventIndex index) {
    WR_CHECK(slab_[index].state == EventState::kTaken);
    Release(index);
  }
  // Both at once. REQUIRES: kQueued.
  void Discard(EventIndex index) {
    const unsigned position = slab_[index].slot;
    EventList* list = &slots_[position];
    Detach(list, index);
    if (list->empty()) MarkEmpty(position);
    Release(index);
  }

  // The event an id names, or 0 if it is gone.
  EventIndex Find(EventId id) const {
    const EventIndex index = EventIndex(id.value() & 0xffffffffu);
    if (index == 0 || index >= slab_end_) return 0;
    // Freeing a record moves its generation on.
    return slab_[index].generation == std::uint32_t(id.value() >> 32) ? index
                                                                      : 0;
  }
  EventId IdOf(EventIndex index) const {
    return EventId{(std::uint64_t{slab_[index].generation} << 32) | index};
  }

  // The record. The reference is good until the next Add.
  Event& at(EventIndex index) { return slab_[index]; }
  const Event& at(EventIndex index) const { return slab_[index]; }
  // Records 1..slab_end()-1 have been used at least once.
  EventIndex slab_end() const { return slab_end_; }

  // Lists of events outside the wheel, such as a node's line.
  void PushBack(EventList* list, EventIndex index);
  void PushFront(EventList* list, EventIndex index);
  void Remove(EventList* list, EventIndex index);

  bool wheel_empty() const { return levels_ == 0; }
  std::size_t size() const { return live_; }  // not yet freed
  std::size_t bytes() const;                  // memory held

 private:
  static constexpr int kDigitBits = 6;
  static constexpr unsigned kSlots = 1u << kDigitBits;
  static constexpr unsigned kLevels = 11;  // 66 bits >= 63

  // Puts an event with its time set into its slot, behind the others.
  void Enter(EventIndex index, Event* event) {
    const unsigned position = Mark(event);
    Append(&slots_[position], index, event);
  }
  // Finds the slot of an event, seen from the base, and marks it used.
  unsigned Mark(Event* event) {
    const std::uint64_t time = std::uint64_t(event->at);
    const unsigned bit = 63u - unsigned(std::countl_zero((time ^ base_) | 1));
    const unsigned level = kDigitOfBit.digit[bit];
    const unsigned digit =
        unsigned(time >> (level * kDigitBits)) & (kSlots - 1);
    used_[level] |= std::uint64_t{1} << digit;
    levels_ |= 1u << level;
    const unsigned position = level * kSlots + digit;
    event->slot = std::uint16_t(position);
    return position;
  }
  void Append(EventList* list, EventIndex index, Event* event) {
    next_[index] = 0;
    event->prev = list->last;
    if (list->last != 0) {
      next_[list->last] = index;
    } else {
      list->first = index;
    }
    list->last = index;
  }
  void Cut(EventList* list, EventIndex index, Event* event) {
    Detach(list, index);
    event->state = EventState::kTaken;
  }
  void Release(EventIndex index) {
    Event* event = slab_ + index;
    event->state = EventState::kFree;
    ++event->generation;
    next_[index] = free_;
    free_ = index;
    --live_;
  }
  void Detach(EventList* list, EventIndex index) {
    const Event* event = slab_ + index;
    const EventIndex next = next_[index];
    if (event->prev != 0) {
      next_[event->prev] = next;
    } else {
      list->first = next;
    }
    if (next != 0) {
      slab_[next].prev = event->prev;
    } else {
      list->last = event->prev;
    }
  }
  void MarkEmpty(unsigned position) {
    const unsigned level = position / kSlots;
    used_[level] &= ~(std::uint64_t{1} << (position % kSlots));
    if (used_[level] == 0) levels_ &= ~(1u << level);
  }
  // Takes the head of a slot of level 0, or of a slot with one event.
  EventIndex Take(EventIndex index, unsigned position) {
    EventList* list = &slots_[position];
    Event* event = slab_ + index;
    const EventIndex next = next_[index];
    list->first = next;
    if (next != 0) {
      slab_[next].prev = 0;
    } else {
      list->last = 0;
      MarkEmpty(position);
    }
    event->state = EventState::kTaken;
    base_ = std::uint64_t(event->at);
    return index;
  }
  EventIndex SpreadAndPop(unsigned position, Nanos limit);
  class Ahead;
  class AtHand;
  template <typename Fetch>
  EventIndex SpreadAndPopBy(unsigned position, Nanos limit);
  template <typename Fetch>
  EventIndex EarliestOf(EventIndex first) const;
  // Enters a slot's events, from `first` on, as they are seen from the base.
  template <typename Fetch>
  void Spread(EventIndex first);
  void AddRecord();
  void Grow();
  [[noreturn, gnu::cold, gnu::noinline]] void FailPast(Nanos at) const;

  std::uint64_t base_ = 0;
  std::uint32_t levels_ = 0;  // bit L: level L has events
  EventIndex free_ = 0;
  Event* slab_ = nullptr;
  EventIndex* next_ = nullptr;  // in the wheel's slot, a line, the free list
  EventIndex slab_end_ = 1;
  EventIndex capacity_ = 0;
  std::size_t live_ = 0;
  // Plain arrays: these are indexed on every event, and by construction in
  // bounds; the checked ones cost a tenth of the queue.
  std::uint64_t used_[kLevels] = {};  // bit S: slot S has events
  EventList slots_[kLevels * kSlots] = {};
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_EVENT_QUEUE_H_
