// Reads. A strong read asks every in-sync backup, after it was submitted,
// whether it still serves this epoch: whoever leads a newer one is among them
// and would say no. So no clock is needed, and one dead backup stalls strong
// reads until the configuration changes: the price of this model.
#include <algorithm>

#include "engine/base/check.h"
#include "engine/replication/primary_backup/primary_backup.h"

namespace wringer::replication::primary_backup {

using wire::ReadLevelKind;

void PrimaryBackup::SubmitRead(const Submit& submit, Ready& ready) {
  const wire::ReadLevel level = submit.request.read_level;
  switch (level.kind) {
    case ReadLevelKind::kLocal:
      ready.reads.push_back({submit.ticket, LogIndex{0}, level, false});
      return;
    case ReadLevelKind::kSession:
      ready.reads.push_back(
          {submit.ticket, submit.request.token.index, level, false});
      return;
    case ReadLevelKind::kLeader:
    case ReadLevelKind::kStrong:
      break;
    default:
      Refuse(submit.ticket, wire::Outcome::kUnsupported, ready);
      return;
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
  reads_.push_back({submit.ticket, std::max(safe_, epoch_start_), round_ + 1});
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
  const std::uint64_t answered = AnsweredRound();
  while (!reads_.empty() && reads_.front().round <= answered) {
    const PendingRead& read = reads_.front();
    ready.reads.push_back(
        {read.ticket, read.at_least, {ReadLevelKind::kStrong, 0}, false});
    reads_.pop_front();
  }
  if (!reads_.empty() && answered >= round_) StartRound(ready);
}

}  // namespace wringer::replication::primary_backup
