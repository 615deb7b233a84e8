#include "engine/log_store/log_replay.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"

namespace wringer::log_store {

using replication::SlotVerdict;

void LogReplay::OnDamage(const wal::Damage& damage) {
  hole_ = true;
  hole_verdict_ = damage.kind == wal::DamageKind::kMissing
                      ? SlotVerdict::kMissing
                      : SlotVerdict::kCorrupt;
}

void LogReplay::OnRecord(const wal::RecordPlace& place, Slice payload) {
  const auto record = DecodeRecord(payload);
  if (!record.has_value()) {
    // Intact bytes that make no sense: written by no version we know.
    hole_ = true;
    hole_verdict_ = SlotVerdict::kCorrupt;
    return;
  }
  switch (record->kind) {
    case RecordKind::kEntry:
      OnEntry(*record, place);
      break;
    case RecordKind::kTruncate:
      OnTruncate(*record);
      break;
    case RecordKind::kState:
      OnState(*record);
      break;
  }
  lineage_ = record->lineage;
  hole_ = false;
}

void LogReplay::OnEntry(const LogRecord& record,
                        const wal::RecordPlace& place) {
  const LogIndex index = record.last.index;
  if (index <= image_.base().index) return;
  restarted_ = false;
  CloseHole(record);
  // Overwriting is how a lost truncation shows at the least.
  if (index <= image_.last().index) TruncateTo(index.prev());
  FillTo(index.prev());
  if (index != image_.last().index.next()) return;  // absurd distance
  image_.Append({.term = record.last.term, .place = place});
  entries_.push_back({.term = record.last.term,
                      .index = index,
                      .kind = record.entry_kind,
                      .payload = record.payload});
}

void LogReplay::OnTruncate(const LogRecord& record) {
  CloseHole(record);
  FillTo(record.last.index);
  TruncateTo(std::max(record.last.index, image_.base().index));
}

void LogReplay::OnState(const LogRecord& record) {
  CloseHole(record);
  // A base moves forward, unless the log was restarted before it.
  const LogPosition base = image_.base();
  if (record.base.index < base.index ||
      (record.base.index == base.index && record.base != base)) {
    image_.Restart(record.base);
    entries_.clear();
    restarted_ = true;
  }
  const LogIndex old_base = image_.base().index;
  image_.DropPrefix(record.base);
  const std::uint64_t dropped =
      std::min<std::uint64_t>(image_.base().index - old_base, entries_.size());
  entries_.erase(entries_.begin(),
                 entries_.begin() + static_cast<std::ptrdiff_t>(dropped));
  if (image_.size() == 0) entries_.clear();
  FillTo(record.last.index);
  TruncateTo(std::max(record.last.index, image_.base().index));
}

// Applies the truncations that happened inside a hole.
void LogReplay::CloseHole(const LogRecord& record) {
  if (!hole_) return;
  std::uint64_t expected = lineage_.truncations;
  if (record.kind == RecordKind::kTruncate) ++expected;
  if (record.lineage.truncations <= expected) return;
  // One truncation is known by what it kept. Of several, only the latest; an
  // earlier one may have reached deeper, to the base at worst.
  const bool one = record.lineage.truncations == expected + 1 &&
                   record.kind != RecordKind::kTruncate;
  const LogIndex base = image_.base().index;
  TruncateTo(one ? std::max(record.lineage.kept, base) : base);
}

void LogReplay::FillTo(LogIndex until) {
  image_.AppendDamaged(until, hole_ ? hole_verdict_ : SlotVerdict::kMissing);
  while (entries_.size() < image_.size()) {
    const LogIndex index = image_.base().index + (entries_.size() + 1);
    entries_.push_back({.term = image_.TermAt(index),
                        .index = index,
                        .kind = replication::EntryKind::kNoop,
                        .payload = {}});
  }
}

void LogReplay::TruncateTo(LogIndex after) {
  if (after >= image_.last().index) return;
  image_.TruncateSuffix(after);
  entries_.resize(image_.size());
}

void LogReplay::Finish() {
  // How many entries a hole at the very end held nobody can tell: at least the
  // next place is in doubt.
  if (hole_) FillTo(image_.last().index.next());
  hole_ = false;
  if (!WR_MUTANT(kLogTruncateAtCorrupt)) return;
  for (LogIndex i = image_.base().index.next(); image_.Holds(i); ++i) {
    if (image_.At(i).verdict != SlotVerdict::kOk) TruncateTo(i.prev());
  }
}

replication::RecoveredLog LogReplay::TakeLog() {
  WR_CHECK(entries_.size() == image_.size());
  replication::RecoveredLog log;
  log.base = image_.base();
  log.restarted = restarted_;
  log.entries.assign(std::make_move_iterator(entries_.begin()),
                     std::make_move_iterator(entries_.end()));
  entries_.clear();
  for (LogIndex i = log.base.index.next(); image_.Holds(i); ++i) {
    if (image_.At(i).verdict == SlotVerdict::kOk) continue;
    WR_MARK(kLogSlotDamaged);
    log.damaged.push_back(i);
  }
  return log;
}

}  // namespace wringer::log_store
