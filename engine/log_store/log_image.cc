#include "engine/log_store/log_image.h"

#include <algorithm>

#include "engine/base/check.h"

namespace wringer::log_store {

// After the slots or the base changed.
void LogImage::Settle() {
  last_ = base_;
  if (slots_.empty()) return;
  last_ = {slots_.back().term, base_.index + slots_.size()};
}

const LogSlot& LogImage::At(LogIndex index) const {
  WR_CHECK(Holds(index));
  return slots_[index - base_.index - 1];
}

Term LogImage::TermAt(LogIndex index) const {
  if (index == base_.index) return base_.term;
  return Holds(index) ? At(index).term : Term{};
}

void LogImage::AppendDamaged(LogIndex until, replication::SlotVerdict verdict) {
  WR_CHECK(verdict != replication::SlotVerdict::kOk);
  const LogSlot slot{.term = last().term, .verdict = verdict};
  if (until <= last().index) return;
  const std::uint64_t count = std::min(until - last().index, kDamagedMax);
  slots_.insert(slots_.end(), count, slot);
  Settle();
}

void LogImage::TruncateSuffix(LogIndex after) {
  WR_CHECK(after >= base_.index);
  if (after >= last_.index) return;
  slots_.resize(after - base_.index);
  Settle();
}

void LogImage::DropPrefix(LogPosition upto) {
  if (upto.index <= base_.index) return;
  // The rest may stay only if it continues what `upto` stands for (Raft,
  // section 7: retain the entries that follow a matching one). The term of a
  // damaged place is unknown; what follows it may be promised, so it stays.
  const bool continues =
      Holds(upto.index) &&
      (At(upto.index).verdict != replication::SlotVerdict::kOk ||
       At(upto.index).term == upto.term);
  if (continues) {
    const auto count = static_cast<std::ptrdiff_t>(upto.index - base_.index);
    slots_.erase(slots_.begin(), slots_.begin() + count);
  } else {
    slots_.clear();
  }
  base_ = upto;
  Settle();
}

void LogImage::Restart(LogPosition base) {
  slots_.clear();
  base_ = base;
  Settle();
}

}  // namespace wringer::log_store
