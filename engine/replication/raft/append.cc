// The leader's side of replication: appending, shipping, committing.
#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

using wire::OpKind;
using wire::Outcome;
using wire::WriteLevel;
using wire::WriteLevelKind;

void Raft::OnSubmit(const Submit& submit, Ready& ready) {
  if (submit.request.command.kind == OpKind::kGet) {
    SubmitRead(submit, ready);
    return;
  }
  if (!leads() || transfer_to_ != kNoNode) {
    Refuse(submit.ticket, Outcome::kNotLeader, ready);
    return;
  }
  const WriteLevel asked = submit.request.write_level;
  const auto& levels = capabilities_.write_levels;
  if (std::find(levels.begin(), levels.end(), asked.kind) == levels.end()) {
    Refuse(submit.ticket, Outcome::kUnsupported, ready);
    return;
  }
  AppendEntry(EntryKind::kCommand, submit.payload, ready);
  writes_.push_back({submit.ticket, log_.last(), asked});
  ShipAll(ready);
}

void Raft::AppendEntry(EntryKind kind, SharedBytes payload, Ready& ready) {
  LogEntry entry{term_, log_.last().index.next(), kind, std::move(payload)};
  ready.append.push_back(entry);
  log_.Append(std::move(entry));
}

void Raft::ShipAll(Ready& ready) {
  for (auto& [node, progress] : progress_) Ship(node, /*probe=*/false, ready);
}

void Raft::Ship(NodeId to, bool probe, Ready& ready) {
  Progress& progress = progress_.at(to);
  if (progress.snapshotting) return;
  if (progress.next <= log_.base().index) {
    StartSnapshot(to, ready);
    return;
  }
  const ShipLimits limits{raft_.max_inflight, raft_.max_batch_bytes,
                          raft_.max_batch_entries};
  progress.Ship(to, log_, limits, probe, ready, [&](LogIndex upto) {
    SendEntries(to, progress.next.prev(), upto, ready);
  });
}

void Raft::SendEntries(NodeId to, LogIndex before, LogIndex upto,
                       Ready& ready) {
  Append head;
  head.prev = {log_.TermAt(before), before};
  head.commit = commit_;
  head.round = round_;
  // Leaders may ship what is not yet durable here (dissertation, 10.2.1), but
  // not in a term that is not.
  replication::Send& send = ready.sends.emplace_back();
  send.to = to;
  send.promise = MetaPromise();
  EncodeAppend(term_, head, log_, upto, &send.body);
}

void Raft::OnFetched(const Fetched& fetched, Ready& ready) {
  const auto it = progress_.find(fetched.peer);
  if (!leads() || it == progress_.end()) return;
  Progress& progress = it->second;
  const auto& entries = fetched.entries;
  if (!progress.OnFetched(log_, entries)) return;
  const LogIndex before = progress.next.prev();
  Append append{{log_.TermAt(before), before}, commit_, round_, entries};
  progress.NoteSent(entries.back().index);
  Send(fetched.peer, {term_, std::move(append)}, MetaPromise(), ready);
  Ship(fetched.peer, /*probe=*/false, ready);
}

void Raft::OnHeartbeat(Ready& ready) {
  ++round_;
  round_sent_at_[round_] = now_.monotonic;
  for (auto& [node, progress] : progress_) {
    progress.OnHeartbeat(node, log_.last().index, raft_.snapshot_chunk_bytes,
                         ready);
    Ship(node, /*probe=*/true, ready);
  }
  HealMembership(ready);
  ReleaseReads(ready);
  Arm(kHeartbeat, raft_.heartbeat, ready);
}

void Raft::OnAppendReply(NodeId from, const AppendReply& reply, Ready& ready) {
  const auto it = progress_.find(from);
  if (it == progress_.end()) return;
  Progress& progress = it->second;
  progress.heard = true;
  if (reply.forgot != 0 && reply.forgot != progress.forgot_life) {
    // A new life without a memory: what it acknowledged before is void.
    progress.match = LogIndex{0};
    progress.probing = true;
  }
  progress.forgot = reply.forgot != 0;
  progress.forgot_life = reply.forgot;
  // Rule 7: the answers of a node that forgot its promises decide nothing.
  if (!progress.forgot) progress.round = std::max(progress.round, reply.round);
  if (progress.forgot) HealMembership(ready);
  if (!leads()) return;
  if (!reply.ok) {
    if (progress.OnRejected(reply.rejected, reply.hint, log_)) {
      Ship(from, /*probe=*/true, ready);
    }
    return;
  }
  // Beyond our log: not an answer to anything this leader sent.
  if (reply.match > log_.last().index) return;
  progress.OnAccepted(reply.match, reply.match);
  AdvanceCommit(ready);
  if (!leads()) return;
  ReleaseReads(ready);
  ContinueTransfer(ready);
  if (progress_.contains(from)) Ship(from, /*probe=*/false, ready);
}

LogIndex Raft::MatchOf(NodeId node) const {
  if (node == options_.self) {
    return WR_MUTANT(kRaftCountsItselfEarly) ? log_.last().index : durable_;
  }
  const auto it = progress_.find(node);
  if (it == progress_.end() || it->second.forgot) return LogIndex{0};
  return it->second.match;
}

void Raft::AdvanceCommit(Ready& ready) {
  const LogIndex agreed = AgreedIndex();
  if (agreed > commit_) {
    // Only entries of the current term commit by counting; older ones commit
    // with them (section 5.4.2, Figure 8).
    if (log_.TermAt(agreed) == term_ || WR_MUTANT(kRaftCommitsOldTerm)) {
      SetCommit(agreed, ready);
      AfterCommit(ready);
    }
  }
  if (leads()) ReleaseWrites(ready);
}

LogIndex Raft::AgreedIndex() const {
  // Nobody agrees beyond the log.
  if (commit_ == log_.last().index) return commit_;
  const auto match = [this](NodeId node) { return MatchOf(node); };
  if (voters().joint() && WR_MUTANT(kRaftJointCountsUnion)) {
    const VoterSets all{members_.current().All(), {}};
    return QuorumValue<LogIndex>(all, match);
  }
  return QuorumValue<LogIndex>(voters(), match);
}

void Raft::SetCommit(LogIndex commit, Ready& ready) {
  if (commit <= commit_) return;
  WR_CHECK(commit <= log_.last().index);
  commit_ = commit;
  ready.commit = commit;
}

bool Raft::CommittedInTerm() const { return leads() && commit_ >= term_start_; }

bool Raft::Delivered(const PendingWrite& write, WriteLevel* out) const {
  *out = {WriteLevelKind::kQuorum, 0};
  if (options_.durable_means != WriteLevelKind::kLocal) {
    *out = {options_.durable_means, 0};
    return true;
  }
  if (write.asked.kind == WriteLevelKind::kAll) {
    *out = write.asked;
    const std::vector<NodeId> all = members_.current().All();
    return std::all_of(all.begin(), all.end(), [&](NodeId node) {
      return !voters().Includes(node) || MatchOf(node) >= write.at.index;
    });
  }
  if (write.asked.kind == WriteLevelKind::kCopies) {
    *out = write.asked;
    std::uint32_t copies = durable_ >= write.at.index ? 1 : 0;
    for (const auto& [node, progress] : progress_) {
      if (progress.match >= write.at.index) ++copies;
    }
    return copies >= write.asked.copies;
  }
  return true;
}

void Raft::ReleaseWrites(Ready& ready) {
  // Usually the front goes; a write that asked for more than a quorum stays
  // behind while later ones pass it.
  absl::InlinedVector<PendingWrite, 4> waiting;
  while (!writes_.empty() && writes_.front().at.index <= commit_) {
    const PendingWrite write = writes_.front();
    writes_.pop_front();
    WriteLevel delivered;
    if (Delivered(write, &delivered)) {
      ready.after_apply.push_back({write.ticket, write.at, delivered, {}});
    } else {
      waiting.push_back(write);
    }
  }
  writes_.insert(writes_.begin(), waiting.begin(), waiting.end());
}

}  // namespace wringer::replication::raft
