// How much of a shrunk scenario is exact: for every fault, operation and for
// the seed, what could be put in its place without losing the failure.
#ifndef WR_SIM_EXPLORE_SHRINK_RANGES_H_
#define WR_SIM_EXPLORE_SHRINK_RANGES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/shrink/prober.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// Moments tried, without a gap, around the one that is written.
struct TimeRange {
  Nanos first = 0;
  Nanos last = 0;
  bool to_the_end = false;  // every later moment tried, up to the run's end
};

struct Tolerance {
  std::vector<TimeRange> faults;      // by place in the timeline
  std::vector<TimeRange> operations;  // by place in the script
  std::vector<bool> any_value;        // by place in the script
  std::uint64_t seeds_tried = 0;
  std::uint64_t seeds_failing = 0;
  // Storage engines, other than its own, under which it fails as well.
  std::vector<std::string> engines;
};

// Runs about twenty proposals for each fault and operation; stops when the
// prober does, with what it knows by then.
Tolerance ProbeTolerance(const Scenario& scenario, Prober* prober);

// "any time in 112ms..131ms", "any later time", "exactly at 118ms".
std::string RangeText(const TimeRange& range, Nanos written);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_RANGES_H_
