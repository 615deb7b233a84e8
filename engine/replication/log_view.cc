#include "engine/replication/log_view.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace wringer::replication {

void LogView::Reset(const RecoveredLog& log) {
  base_ = log.base;
  last_ = log.base;
  runs_.clear();
  cache_.clear();
  for (const LogEntry& entry : log.entries) Append(entry);
}

Term LogView::TermAt(LogIndex index) const {
  if (index == base_.index) return base_.term;
  if (index < base_.index || index > last_.index) return Term{0};
  const auto after = std::upper_bound(
      runs_.begin(), runs_.end(), index,
      [](LogIndex i, const Run& run) { return i < run.first; });
  WR_CHECK(after != runs_.begin());
  return std::prev(after)->term;
}

LogPosition LogView::LastAtOrBelow(Term term, LogIndex index) const {
  LogIndex at = std::min(index, last_.index);
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if (run->first > at) continue;
    if (run->term <= term) return {run->term, at};
    at = run->first.prev();
  }
  return base_;
}

void LogView::Append(LogEntry entry) {
  WR_CHECK(entry.index == last_.index.next());
  WR_CHECK(entry.term >= last_.term);
  if (runs_.empty() || runs_.back().term != entry.term) {
    runs_.push_back({entry.index, entry.term});
  }
  last_ = entry.position();
  cache_.push_back(std::move(entry));
  if (cache_.size() > cached_entries_) cache_.pop_front();
}

void LogView::TruncateAfter(LogIndex after) {
  WR_CHECK(after >= base_.index);
  WR_CHECK(after <= last_.index);
  const Term term = TermAt(after);
  while (!runs_.empty() && runs_.back().first > after) runs_.pop_back();
  while (!cache_.empty() && cache_.back().index > after) cache_.pop_back();
  last_ = {term, after};
}

void LogView::DropPrefix(LogPosition upto) {
  if (upto.index <= base_.index) return;
  if (upto.index >= last_.index) {
    runs_.clear();
    cache_.clear();
    base_ = upto;
    last_ = upto;
    return;
  }
  const Term next_term = TermAt(upto.index.next());
  while (!cache_.empty() && cache_.front().index <= upto.index) {
    cache_.pop_front();
  }
  const auto keep = std::find_if(
      runs_.begin(), runs_.end(),
      [&](const Run& run) { return run.first > upto.index.next(); });
  runs_.erase(runs_.begin(), keep);
  runs_.insert(runs_.begin(), Run{upto.index.next(), next_term});
  base_ = upto;
}

const LogEntry& LogView::At(LogIndex index) const {
  WR_CHECK(Cached(index));
  WR_CHECK(index <= last_.index);
  return cache_[index - first_cached()];
}

LogIndex LogView::BatchEnd(LogIndex from, std::size_t max_bytes,
                           std::size_t max_entries) const {
  std::size_t bytes = At(from).payload.size();
  LogIndex end = from;
  while (end < last_.index && end - from + 1 < max_entries) {
    bytes += At(end.next()).payload.size();
    if (bytes > max_bytes) break;
    ++end;
  }
  return end;
}

}  // namespace wringer::replication
