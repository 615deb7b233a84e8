// Elections: PreVote, votes, and the quorum check of a sitting leader.
#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

bool Raft::Electable() const {
  if (silent() || forgot_ != 0 || cut_after_ || install_pending_) return false;
  return MayBeNeeded() && log_.last() >= promised_;
}

// A voter; or one that the change at the end of its log takes out, as long as
// that is not committed: nobody else may have the change, and those who do not
// may need its vote (dissertation, section 4.2.2).
bool Raft::MayBeNeeded() const {
  return voters().Includes(options_.self) ||
         members_.At(commit_).voters.Includes(options_.self);
}

ElectionView Raft::election() const {
  ElectionView view{.log = &log_,
                    .may_lead = Electable(),
                    .votes_from = {},
                    .hard_state = vote_version_};
  if (!silent() && MayVote()) view.votes_from = VoteFloor();
  return view;
}

bool Raft::HeardLeaderRecently() const {
  if (!raft_.check_quorum && !raft_.leases) return false;
  if (leads()) return true;
  // A leader may hold a lease that this node granted before its restart.
  const bool just_booted = raft_.leases &&
                           now_.monotonic - started_at_ < raft_.election_min &&
                           !options_.bootstrap;
  if (just_booted) return true;
  return heard_leader_at_ >= 0 &&
         now_.monotonic - heard_leader_at_ < raft_.election_min;
}

void Raft::ArmElection(Ready& ready) {
  Arm(kElection,
      election_stream_.Between(raft_.election_min, raft_.election_max), ready);
}

void Raft::OnElectionTimeout(Ready& ready) {
  ArmElection(ready);
  if (!Electable()) return;
  // One that is going asks first in any case.
  const bool pre = raft_.pre_vote || !voters().Includes(options_.self);
  Campaign(pre, /*transfer=*/false, ready);
}

void Raft::Campaign(bool pre, bool transfer, Ready& ready) {
  status_.role = Role::kCandidate;
  status_.leader = kNoNode;
  pre_campaign_ = pre;
  transfer_campaign_ = transfer;
  votes_.clear();
  vote_replies_ = 0;
  if (!pre) {
    term_ = term_.next();
    voted_for_ = options_.self;
    PersistMeta(ready);
    ForgetLeader(ready);
  }
  // Asking promises nothing; only the answers, and our own vote, do.
  const Term term = pre ? term_.next() : term_;
  const VoteRequest request{pre, transfer, log_.last()};
  for (NodeId node : members_.current().All()) {
    if (node == options_.self || !voters().Includes(node)) continue;
    Send(node, {term, request}, {}, ready);
  }
  CountVotes(ready);
}

void Raft::CountVotes(Ready& ready) {
  WR_CHECK(status_.role == Role::kCandidate);
  std::set<NodeId> votes = votes_;
  // Rule 1: our own vote counts once it is durable.
  if (pre_campaign_ || durable_meta_ >= vote_version_) {
    votes.insert(options_.self);
  }
  bool won = HasQuorum(voters(), votes);
  if (WR_MUTANT(kRaftCountsVoteReplies)) {
    won = vote_replies_ + 1 >= Majority(voters().incoming.size());
  }
  if (!won) return;
  if (pre_campaign_) {
    Campaign(/*pre=*/false, /*transfer=*/false, ready);
  } else {
    BecomeLeader(ready);
  }
}

void Raft::OnVoteRequest(NodeId from, Term term, const VoteRequest& request,
                         Ready& ready) {
  const bool log_ok = request.last >= VoteFloor();
  if (request.pre) {
    const bool granted =
        log_ok && MayVote() && term > term_ && !HeardLeaderRecently();
    // A yes names the term asked about, a no our own.
    Send(from, {granted ? term : term_, VoteReply{true, granted}},
         MetaPromise(), ready);
    return;
  }
  const bool free = voted_for_ == kNoNode || voted_for_ == from;
  const bool granted = log_ok && MayVote() && free && !leads();
  if (granted) {
    if (status_.role == Role::kCandidate) {
      BecomeFollower(term_, kNoNode, ready);  // gives up its pre-campaign
    }
    voted_for_ = from;
    PersistMeta(ready);
    ArmElection(ready);
  }
  const Promise promise =
      WR_MUTANT(kRaftVoteNotPersisted) ? Promise{} : MetaPromise();
  Send(from, {term_, VoteReply{false, granted}}, promise, ready);
}

void Raft::OnVoteReply(NodeId from, Term term, const VoteReply& reply,
                       Ready& ready) {
  if (status_.role != Role::kCandidate || reply.pre != pre_campaign_) return;
  if (!reply.granted) return;
  // A late yes to an earlier campaign says nothing about this one.
  if (term != (pre_campaign_ ? term_.next() : term_)) return;
  ++vote_replies_;
  votes_.insert(from);
  CountVotes(ready);
}

void Raft::CheckQuorum(Ready& ready) {
  Arm(kElection, raft_.election_max, ready);
  if (!raft_.check_quorum) return;
  std::set<NodeId> heard = {options_.self};
  for (auto& [node, progress] : progress_) {
    if (progress.heard) heard.insert(node);
    progress.heard = false;
  }
  if (HasQuorum(voters(), heard)) return;
  WR_MARK(kRaftCheckQuorumStepsDown);
  BecomeFollower(term_, kNoNode, ready);
}

}  // namespace wringer::replication::raft
