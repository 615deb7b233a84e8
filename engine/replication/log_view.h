// What a log model keeps of its log in memory: the terms of all entries, and
// the payloads of the newest ones.
//
// Terms are held as runs (first index, term), which is also the history of
// leaderships that log repair needs (Kafka KIP-101's epoch list, Raft's
// conflict hint). Older payloads are asked for with Ready::fetches.
#ifndef WR_ENGINE_REPLICATION_LOG_VIEW_H_
#define WR_ENGINE_REPLICATION_LOG_VIEW_H_

#include <cstddef>
#include <deque>
#include <vector>

#include "engine/base/types.h"
#include "engine/replication/types.h"

namespace wringer::replication {

class LogView {
 public:
  // Keeps the payloads of at most about `cached_entries` entries.
  explicit LogView(std::size_t cached_entries = 4096)
      : cached_entries_(cached_entries) {}

  void Reset(const RecoveredLog& log);

  // The position before the first entry, and that of the last one.
  // Invariant: base().index <= last().index.
  LogPosition base() const { return base_; }
  LogPosition last() const { return last_; }
  bool empty() const { return base_.index == last_.index; }

  // Term at `index`; 0 outside [base, last].
  Term TermAt(LogIndex index) const;
  // The log holds exactly this entry (or it is the base).
  bool Holds(LogPosition position) const {
    return position.index >= base_.index && position.index <= last_.index &&
           TermAt(position.index) == position.term;
  }
  // The largest position <= `index` whose term is <= `term`: where a log whose
  // last term is `term` may agree with this one. At least base().
  LogPosition LastAtOrBelow(Term term, LogIndex index) const;

  // REQUIRES: entry.index == last().index + 1 and term does not go back.
  void Append(LogEntry entry);
  // REQUIRES: base().index <= after <= last().index.
  void TruncateAfter(LogIndex after);
  // Drops entries up to `upto`; beyond last() the log becomes empty at `upto`.
  void DropPrefix(LogPosition upto);

  // True iff the payloads of [from, last] are in memory.
  bool Cached(LogIndex from) const { return from >= first_cached(); }
  // REQUIRES: Cached(index) and index <= last().index.
  const LogEntry& At(LogIndex index) const;
  // The last index of a batch that starts at `from`: at least one entry, about
  // `max_bytes` of payload, at most `max_entries`. REQUIRES: Cached(from) and
  // from <= last().index.
  LogIndex BatchEnd(LogIndex from, std::size_t max_bytes,
                    std::size_t max_entries) const;

 private:
  struct Run {
    LogIndex first;
    Term term;
  };
  LogIndex first_cached() const {
    return LogIndex(last_.index.value() + 1 - cache_.size());
  }

  std::size_t cached_entries_;
  LogPosition base_;
  LogPosition last_;
  std::vector<Run> runs_;  // of (base, last], ascending
  std::deque<LogEntry> cache_;
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_LOG_VIEW_H_
