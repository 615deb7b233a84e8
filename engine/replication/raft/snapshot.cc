// Replica snapshots: bringing up a member whose next entry is gone from the
// log. Chunked, acknowledged chunk by chunk; the new image replaces the old
// one, never merges with it.
#include <algorithm>
#include <utility>

#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

void Raft::StartSnapshot(NodeId to, Ready& ready) {
  Progress& progress = progress_.at(to);
  if (progress.snapshotting) return;
  WR_MARK(kRaftSnapshotSent);
  progress.BeginSnapshot(to, raft_.snapshot_chunk_bytes, ready);
}

void Raft::OnSnapshotPart(const SnapshotPart& part, Ready& ready) {
  const auto it = progress_.find(part.peer);
  if (!leads() || it == progress_.end() || !it->second.snapshotting) return;
  Progress& progress = it->second;
  if (part.offset == 0) progress.snapshot_at = part.at;
  // What the membership was then is known no more, only what it was later.
  const bool too_old = part.at.index < members_.changes().begin()->first;
  if (part.at != progress.snapshot_at || too_old) {
    // Too old, or no longer held: begin again with a new image.
    progress.snapshotting = false;
    StartSnapshot(part.peer, ready);
    return;
  }
  SnapshotChunk chunk;
  chunk.at = part.at;
  EncodeMembership(members_.At(part.at.index), &chunk.membership);
  chunk.offset = part.offset;
  chunk.last = part.last;
  chunk.bytes = part.bytes;
  Send(part.peer, {term_, std::move(chunk)}, MetaPromise(), ready);
}

void Raft::OnSnapshotReply(NodeId from, const SnapshotReply& reply,
                           Ready& ready) {
  const auto it = progress_.find(from);
  if (it == progress_.end()) return;
  Progress& progress = it->second;
  progress.heard = true;
  if (!progress.snapshotting || reply.at != progress.snapshot_at) return;
  if (!reply.installed) {
    progress.ContinueSnapshot(from, reply.next_offset,
                              raft_.snapshot_chunk_bytes, ready);
    return;
  }
  progress.EndSnapshot(std::min(reply.at.index, log_.last().index));
  Ship(from, /*probe=*/true, ready);
}

// Never replace newer state by older. And where the log holds the snapshot's
// last entry, what follows it stays (section 7: "retain log entries following
// it"): it may have been promised. Such a snapshot only tells what is
// committed.
bool Raft::AlreadyHolds(LogPosition at, Ready& ready) {
  if (WR_MUTANT(kSnapshotOlderInstalls)) return false;
  if (WR_MUTANT(kInstallsOlderSnapshot)) return false;
  if (at.index <= commit_) return true;
  if (!log_.Holds(at) || WR_MUTANT(kSnapshotCutsLog)) return false;
  WR_MARK(kRaftSnapshotHeld);
  installing_ = {};
  agreed_ = std::max(agreed_, at.index);
  leader_commit_ = std::max(leader_commit_, at.index);
  AdvanceFollower(ready);
  return true;
}

void Raft::OnSnapshotChunk(NodeId from, const SnapshotChunk& chunk,
                           Ready& ready) {
  if (leads() || cut_after_) return;
  if (status_.role == Role::kCandidate || status_.leader == kNoNode) {
    BecomeFollower(term_, from, ready);
  }
  if (status_.leader != from) return;
  heard_leader_at_ = now_.monotonic;
  ArmElection(ready);
  if (install_pending_) return;
  Membership membership;
  if (!DecodeMembership(chunk.membership, &membership).ok()) return;
  if (AlreadyHolds(chunk.at, ready)) {
    Send(from, {term_, SnapshotReply{chunk.at, 0, true}}, MetaPromise(), ready);
    return;
  }
  if (chunk.offset == 0) {
    installing_ = chunk.at;
    install_offset_ = 0;
  }
  const bool next = installing_ == chunk.at && chunk.offset == install_offset_;
  if (next) {
    install_offset_ += chunk.bytes.size();
    ready.snapshot_writes.push_back(
        {chunk.at, chunk.offset, chunk.bytes, chunk.last, /*diverged=*/false});
  }
  if (next && chunk.last) {
    // The membership as of the snapshot is durable before the log that implied
    // another one is dropped.
    install_pending_ = true;
    install_members_ = std::move(membership);
    PersistMeta(ready);
    return;
  }
  Send(from, {term_, SnapshotReply{chunk.at, install_offset_, false}},
       MetaPromise(), ready);
}

void Raft::OnInstalled(const SnapshotInstalled& installed, Ready& ready) {
  if (!install_pending_) return;
  install_pending_ = false;
  const LogPosition at = installing_;
  installing_ = {};
  install_offset_ = 0;
  if (!installed.ok || installed.at != at) return;
  WR_MARK(kRaftSnapshotInstalled);
  RecoveredLog empty;
  empty.base = at;
  log_.Reset(empty);
  members_.Reset(at.index, install_members_);
  durable_ = at.index;
  applied_ = at.index;
  commit_ = std::max(commit_, at.index);
  agreed_ = at.index;
  PersistMeta(ready);
  OnMembershipChanged(ready);
  if (status_.leader == kNoNode || leads()) return;
  Send(status_.leader, {term_, SnapshotReply{at, 0, true}}, MetaPromise(),
       ready);
}

}  // namespace wringer::replication::raft
