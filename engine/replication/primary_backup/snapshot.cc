// Rebuilding a backup from the primary's state, one part at a time.
#include <algorithm>
#include <utility>

#include "engine/base/marks.h"
#include "engine/replication/primary_backup/primary_backup.h"

namespace wringer::replication::primary_backup {

void PrimaryBackup::StartSnapshot(NodeId to, Ready& ready) {
  Progress& progress = progress_.at(to);
  if (progress.snapshotting) return;
  WR_MARK(kPrimaryBackupSnapshot);
  progress.BeginSnapshot(to, pb_.max_batch_bytes, ready);
}

void PrimaryBackup::OnSnapshotPart(const SnapshotPart& part, Ready& ready) {
  const auto it = progress_.find(part.peer);
  if (!leads() || it == progress_.end() || !it->second.snapshotting) return;
  Progress& progress = it->second;
  if (part.offset == 0) progress.snapshot_at = part.at;
  if (part.at != progress.snapshot_at) {
    // The image is no longer held: begin again with a new one.
    progress.snapshotting = false;
    StartSnapshot(part.peer, ready);
    return;
  }
  Send(part.peer,
       {epoch(), SnapshotChunk{part.at, part.offset, part.last,
                               progress.diverged, part.bytes}},
       {{}, meta_version_, {}}, ready);
}

void PrimaryBackup::OnSnapshotAck(NodeId from, const SnapshotAck& ack,
                                  Ready& ready) {
  const auto it = progress_.find(from);
  if (it == progress_.end()) return;
  Progress& progress = it->second;
  if (!progress.snapshotting || ack.at != progress.snapshot_at) return;
  if (!ack.installed) {
    progress.ContinueSnapshot(from, ack.next_offset, pb_.max_batch_bytes,
                              ready);
    return;
  }
  progress.diverged = false;
  // It may have acknowledged more than the snapshot held, before or since.
  progress.EndSnapshot(std::min(ack.at.index, log_.last().index));
  Ship(from, /*probe=*/true, ready);
}

}  // namespace wringer::replication::primary_backup
