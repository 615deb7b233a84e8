// The last events, always on, for the post-mortem: a ring of 32 bytes each.
#ifndef WR_SIM_CORE_FLIGHT_RECORDER_H_
#define WR_SIM_CORE_FLIGHT_RECORDER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/check.h"
#include "sim/core/event.h"

namespace wringer::sim {

class FlightRecorder {
 public:
  // REQUIRES: `events` is a power of two.
  explicit FlightRecorder(std::size_t events)
      : ring_(events), mask_(events - 1) {
    WR_CHECK(std::has_single_bit(events));
  }

  void Record(const Event& event, std::uint64_t event_number) {
    ring_.data()[event_number & mask_] = {
        event.at, event.op,
        (std::uint64_t{event.node.value()} << 32) | event.incarnation.value(),
        std::uint64_t(event.kind)};
  }

  // The last `events_run` events or as many as the ring holds, oldest first.
  std::vector<EventRecord> Read(std::uint64_t events_run) const {
    const std::uint64_t count =
        events_run < ring_.size() ? events_run : ring_.size();
    std::vector<EventRecord> records;
    records.reserve(count);
    for (std::uint64_t n = events_run - count + 1; n <= events_run; ++n) {
      records.push_back(At(n));
    }
    return records;
  }

  // REQUIRES: still in the ring.
  EventRecord At(std::uint64_t event_number) const {
    const Entry& entry = ring_[event_number & mask_];
    return {.number = event_number,
            .at = entry.at,
            .kind = EventKind(entry.kind),
            .node = NodeId(std::uint32_t(entry.who >> 32)),
            .incarnation = Incarnation(std::uint32_t(entry.who)),
            .op = entry.op};
  }

 private:
  struct Entry {
    Nanos at = 0;
    std::uint64_t op = 0;
    std::uint64_t who = 0;  // node, incarnation
    std::uint64_t kind = 0;
  };
  static_assert(sizeof(Entry) == 32);

  std::vector<Entry> ring_;
  std::uint64_t mask_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_FLIGHT_RECORDER_H_
