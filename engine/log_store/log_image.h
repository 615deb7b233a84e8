// The replicated log as an index: for every place the term, what recovery
// thinks of it, and where its record lies in the WAL. Pure.
//
// Invariant: slots cover (base, last] without a hole.
#ifndef WR_ENGINE_LOG_STORE_LOG_IMAGE_H_
#define WR_ENGINE_LOG_STORE_LOG_IMAGE_H_

#include <cstddef>
#include <deque>

#include "engine/base/types.h"
#include "engine/replication/types.h"
#include "engine/wal/recovery.h"

namespace wringer::log_store {

struct LogSlot {
  Term term{};
  replication::SlotVerdict verdict = replication::SlotVerdict::kOk;
  wal::RecordPlace place{};  // of an intact entry
};

class LogImage {
 public:
  LogPosition base() const { return base_; }
  LogPosition last() const { return last_; }
  std::size_t size() const { return slots_.size(); }
  bool Holds(LogIndex index) const {
    return index > base_.index && index <= last().index;
  }
  // REQUIRES: Holds(index).
  const LogSlot& At(LogIndex index) const;
  // Term at `index`, base included; 0 if not held.
  Term TermAt(LogIndex index) const;

  // Adds the place behind last().
  void Append(const LogSlot& slot) {
    slots_.push_back(slot);
    last_ = {slot.term, last_.index.next()};
  }
  // Adds damaged places until last().index == `until`; each takes the term of
  // its predecessor. At most kDamagedMax at a time, whatever garbage asks.
  void AppendDamaged(LogIndex until, replication::SlotVerdict verdict);
  // Drops every place after `after`. REQUIRES: after >= base().index.
  void TruncateSuffix(LogIndex after);
  // Drops every place up to `upto`; all of them if the log is shorter than
  // that or disagrees with it.
  void DropPrefix(LogPosition upto);
  // Empty behind `base`, wherever it began before.
  void Restart(LogPosition base);

  static constexpr std::uint64_t kDamagedMax = 1 << 20;

 private:
  void Settle();

  LogPosition base_;
  LogPosition last_;  // of the last slot, or base_
  std::deque<LogSlot> slots_;
};

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_LOG_IMAGE_H_
