// The backup's side: agreeing with the primary's log, and acknowledging it.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/primary_backup/primary_backup.h"

namespace wringer::replication::primary_backup {

using AckedBy = PrimaryBackupOptions::AckedBy;
using Failover = PrimaryBackupOptions::Failover;

void PrimaryBackup::OnAppend(NodeId from, const Append& append, Ready& ready) {
  if (leads() || latched_) return;
  if (view_.primary == kNoNode) view_.primary = from;
  // One primary an epoch: anyone else claiming it is not to be believed.
  if (view_.primary != from) return;
  HearPrimary(ready);
  if (install_pending_) return;
  if (!Agrees(from, append, ready) || !Accept(from, append, ready)) return;

  const LogIndex end = append.prev.index + append.entries.size();
  agreed_ = std::max(agreed_, end);
  if (agreed_ >= std::max(safe_, applied_)) wants_snapshot_ = false;
  primary_safe_ = std::max(primary_safe_, append.safe);
  AdvanceBackup(ready);
  const bool new_round = append.round > round_seen_;
  round_seen_ = std::max(round_seen_, append.round);
  const LogIndex held = std::min(durable_, agreed_);
  Promise promise;
  promise.meta = meta_version_;
  // A read round waits for no disk.
  if (append.entries.empty() || new_round) {
    Acknowledge(from, held, held, promise, ready);
  }
  if (append.entries.empty()) return;
  const LogPosition at{log_.TermAt(end), end};
  if (pb_.acked_by == AckedBy::kWrite) {
    promise.written = at;
    Acknowledge(from, end, held, promise, ready);
    promise.written = {};
  }
  promise.log = at;
  Acknowledge(from, end, end, promise, ready);
}

void PrimaryBackup::HearPrimary(Ready& ready) {
  patience_ = 0;
  if (pb_.failover == Failover::kUnfenced) {
    ArmSilence(pb_.failover_after, ready);
  }
}

bool PrimaryBackup::Agrees(NodeId from, const Append& append, Ready& ready) {
  const LogPosition prev = append.prev;
  if (log_.Holds(prev)) return true;
  if (prev.index <= log_.last().index &&
      WR_MUTANT(kPbRejoinWithoutEpochCheck)) {
    return true;
  }
  Reject reject;
  reject.rejected = prev.index;
  if (prev.index < log_.base().index) {
    if (AgreesAtBase(append)) return true;
    reject.hint = log_.base();
    reject.at_base = true;
  } else {
    const bool beyond = prev.index > log_.last().index;
    reject.hint =
        log_.LastAtOrBelow(prev.term, beyond ? log_.last().index : prev.index);
    reject.needs_snapshot = !beyond && prev.index <= std::max(safe_, applied_);
  }
  SendReject(from, reject, ready);
  return false;
}

// What this backup has executed and dropped may be what its primary never had:
// only agreement in this epoch, or the entry at the base, proves otherwise.
bool PrimaryBackup::AgreesAtBase(const Append& append) const {
  const LogPosition base = log_.base();
  if (agreed_ >= base.index) return true;
  for (const LogEntry& entry : append.entries) {
    if (entry.index == base.index) return entry.term == base.term;
  }
  return false;
}

bool PrimaryBackup::Accept(NodeId from, const Append& append, Ready& ready) {
  for (const LogEntry& entry : append.entries) {
    if (entry.index <= log_.base().index) continue;
    if (entry.index <= log_.last().index) {
      // A late or repeated message must not cut what later ones added.
      if (log_.TermAt(entry.index) == entry.term) continue;
      if (entry.index <= std::max(safe_, applied_)) {
        SendReject(from, AskForSnapshot(append.prev.index), ready);
        return false;
      }
      WR_MARK(kPrimaryBackupTruncates);
      log_.TruncateAfter(entry.index.prev());
      durable_ = std::min(durable_, entry.index.prev());
      // Nothing of this step's own entries is cut: truncation comes first.
      WR_CHECK(ready.append.empty());
      ready.truncate_after = entry.index.prev();
    }
    if (entry.term < log_.last().term) return false;  // not an honest log
    ready.append.push_back(entry);
    log_.Append(entry);
  }
  return true;
}

void PrimaryBackup::AdvanceBackup(Ready& ready) {
  if (leads()) return;
  const LogIndex settled = std::min({primary_safe_, agreed_, durable_});
  SetSafe(settled, ready);
  ReleaseBounded(ready);
  if (forgot_ && settled >= primary_safe_ && settled.value() > 0 &&
      view_.primary != kNoNode && view_.primary != options_.self) {
    WR_MARK(kPrimaryBackupRebuilt);
    forgot_ = false;
    PersistView(ready);
  }
}

void PrimaryBackup::Acknowledge(NodeId to, LogIndex written, LogIndex durable,
                                Promise promise, Ready& ready) {
  Ack ack;
  ack.written = written;
  ack.durable = durable;
  ack.applied = std::min(applied_, agreed_);
  ack.round = round_seen_;
  Send(to, {epoch(), ack}, promise, ready);
}

Reject PrimaryBackup::AskForSnapshot(LogIndex rejected) const {
  Reject reject;
  reject.rejected = rejected;
  reject.hint = log_.base();
  reject.needs_snapshot = true;
  return reject;
}

void PrimaryBackup::SendReject(NodeId to, Reject reject, Ready& ready) {
  if (reject.needs_snapshot) WR_MARK(kPrimaryBackupDiverged);
  wants_snapshot_ |= reject.needs_snapshot;
  reject.forgot = forgot_;
  Send(to, {epoch(), reject}, {{}, meta_version_, {}}, ready);
}

// Never replace newer state by older, nor a log that holds the snapshot's last
// entry: what follows it may have been acknowledged. Unless this very state is
// the problem.
bool PrimaryBackup::AlreadyHolds(LogPosition at) {
  if (wants_snapshot_) return false;
  if (at.index <= safe_) return true;
  if (!log_.Holds(at)) return false;
  WR_MARK(kPrimaryBackupSnapshotHeld);
  installing_ = {};
  agreed_ = std::max(agreed_, at.index);
  return true;
}

void PrimaryBackup::OnSnapshotChunk(NodeId from, const SnapshotChunk& chunk,
                                    Ready& ready) {
  if (leads() || latched_) return;
  if (view_.primary == kNoNode) view_.primary = from;
  if (view_.primary != from) return;
  HearPrimary(ready);
  if (install_pending_) return;
  // Not if it has caught up since: the message is late.
  const bool agrees = agreed_ >= std::max(safe_, applied_);
  if (chunk.diverged && !agrees) wants_snapshot_ = true;
  if (AlreadyHolds(chunk.at)) {
    Send(from, {epoch(), SnapshotAck{chunk.at, 0, true}},
         {{}, meta_version_, {}}, ready);
    return;
  }
  if (chunk.offset == 0) {
    installing_ = chunk.at;
    install_offset_ = 0;
  }
  const bool next = installing_ == chunk.at && chunk.offset == install_offset_;
  if (next) {
    install_offset_ += chunk.bytes.size();
    install_pending_ = chunk.last;
    install_epoch_ = view_.epoch;
    ready.snapshot_writes.push_back(
        {chunk.at, chunk.offset, chunk.bytes, chunk.last, wants_snapshot_});
  }
  if (!install_pending_) {
    Send(from, {epoch(), SnapshotAck{chunk.at, install_offset_, false}},
         {{}, meta_version_, {}}, ready);
  }
}

void PrimaryBackup::OnInstalled(const SnapshotInstalled& installed,
                                Ready& ready) {
  install_pending_ = false;
  installing_ = {};
  install_offset_ = 0;
  if (!installed.ok) {
    // Too old, or damaged on the way: ask for a newer one.
    if (!leads() && view_.primary != kNoNode && wants_snapshot_) {
      SendReject(view_.primary, AskForSnapshot(LogIndex{0}), ready);
    }
    return;
  }
  // The driver has replaced the engine's contents and emptied the log.
  RecoveredLog empty;
  empty.base = installed.at;
  log_.Reset(empty);
  durable_ = installed.at.index;
  applied_ = installed.at.index;
  safe_ = installed.at.index;
  // It was the state of the primary of that epoch.
  const bool current = install_epoch_ == view_.epoch;
  agreed_ = current ? installed.at.index : LogIndex{0};
  primary_safe_ = std::max(primary_safe_, safe_);
  wants_snapshot_ = false;
  if (leads() || view_.primary == kNoNode || !current) return;
  if (std::exchange(forgot_, false)) PersistView(ready);
  Send(view_.primary, {epoch(), SnapshotAck{installed.at, 0, true}},
       {{}, meta_version_, {}}, ready);
}

}  // namespace wringer::replication::primary_backup
