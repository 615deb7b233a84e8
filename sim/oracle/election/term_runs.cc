#include "sim/oracle/election/term_runs.h"

#include <algorithm>

namespace wringer::sim {

void TermRuns::Restart(LogPosition base) {
  runs_.clear();
  last_ = base.index;
  if (base != LogPosition()) runs_.push_back({base.index, base.term});
}

bool TermRuns::Append(LogPosition at) {
  if (at.index <= last_) {
    const Run* const held = Find(at.index);
    if (held == nullptr || held->term == at.term) return true;
    TruncateAfter(at.index.prev());
    runs_.push_back({at.index, at.term});
    last_ = at.index;
    return false;
  }
  if (runs_.empty() || runs_.back().term != at.term) {
    runs_.push_back({at.index, at.term});
  }
  last_ = at.index;
  return true;
}

void TermRuns::TruncateAfter(LogIndex index) {
  while (!runs_.empty() && runs_.back().first > index) runs_.pop_back();
  last_ = std::min(last_, index);
}

LogPosition TermRuns::last() const {
  return runs_.empty() ? LogPosition() : LogPosition{runs_.back().term, last_};
}

const TermRuns::Run* TermRuns::Find(LogIndex index) const {
  const auto after = std::upper_bound(
      runs_.begin(), runs_.end(), index,
      [](LogIndex i, const Run& run) { return i < run.first; });
  return after == runs_.begin() ? nullptr : &*std::prev(after);
}

LogPosition TermRuns::Common(const TermRuns& other) const {
  LogIndex index = std::min(last_, other.last_);
  while (true) {
    const Run* const one = Find(index);
    const Run* const two = other.Find(index);
    if (one == nullptr || two == nullptr) return {};
    if (one->term == two->term) return {one->term, index};
    index = std::max(one->first, two->first).prev();
  }
}

}  // namespace wringer::sim
