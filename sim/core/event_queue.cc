#include "sim/core/event_queue.h"

#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

EventQueue::EventQueue() { Grow(); }

EventQueue::~EventQueue() {
  std::free(slab_);
  std::free(next_);
}

void EventQueue::Grow() {
  // A quarter at a time: at most 80 bytes a pending event.
  constexpr EventIndex kFirst = 128;
  constexpr EventIndex kDoubling = 4096;
  EventIndex wanted = kFirst;
  if (capacity_ >= kDoubling) {
    wanted = capacity_ + capacity_ / 4;
  } else if (capacity_ > 0) {
    wanted = capacity_ * 2;
  }
  WR_CHECK(wanted <= kEventsMax);
  // An event that straddles two cache lines costs twice the misses.
  void* grown = std::aligned_alloc(sizeof(Event), wanted * sizeof(Event));
  WR_CHECK(grown != nullptr);
  if (slab_ != nullptr) {
    std::memcpy(grown, slab_, std::size_t{slab_end_} * sizeof(Event));
    std::free(slab_);
  }
  slab_ = static_cast<Event*>(grown);
  void* links = std::realloc(next_, wanted * sizeof(EventIndex));
  WR_CHECK(links != nullptr);
  next_ = static_cast<EventIndex*>(links);
  capacity_ = wanted;
}

// Puts one record that was never used on the free list.
void EventQueue::AddRecord() {
  if (slab_end_ == capacity_) Grow();
  free_ = slab_end_++;
  slab_[free_].generation = 1;
  next_[free_] = 0;
}

void EventQueue::FailPast(Nanos at) const {
  FailCheck(__FILE__, __LINE__, "at >= base",
            absl::StrCat("event at ", at, " before ", base_));
}

void EventQueue::Requeue(EventIndex index, Nanos at) {
  Event* event = slab_ + index;
  WR_CHECK(event->state == EventState::kTaken);
  event->at = at;
  event->state = EventState::kQueued;
  Enter(index, event);
}

void EventQueue::RequeueFirst(EventIndex index, Nanos at) {
  Event* event = slab_ + index;
  WR_CHECK(event->state == EventState::kTaken);
  event->at = at;
  event->state = EventState::kQueued;
  const unsigned position = Mark(event);
  PushFront(&slots_[position], index);
}

// Fetches the records of a list some steps before a walk comes to them.
class EventQueue::Ahead {
 public:
  Ahead(const EventQueue& queue, EventIndex first)
      : slab_(queue.slab_), next_(queue.next_), index_(first) {
    for (int i = 0; i < kSteps; ++i) Step();
  }
  void Step() {
    if (index_ == 0) return;
    __builtin_prefetch(slab_ + index_, 1);
    index_ = next_[index_];
  }

 private:
  static constexpr int kSteps = 8;
  const Event* slab_;
  const EventIndex* next_;
  EventIndex index_;
};

// Does not: the records are in the cache.
class EventQueue::AtHand {
 public:
  AtHand(const EventQueue&, EventIndex) {}
  void Step() {}
};

// The first of those with the least time.
template <typename Fetch>
inline EventIndex EventQueue::EarliestOf(EventIndex first) const {
  EventIndex earliest = first;
  Nanos least = slab_[first].at;
  Fetch fetch(*this, first);
  for (EventIndex index = next_[first]; index != 0; index = next_[index]) {
    fetch.Step();
    if (slab_[index].at >= least) continue;
    least = slab_[index].at;
    earliest = index;
  }
  return earliest;
}

template <typename Fetch>
inline void EventQueue::Spread(EventIndex first) {
  Fetch fetch(*this, first);
  while (first != 0) {
    fetch.Step();
    Event* event = slab_ + first;
    const EventIndex next = next_[first];
    Enter(first, event);
    first = next;
  }
}

EventIndex EventQueue::SpreadAndPop(unsigned position, Nanos limit) {
  constexpr EventIndex kCached = 8192;  // records
  return slab_end_ <= kCached ? SpreadAndPopBy<AtHand>(position, limit)
                              : SpreadAndPopBy<Ahead>(position, limit);
}

// Distributes a slot over the lower levels, all of them empty, in order.
template <typename Fetch>
EventIndex EventQueue::SpreadAndPopBy(unsigned position, Nanos limit) {
  const EventIndex first = slots_[position].first;
  const EventIndex earliest = EarliestOf<Fetch>(first);
  if (slab_[earliest].at <= limit) {
    Cut(&slots_[position], earliest, slab_ + earliest);
    base_ = std::uint64_t(slab_[earliest].at);
    const EventIndex rest = slots_[position].first;
    slots_[position] = EventList{};
    MarkEmpty(position);
    Spread<Fetch>(rest);
    return earliest;
  }
  // Nothing to pop. If the slot begins at the limit or before, it is spread
  // all the same: who asks again and again shall not look at all of it again.
  const unsigned shift = position / kSlots * kDigitBits;
  const std::uint64_t start = (std::uint64_t(slab_[first].at) >> shift)
                              << shift;
  if (start > std::uint64_t(limit)) return 0;
  base_ = start;
  slots_[position] = EventList{};
  MarkEmpty(position);
  Spread<Fetch>(first);
  return 0;
}

void EventQueue::PushBack(EventList* list, EventIndex index) {
  Append(list, index, slab_ + index);
}

void EventQueue::PushFront(EventList* list, EventIndex index) {
  Event& event = slab_[index];
  event.prev = 0;
  next_[index] = list->first;
  if (list->first != 0) {
    slab_[list->first].prev = index;
  } else {
    list->last = index;
  }
  list->first = index;
}

void EventQueue::Remove(EventList* list, EventIndex index) {
  Event* event = slab_ + index;
  WR_CHECK(event->prev != 0 || list->first == index);
  WR_CHECK(next_[index] != 0 || list->last == index);
  Cut(list, index, event);
}

std::size_t EventQueue::bytes() const {
  return sizeof(*this) +
         std::size_t{capacity_} * (sizeof(Event) + sizeof(EventIndex));
}

}  // namespace wringer::sim
