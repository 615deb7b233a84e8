// The primary's side: ordering writes, shipping the log, and the ack rule.
#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/primary_backup/primary_backup.h"
#include "engine/replication/quorum.h"

namespace wringer::replication::primary_backup {

using wire::OpKind;
using wire::WriteLevel;
using wire::WriteLevelKind;
using AckRule = PrimaryBackupOptions::Ack;
using AckedBy = PrimaryBackupOptions::AckedBy;
using Degrade = PrimaryBackupOptions::Degrade;
using Failover = PrimaryBackupOptions::Failover;
using Visible = PrimaryBackupOptions::Visible;

namespace {

constexpr std::size_t kMaxBatchEntries = 1024;

}  // namespace

void PrimaryBackup::OnSubmit(const Submit& submit, Ready& ready) {
  if (submit.request.command.kind == OpKind::kGet) {
    SubmitRead(submit, ready);
    return;
  }
  if (!leads()) {
    Refuse(submit.ticket, wire::Outcome::kNotLeader, ready);
    return;
  }
  const WriteLevel asked = submit.request.write_level;
  const auto& levels = capabilities_.write_levels;
  if (std::find(levels.begin(), levels.end(), asked.kind) == levels.end()) {
    Refuse(submit.ticket, wire::Outcome::kUnsupported, ready);
    return;
  }
  AppendEntry(EntryKind::kCommand, submit.payload, ready);
  writes_.push_back({submit.ticket, log_.last(), asked, now_.monotonic});
  if (writes_.size() == 1 && pb_.degrade != Degrade::kBlock) {
    Arm(kDegrade, pb_.degrade_after, ready);
  }
  ShipAll(ready);
}

void PrimaryBackup::AppendEntry(EntryKind kind, SharedBytes payload,
                                Ready& ready) {
  LogEntry entry{epoch(), log_.last().index.next(), kind, std::move(payload)};
  ready.append.push_back(entry);
  log_.Append(std::move(entry));
}

void PrimaryBackup::ShipAll(Ready& ready) {
  for (auto& [node, progress] : progress_) Ship(node, /*probe=*/false, ready);
}

void PrimaryBackup::Ship(NodeId to, bool probe, Ready& ready) {
  Progress& progress = progress_.at(to);
  if (progress.snapshotting) return;
  if (progress.next <= log_.base().index) {
    StartSnapshot(to, ready);
    return;
  }
  const ShipLimits limits{pb_.max_inflight, pb_.max_batch_bytes,
                          kMaxBatchEntries};
  progress.Ship(to, log_, limits, probe, ready, [&](LogIndex upto) {
    SendEntries(to, progress.next.prev(), upto, ready);
  });
}

void PrimaryBackup::SendEntries(NodeId to, LogIndex before, LogIndex upto,
                                Ready& ready) {
  Append head;
  head.prev = {log_.TermAt(before), before};
  head.safe = safe_;
  head.round = round_;
  replication::Send& send = ready.sends.emplace_back();
  send.to = to;
  send.promise.meta = meta_version_;
  EncodeAppend(epoch(), head, log_, upto, &send.body);
}

void PrimaryBackup::OnFetched(const Fetched& fetched, Ready& ready) {
  const auto it = progress_.find(fetched.peer);
  if (!leads() || it == progress_.end()) return;
  Progress& progress = it->second;
  const auto& entries = fetched.entries;
  if (!progress.OnFetched(log_, entries)) return;
  const LogIndex before = progress.next.prev();
  Message message{
      epoch(), Append{{log_.TermAt(before), before}, safe_, round_, entries}};
  progress.NoteSent(entries.back().index);
  Send(fetched.peer, message, {{}, meta_version_, {}}, ready);
  Ship(fetched.peer, /*probe=*/false, ready);
}

void PrimaryBackup::OnHeartbeat(Ready& ready) {
  for (auto& [node, progress] : progress_) {
    progress.OnHeartbeat(node, log_.last().index, pb_.max_batch_bytes, ready);
    Ship(node, /*probe=*/true, ready);
  }
  if (!proposed_in_sync_.empty()) ProposeInSync(proposed_in_sync_, ready);
  MaybeAdmit(ready);
  Arm(kHeartbeat, pb_.heartbeat, ready);
}

void PrimaryBackup::OnAck(NodeId from, const Ack& ack, Ready& ready) {
  const auto it = progress_.find(from);
  if (it == progress_.end()) return;
  // A position beyond the log is not an answer to anything this primary sent.
  if (std::max({ack.written, ack.durable, ack.applied}) > log_.last().index) {
    return;
  }
  Progress& progress = it->second;
  progress.written = std::max(progress.written, ack.written);
  progress.applied = std::max(progress.applied, ack.applied);
  progress.round = std::max(progress.round, ack.round);
  progress.OnAccepted(ack.written, ack.durable);
  Advance(ready);
  Ship(from, /*probe=*/false, ready);
}

void PrimaryBackup::OnReject(NodeId from, const Reject& reject, Ready& ready) {
  const auto it = progress_.find(from);
  if (it == progress_.end()) return;
  Progress& progress = it->second;
  if (reject.forgot) ForgetAcks(progress);
  const bool diverged = reject.at_base && !log_.Holds(reject.hint);
  if (reject.needs_snapshot || diverged) {
    progress.diverged |= diverged;
    ForgetAcks(progress);
    // An image that was refused: the next heartbeat begins with a new one.
    if (reject.rejected == LogIndex{0}) {
      progress.snapshot_at = {};
      progress.snapshot_offset = 0;
    }
    StartSnapshot(from, ready);
    return;
  }
  const bool lost = reject.rejected <= progress.match;
  if (!progress.OnRejected(reject.rejected, reject.hint, log_)) return;
  if (lost) ForgetAcks(progress);
  Ship(from, /*probe=*/true, ready);
}

void PrimaryBackup::ForgetAcks(Progress& progress) {
  progress.match = LogIndex{0};
  progress.written = LogIndex{0};
  progress.applied = LogIndex{0};
}

bool PrimaryBackup::AckRuleIsOff() const {
  return degraded_ || pb_.ack == AckRule::kAsync || view_.members.size() == 1;
}

LogIndex PrimaryBackup::AckedIndex(LogIndex Progress::* position) const {
  if (AckRuleIsOff()) return durable_;
  const LogIndex acked = AckedIn(view_.in_sync, position);
  if (proposed_in_sync_.empty()) return acked;
  return std::min(acked, AckedIn(proposed_in_sync_, position));
}

// What the ack rule lets through if `in_sync` is the set in force.
LogIndex PrimaryBackup::AckedIn(const std::vector<NodeId>& in_sync,
                                LogIndex Progress::* position) const {
  absl::InlinedVector<LogIndex, 8> acked;
  for (const auto& [node, progress] : progress_) {
    if (Contains(in_sync, node)) acked.push_back(progress.*position);
  }
  // Sync waits for every member in sync, but never for nobody: losing the
  // primary must not lose an acknowledged write. Shrinking to one is a choice.
  std::size_t needed = pb_.ack == AckRule::kSync
                           ? std::max<std::size_t>(acked.size(), 1)
                           : pb_.copies;
  if (pb_.degrade == Degrade::kShrink) needed = std::min(needed, acked.size());
  if (needed > acked.size()) return safe_;
  if (needed == 0) return durable_;
  std::sort(acked.begin(), acked.end(), std::greater<>());
  return std::min(durable_, acked[needed - 1]);
}

void PrimaryBackup::Advance(Ready& ready) {
  MaybeRestore();
  // Nothing beyond what is durable here can be safe. Nor what is not synced and
  // belongs to an epoch that is not kept yet: the next life would know neither,
  // and give the same (epoch, index) another content (rule 2).
  const bool kept = options_.durable_means == WriteLevelKind::kLocal ||
                    status_.kept_epoch == view_.epoch;
  if (safe_ < durable_ && kept) RaiseSafe(ready);
  ReleaseWrites(ready);
  ReleaseReads(ready);
}

void PrimaryBackup::RaiseSafe(Ready& ready) {
  const LogIndex acked = AckedIndex(AwaitedFor(safe_.next()));
  const bool early =
      pb_.visible == Visible::kBeforeAck || WR_MUTANT(kPbVisibleBeforeAck);
  const LogIndex target = early ? std::max(acked, durable_) : acked;
  const LogIndex before = safe_;
  // As in Raft (section 5.4.2), entries of former epochs settle with the first
  // one of this epoch, never by counting alone.
  if (target >= epoch_start_) SetSafe(target, ready);
  if (safe_ > before && pb_.acked_by == AckedBy::kApply) {
    for (auto& [node, progress] : progress_) Ship(node, /*probe=*/true, ready);
  }
}

void PrimaryBackup::MaybeRestore() {
  if (!degraded_) return;
  degraded_ = false;
  if (AckedIndex(&Progress::match) < durable_) {
    degraded_ = true;
    return;
  }
  WR_MARK(kPrimaryBackupRestored);
}

std::uint32_t PrimaryBackup::SyncedCopies(LogIndex index) const {
  std::uint32_t copies = durable_ >= index ? 1 : 0;
  for (const auto& [node, progress] : progress_) {
    if (progress.match >= index) ++copies;
  }
  return copies;
}

bool PrimaryBackup::AllSynced(LogIndex index) const {
  if (durable_ < index) return false;
  return std::all_of(progress_.begin(), progress_.end(), [&](const auto& p) {
    return !InSync(p.first) || p.second.match >= index;
  });
}

bool PrimaryBackup::DeliveredLevel(const PendingWrite& write,
                                   WriteLevel* out) const {
  const LogIndex index = write.at.index;
  const std::uint32_t copies = SyncedCopies(index);
  const std::size_t majority = view_.members.size() / 2 + 1;
  bool met = true;
  switch (write.asked.kind) {
    case WriteLevelKind::kCopies:
      met = copies >= write.asked.copies;
      break;
    case WriteLevelKind::kQuorum:
      met = copies >= majority;
      break;
    case WriteLevelKind::kAll:
      met = AllSynced(index);
      break;
    default:
      break;
  }
  *out = write.asked;
  if (met) return true;
  if (degraded_ && WR_MUTANT(kPbClaimsAskedLevel)) return true;
  // Degraded: say what was done, never what was asked for.
  *out = copies >= 2 ? WriteLevel{WriteLevelKind::kCopies, copies}
                     : WriteLevel{options_.durable_means, 0};
  return degraded_;
}

void PrimaryBackup::ReleaseWrites(Ready& ready) {
  if (writes_.empty() || writes_.front().at.index > safe_) return;
  LogIndex acked = AckedIndex(AwaitedFor(safe_.next()));
  if (pb_.acked_by == AckedBy::kApply) {
    acked = std::min(acked, AckedIndex(&Progress::applied));
  }
  acked = std::min(acked, safe_);
  // Usually the front goes; a write that asked for more than the rule stays
  // behind while later ones pass it.
  absl::InlinedVector<PendingWrite, 4> waiting;
  while (!writes_.empty() && writes_.front().at.index <= acked) {
    const PendingWrite write = writes_.front();
    writes_.pop_front();
    WriteLevel delivered;
    if (DeliveredLevel(write, &delivered)) {
      ready.after_apply.push_back(
          {write.ticket, write.at, delivered, {write.at, {}, {}}});
    } else {
      waiting.push_back(write);
    }
  }
  writes_.insert(writes_.begin(), waiting.begin(), waiting.end());
}

void PrimaryBackup::OnDegradeTimer(Ready& ready) {
  if (writes_.empty()) return;
  const Nanos waited = now_.monotonic - writes_.front().since;
  if (waited < pb_.degrade_after) {
    Arm(kDegrade, pb_.degrade_after - waited, ready);
    return;
  }
  StopWaiting(writes_.front().at.index, ready);
  if (!writes_.empty()) Arm(kDegrade, pb_.degrade_after, ready);
}

// No write need wait for reads to: those of a new epoch wait for its opening.
void PrimaryBackup::MaybeOpenAlone(Ready& ready) {
  if (pb_.degrade == Degrade::kBlock || AckRuleIsOff()) return;
  if (safe_ >= epoch_start_) return;
  if (now_.monotonic - epoch_began_ < pb_.degrade_after) return;
  StopWaiting(epoch_start_, ready);
}

// What a backup must have done before `index` goes on. Nobody executes an entry
// before it is safe, so that is asked only afterwards.
auto PrimaryBackup::AwaitedFor(LogIndex index) const -> LogIndex Progress::* {
  if (index <= safe_ && pb_.acked_by == AckedBy::kApply) {
    return &Progress::applied;
  }
  return pb_.acked_by == AckedBy::kWrite ? &Progress::written
                                         : &Progress::match;
}

void PrimaryBackup::StopWaiting(LogIndex index, Ready& ready) {
  if (pb_.degrade == Degrade::kAsync && !degraded_) {
    WR_MARK(kPrimaryBackupDegraded);
    degraded_ = true;
    Advance(ready);
  }
  if (pb_.degrade == Degrade::kShrink && proposed_in_sync_.empty()) {
    std::vector<NodeId> kept = {options_.self};
    for (const auto& [node, progress] : progress_) {
      if (InSync(node) && progress.*AwaitedFor(index) >= index) {
        kept.push_back(node);
      }
    }
    std::sort(kept.begin(), kept.end());
    if (kept.size() < view_.in_sync.size()) ProposeInSync(kept, ready);
  }
}

void PrimaryBackup::MaybeAdmit(Ready& ready) {
  if (pb_.failover != Failover::kFenced || !proposed_in_sync_.empty()) return;
  // A new primary does not know yet how far its predecessor had settled: all it
  // has from before its epoch may be acknowledged. Kafka asks for the same two
  // (Partition.isFollowerInSync: high watermark and epoch start).
  const LogIndex enough = std::max(safe_, epoch_start_);
  std::vector<NodeId> in_sync = view_.in_sync;
  for (const auto& [node, progress] : progress_) {
    if (InSync(node) || progress.snapshotting) continue;
    if (progress.match >= enough) in_sync.push_back(node);
  }
  if (in_sync.size() == view_.in_sync.size()) return;
  std::sort(in_sync.begin(), in_sync.end());
  ProposeInSync(std::move(in_sync), ready);
}

void PrimaryBackup::ProposeInSync(std::vector<NodeId> in_sync, Ready& ready) {
  if (pb_.failover != Failover::kFenced) return;
  proposed_in_sync_ = std::move(in_sync);
  ClusterView next = view_;
  next.in_sync = proposed_in_sync_;
  ready.propose_config = ConfigPropose{view_.epoch, std::move(next)};
}

}  // namespace wringer::replication::primary_backup
