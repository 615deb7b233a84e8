// How much was answered, and when not: safety is read together with liveness,
// so that "consistent because it answered nothing" shows.
#ifndef WR_REPORTS_STATS_AVAILABILITY_H_
#define WR_REPORTS_STATS_AVAILABILITY_H_

#include <cstdint>
#include <vector>

#include "reports/history/history.h"
#include "reports/stats/histogram.h"

namespace wringer::reports {

struct Tally {
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;

  std::uint64_t all() const { return ok + failed + unknown; }
  // Answered ok, per million, rounded down; 1000000 if nothing was asked.
  std::uint32_t OkPerMillion() const {
    return all() == 0 ? 1000000u
                      : static_cast<std::uint32_t>(ok * 1000000 / all());
  }
};

// Operations called in [start_ns, start_ns + window).
struct AvailabilityWindow {
  std::int64_t start_ns = 0;
  bool faulty = false;  // an effective fault was open at some time in it
  Tally tally;
};

struct Availability {
  std::vector<AvailabilityWindow> windows;  // all of the run, without gaps
  Tally overall;
  Tally outside_faults;  // of the windows that are not faulty
  // Worst window in which something was asked, per million; 1000000 if none.
  std::uint32_t worst_outside_faults = 1000000;
  // The longest time with calls under way or made, but no ok answer.
  std::int64_t longest_gap_ns = 0;
  std::int64_t longest_gap_start_ns = 0;
};

// REQUIRES: window_ns > 0. At most a million windows: longer runs get wider
// ones.
Availability MeasureAvailability(const History& history,
                                 std::int64_t window_ns);

// Time from call to answer of everything answered ok; `outside_faults` leaves
// out what overlapped an effective fault.
Histogram MeasureLatency(const History& history, bool outside_faults);

}  // namespace wringer::reports

#endif  // WR_REPORTS_STATS_AVAILABILITY_H_
