// The follower's side of replication: agreeing with the leader's log.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

void Raft::OnAppend(NodeId from, const Append& append, Ready& ready) {
  // Two leaders of one term cannot be; what claims it is not honest.
  if (leads()) return;
  if (status_.role == Role::kCandidate || status_.leader == kNoNode) {
    BecomeFollower(term_, from, ready);
  }
  if (status_.leader != from) return;
  heard_leader_at_ = now_.monotonic;
  ArmElection(ready);
  // While a damaged tail waits to be cut, and while a snapshot is being
  // installed, the log stands still.
  if (cut_after_ || install_pending_) return;
  if (!Agrees(from, append, ready)) return;
  Accept(append, ready);

  const LogIndex end = append.prev.index + append.entries.size();
  agreed_ = std::max(agreed_, end);
  leader_commit_ = std::max(leader_commit_, append.commit);
  AdvanceFollower(ready);
  const bool new_round = append.round > round_seen_;
  round_seen_ = std::max(round_seen_, append.round);
  // A read round waits for no disk.
  if (append.entries.empty() || new_round) {
    AnswerAppend(from, std::min(durable_, agreed_), MetaPromise(), ready);
  }
  if (!append.entries.empty() && end > log_.base().index) {
    AnswerAppend(from, end, {{log_.TermAt(end), end}, meta_version_, {}},
                 ready);
  }
}

bool Raft::Agrees(NodeId from, const Append& append, Ready& ready) {
  const LogPosition prev = append.prev;
  const bool settled = prev.index < log_.base().index;
  if (settled && WR_MUTANT(kRaftCompactedIsConflict)) {
    TruncateAfter(log_.base().index, ready);
  }
  // What a snapshot or checkpoint covers is committed: it agrees.
  if (settled || log_.Holds(prev)) return true;
  AppendReply reply;
  reply.ok = false;
  reply.rejected = prev.index;
  reply.hint =
      log_.LastAtOrBelow(prev.term, std::min(prev.index, log_.last().index));
  reply.forgot = forgot_;
  Send(from, {term_, reply}, MetaPromise(), ready);
  return false;
}

void Raft::Accept(const Append& append, Ready& ready) {
  if (WR_MUTANT(kRaftTruncatesAlways) &&
      append.prev.index >= log_.base().index &&
      append.prev.index < log_.last().index) {
    TruncateAfter(append.prev.index, ready);
  }
  for (const LogEntry& entry : append.entries) {
    if (entry.index <= log_.base().index) continue;
    if (entry.index <= log_.last().index) {
      // A late or repeated message must not cut what later ones added: only a
      // real conflict truncates (Figure 2, AppendEntries rule 3).
      if (log_.TermAt(entry.index) == entry.term) continue;
      if (entry.index <= commit_) return;  // not an honest log
      TruncateAfter(entry.index.prev(), ready);
    }
    if (entry.term < log_.last().term) return;  // not an honest log
    ready.append.push_back(entry);
    log_.Append(entry);
    Membership membership;
    if (entry.kind == EntryKind::kConfig &&
        DecodeMembership(entry.payload, &membership).ok()) {
      members_.Append(entry.index, std::move(membership));
      OnMembershipChanged(ready);
    }
  }
}

void Raft::TruncateAfter(LogIndex after, Ready& ready) {
  WR_MARK(kRaftTruncatesConflict);
  // Within one step truncation comes before all appends.
  WR_CHECK(ready.append.empty());
  log_.TruncateAfter(after);
  const LogIndex change = members_.current_index();
  members_.TruncateAfter(after);
  durable_ = std::min(durable_, after);
  agreed_ = std::min(agreed_, after);
  ready.truncate_after = after;
  if (members_.current_index() != change) OnMembershipChanged(ready);
}

void Raft::AdvanceFollower(Ready& ready) {
  if (leads()) return;
  // Executing only what is durable here keeps the engine's checkpoints within
  // the log.
  SetCommit(std::min({leader_commit_, agreed_, durable_}), ready);
  RememberDemotion(ready);
}

void Raft::AnswerAppend(NodeId to, LogIndex match, Promise promise,
                        Ready& ready) {
  AppendReply reply;
  reply.ok = true;
  reply.match = match;
  reply.round = round_seen_;
  reply.forgot = forgot_;
  Send(to, {term_, reply}, promise, ready);
}

}  // namespace wringer::replication::raft
