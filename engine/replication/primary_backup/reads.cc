// Reads. A strong read asks every in-sync backup, after it was submitted,
// whether it still serves this epoch: whoever leads a newer one is among them
// and would say no. So no clock is needed, and one dead backup stalls strong
// reads until the configuration changes: the price of this model.
//
// A lease read pays with clocks instead: the config service has said that it
// appoints nobody else until the lease is over, so no question is asked.
#include <algorithm>

#include "engine/base/marks.h"
#include "engine/replication/primary_backup/primary_backup.h"

namespace wringer::replication::primary_backup {

using wire::ReadLevelKind;

void PrimaryBackup::SubmitRead(const Submit& submit, Ready& ready) {
  const wire::ReadLevel level = submit.request.read_level;
  const auto& levels = capabilities_.read_levels;
  if (std::find(levels.begin(), levels.end(), level.kind) == levels.end()) {
    Refuse(submit.ticket, wire::Outcome::kUnsupported, ready);
    return;
  }
  switch (level.kind) {
    case ReadLevelKind::kLocal:
      ready.reads.push_back({submit.ticket, LogIndex{0}, level, false});
      return;
    case ReadLevelKind::kSession:
      ready.reads.push_back(
          {submit.ticket, submit.request.token.index, level, false});
      return;
    case ReadLevelKind::kBounded:
      if (leads()) break;
      SubmitBounded(submit.ticket, level, ready);
      return;
    default:
      break;
  }
  if (!leads()) {
    Refuse(submit.ticket, wire::Outcome::kNotLeader, ready);
    return;
  }
  if (level.kind == ReadLevelKind::kLeader) {
    ready.reads.push_back(
        {submit.ticket, std::max(safe_, epoch_start_), level, false});
    return;
  }
  const LogIndex at_least = std::max(safe_, epoch_start_);
  if (level.kind == ReadLevelKind::kLease && LeaseHolds()) {
    WR_MARK(kPrimaryBackupLeaseRead);
    ready.reads.push_back({submit.ticket, at_least, level, true});
    return;
  }
  // No lease: prove it by a round.
  reads_.push_back({submit.ticket, at_least, round_ + 1});
  // One round at a time: reads that arrive meanwhile share the next one.
  if (AnsweredRound() >= round_) StartRound(ready);
}

void PrimaryBackup::StartRound(Ready& ready) {
  ++round_;
  for (auto& [node, progress] : progress_) {
    if (InSync(node)) Ship(node, /*probe=*/true, ready);
  }
  ReleaseReads(ready);
}

std::uint64_t PrimaryBackup::AnsweredRound() const {
  std::uint64_t answered = round_;
  for (const auto& [node, progress] : progress_) {
    if (InSync(node)) answered = std::min(answered, progress.round);
  }
  return answered;
}

void PrimaryBackup::ReleaseReads(Ready& ready) {
  if (reads_.empty()) return;
  const std::uint64_t answered = AnsweredRound();
  while (!reads_.empty() && reads_.front().round <= answered) {
    const PendingRead& read = reads_.front();
    if (read.ticket == Ticket{0}) {
      AnswerFresh(read.backup, read.id, read.at_least, ready);
    } else {
      ready.reads.push_back(
          {read.ticket, read.at_least, {ReadLevelKind::kStrong, 0}, false});
    }
    reads_.pop_front();
  }
  if (!reads_.empty() && answered >= round_) StartRound(ready);
}

bool PrimaryBackup::LeaseHolds() const {
  if (!leads()) return false;
  if (WR_MUTANT(kLeaseNotRechecked)) return lease_until_ > 0;
  const Nanos now = WR_MUTANT(kLeaseOnWallClock) ? now_.wall : now_.monotonic;
  return now < lease_until_;
}

void PrimaryBackup::OnReadDone(const ReadDone& done, Ready& ready) {
  // The pause that no check can see is the one between check and read: so the
  // lease is asked again after reading.
  ReadVerdict verdict{done.ticket, LeaseHolds(), view_.primary};
  if (!verdict.ok) WR_MARK(kPrimaryBackupLeaseLost);
  if (verdict.hint == options_.self) verdict.hint = kNoNode;
  ready.verdicts.push_back(verdict);
}

}  // namespace wringer::replication::primary_backup
