#include "reports/stats/availability.h"

#include <algorithm>

namespace wringer::reports {
namespace {

constexpr std::int64_t kWindowsMost = 1000000;

// The effective faults as disjoint intervals, in order.
class FaultTimes {
 public:
  explicit FaultTimes(const History& history) {
    std::vector<Interval> open;
    for (const FaultWindow& fault : history.faults()) {
      if (fault.effective) open.push_back({fault.start_ns, fault.stop_ns});
    }
    std::sort(
        open.begin(), open.end(),
        [](const Interval& a, const Interval& b) { return a.start < b.start; });
    for (const Interval& next : open) {
      if (!joined_.empty() && next.start <= joined_.back().stop) {
        joined_.back().stop = std::max(joined_.back().stop, next.stop);
      } else {
        joined_.push_back(next);
      }
    }
  }

  bool Overlaps(std::int64_t start, std::int64_t stop) const {
    const auto at = std::partition_point(
        joined_.begin(), joined_.end(),
        [start](const Interval& f) { return f.stop < start; });
    return at != joined_.end() && at->start <= stop;
  }

 private:
  struct Interval {
    std::int64_t start = 0;
    std::int64_t stop = 0;
  };
  std::vector<Interval> joined_;
};

void Count(Outcome outcome, Tally* tally) {
  switch (outcome) {
    case Outcome::kOk:
      ++tally->ok;
      break;
    case Outcome::kFail:
      ++tally->failed;
      break;
    case Outcome::kUnknown:
      ++tally->unknown;
      break;
  }
}

// Between two ok answers in a row, or before the first and after the last.
void MeasureGap(const History& history, Availability* result) {
  std::vector<std::int64_t> answers;
  std::int64_t first_call = kNeverNs;
  std::int64_t last_call = 0;
  for (const Operation& op : history.ops()) {
    first_call = std::min(first_call, op.call_ns);
    last_call = std::max(last_call, op.call_ns);
    if (op.outcome == Outcome::kOk) answers.push_back(op.return_ns);
  }
  std::sort(answers.begin(), answers.end());
  answers.push_back(last_call);
  std::int64_t since = first_call;
  for (const std::int64_t answer : answers) {
    if (answer - since > result->longest_gap_ns) {
      result->longest_gap_ns = answer - since;
      result->longest_gap_start_ns = since;
    }
    since = std::max(since, answer);
  }
}

}  // namespace

Availability MeasureAvailability(const History& history,
                                 std::int64_t window_ns) {
  Availability result;
  if (history.size() == 0 || window_ns <= 0) return result;
  std::int64_t last_call = 0;
  for (const Operation& op : history.ops()) {
    last_call = std::max(last_call, op.call_ns);
  }
  window_ns = std::max(window_ns, last_call / kWindowsMost + 1);
  const FaultTimes faults(history);
  for (std::int64_t start = 0; start <= last_call; start += window_ns) {
    const bool faulty = faults.Overlaps(start, start + window_ns - 1);
    result.windows.push_back(
        {.start_ns = start, .faulty = faulty, .tally = {}});
  }
  for (const Operation& op : history.ops()) {
    const std::int64_t call = std::max<std::int64_t>(0, op.call_ns);
    AvailabilityWindow& window =
        result.windows[static_cast<std::size_t>(call / window_ns)];
    Count(op.outcome, &window.tally);
    Count(op.outcome, &result.overall);
    if (!window.faulty) Count(op.outcome, &result.outside_faults);
  }
  for (const AvailabilityWindow& window : result.windows) {
    if (window.faulty) continue;
    result.worst_outside_faults =
        std::min(result.worst_outside_faults, window.tally.OkPerMillion());
  }
  MeasureGap(history, &result);
  return result;
}

Histogram MeasureLatency(const History& history, bool outside_faults) {
  const FaultTimes faults(history);
  Histogram latency;
  for (const Operation& op : history.ops()) {
    if (op.outcome != Outcome::kOk) continue;
    if (outside_faults && faults.Overlaps(op.call_ns, op.return_ns)) continue;
    latency.Add(op.return_ns - op.call_ns);
  }
  return latency;
}

}  // namespace wringer::reports
