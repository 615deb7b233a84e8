// The backup's side: agreeing with the primary's log, and acknowledging it.
#include <algorithm>

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
  patience_ = 0;
  if (pb_.failover == Failover::kUnfenced) {
    ArmSilence(pb_.failover_after, ready);
  }
  if (install_pending_) return;
  if (!Agrees(from, append, ready) || !Accept(from, append, ready)) return;

  const LogIndex end = append.prev.index + append.entries.size();
  agreed_ = std::max(agreed_, end);
  matched_ = std::max(matched_, end);
  primary_safe_ = std::max(primary_safe_, append.safe);
  AdvanceBackup(ready);
  const bool new_round = append.round > round_seen_;
  round_seen_ = std::max(round_seen_, append.round);
  // A read round and a written-level ack wait for no disk.
  const bool at_once =
      append.entries.empty() || new_round || pb_.acked_by == AckedBy::kWrite;
  if (at_once) {
    Acknowledge(from, std::min(durable_, agreed_), {{}, meta_version_, {}},
                ready);
  }
  if (!append.entries.empty()) {
    Acknowledge(from, end, {{log_.TermAt(end), end}, meta_version_, {}}, ready);
  }
}

bool PrimaryBackup::Agrees(NodeId from, const Append& append, Ready& ready) {
  const LogPosition prev = append.prev;
  if (prev.index > log_.last().index) {
    RejectAppend(from, log_.LastAtOrBelow(prev.term, log_.last().index), false,
                 ready);
    return false;
  }
  // Below the base everything is settled and executed.
  if (prev.index < log_.base().index || log_.Holds(prev)) return true;
  if (WR_MUTANT(kPbRejoinWithoutEpochCheck)) return true;
  const bool executed = prev.index <= std::max(safe_, applied_);
  RejectAppend(from, log_.LastAtOrBelow(prev.term, prev.index), executed,
               ready);
  return false;
}

bool PrimaryBackup::Accept(NodeId from, const Append& append, Ready& ready) {
  for (const LogEntry& entry : append.entries) {
    if (entry.index <= log_.base().index) continue;
    if (entry.index <= log_.last().index) {
      // A late or repeated message must not cut what later ones added.
      if (log_.TermAt(entry.index) == entry.term) continue;
      if (entry.index <= std::max(safe_, applied_)) {
        RejectAppend(from, log_.base(), true, ready);
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
  }
}

void PrimaryBackup::Acknowledge(NodeId to, LogIndex durable, Promise promise,
                                Ready& ready) {
  Ack ack;
  ack.written = agreed_;
  ack.durable = durable;
  ack.applied = std::min(applied_, agreed_);
  ack.round = round_seen_;
  Send(to, {epoch(), ack}, promise, ready);
}

void PrimaryBackup::RejectAppend(NodeId to, LogPosition hint, bool snapshot,
                                 Ready& ready) {
  if (snapshot) {
    WR_MARK(kPrimaryBackupDiverged);
    wants_snapshot_ = true;
  }
  Send(to, {epoch(), Reject{hint, snapshot, forgot_}}, {{}, meta_version_, {}},
       ready);
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
  if (leads() || latched_ || install_pending_) return;
  if (view_.primary == kNoNode) view_.primary = from;
  if (view_.primary != from) return;
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
    ready.snapshot_writes.push_back(
        {chunk.at, chunk.offset, chunk.bytes, chunk.last});
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
      RejectAppend(view_.primary, log_.base(), true, ready);
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
  agreed_ = installed.at.index;
  matched_ = installed.at.index;
  primary_safe_ = std::max(primary_safe_, safe_);
  wants_snapshot_ = false;
  if (leads() || view_.primary == kNoNode) return;
  forgot_ = false;
  Send(view_.primary, {epoch(), SnapshotAck{installed.at, 0, true}},
       {{}, meta_version_, {}}, ready);
}

}  // namespace wringer::replication::primary_backup
