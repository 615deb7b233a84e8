// Membership changes and leadership transfer.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

using wire::Outcome;

namespace {

std::vector<NodeId> Sorted(std::vector<NodeId> nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

std::vector<NodeId> Without(const std::vector<NodeId>& nodes, NodeId node) {
  std::vector<NodeId> out;
  std::remove_copy(nodes.begin(), nodes.end(), std::back_inserter(out), node);
  return out;
}

std::vector<NodeId> With(const std::vector<NodeId>& nodes, NodeId node) {
  std::vector<NodeId> out = nodes;
  out.push_back(node);
  return Sorted(std::move(out));
}

std::size_t Differing(const std::vector<NodeId>& a,
                      const std::vector<NodeId>& b) {
  std::vector<NodeId> different;
  std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                std::back_inserter(different));
  return different.size();
}

}  // namespace

bool Raft::MayChange() const {
  const bool settled = members_.current_index() <= commit_;
  const bool in_term =
      CommittedInTerm() || (leads() && WR_MUTANT(kRaftChangeBeforeTermCommit));
  return in_term && settled && !voters().joint() && transfer_to_ == kNoNode;
}

void Raft::OnChangeMembers(const ChangeMembers& change, Ready& ready) {
  if (!leads()) {
    Refuse(change.ticket, Outcome::kNotLeader, ready);
    return;
  }
  Membership next;
  next.voters.incoming = Sorted(change.voters);
  for (NodeId node : Sorted(change.learners)) {
    if (!Contains(next.voters.incoming, node)) next.learners.push_back(node);
  }
  const std::size_t differing =
      Differing(voters().incoming, next.voters.incoming);
  const bool allowed = raft_.joint_membership || differing <= 1;
  if (next.voters.incoming.empty() || !allowed || change_ticket_ != Ticket{0} ||
      !MayChange()) {
    Refuse(change.ticket, Outcome::kUnavailable, ready);
    return;
  }
  change_ticket_ = change.ticket;
  if (differing > 1) next.voters.outgoing = voters().incoming;
  ProposeMembership(std::move(next), ready);
}

void Raft::ProposeMembership(Membership next, Ready& ready) {
  std::string payload;
  EncodeMembership(next, &payload);
  AppendEntry(EntryKind::kConfig, payload, ready);
  members_.Append(log_.last().index, std::move(next));
  WR_MARK(kRaftMembershipChange);
  OnMembershipChanged(ready);
  ShipAll(ready);
}

void Raft::OnMembershipChanged(Ready& ready) {
  RememberDemotion(ready);
  const Membership& now = members_.current();
  if (!leads()) {
    const bool learner = Contains(now.learners, options_.self);
    if (status_.role == Role::kFollower && learner) {
      status_.role = Role::kLearner;
    } else if (status_.role == Role::kLearner && !learner) {
      status_.role = Role::kFollower;
    }
    return;
  }
  const std::vector<NodeId> all = now.All();
  for (NodeId node : all) {
    if (node == options_.self || progress_.contains(node)) continue;
    progress_[node].next = log_.last().index.next();
    progress_[node].heard = true;
  }
  std::erase_if(progress_,
                [&](const auto& item) { return !Contains(all, item.first); });
}

// Rule 7: demoted on our own request, and for good. From here on the log says
// when we may vote. A demotion that is not committed says nothing: a leader of
// a later term may know neither of it nor of what we acknowledged to another
// before the loss (regressions/demotion-not-committed).
void Raft::RememberDemotion(Ready& ready) {
  if (forgot_ == 0) return;
  for (const auto& [index, membership] : members_.changes()) {
    // Rule 5: no change begins before the one before it is committed.
    const bool committed = index <= commit_ || index < members_.current_index();
    if (!committed || index > durable_) return;
    const auto mine = membership.demoted.find(options_.self);
    const bool demoted =
        mine != membership.demoted.end() && mine->second == forgot_;
    const bool believes = WR_MUTANT(kRaftReusedIdReplays) &&
                          index > LogIndex{0} &&
                          membership.voters.Includes(options_.self);
    if (!demoted && !believes) continue;
    forgot_ = 0;
    PersistMeta(ready);
    return;
  }
}

void Raft::AfterCommit(Ready& ready) {
  if (!leads() || members_.current_index() > commit_) return;
  const Membership& now = members_.current();
  if (now.voters.joint()) {
    // The joint configuration is committed: leave it (dissertation, 4.3).
    Membership next = now;
    next.voters.outgoing.clear();
    ProposeMembership(std::move(next), ready);
    return;
  }
  if (change_ticket_ != Ticket{0}) {
    Refuse(change_ticket_, Outcome::kOk, ready);
    change_ticket_ = Ticket{0};
  }
  if (!now.voters.Includes(options_.self)) {
    ReleaseWrites(ready);
    BecomeFollower(term_, kNoNode, ready);  // removed: the others elect
  }
}

void Raft::HealMembership(Ready& ready) {
  if (!MayChange() || change_ticket_ != Ticket{0}) return;
  const Membership& now = members_.current();
  for (const auto& [node, progress] : progress_) {
    // A member that reports its own loss is demoted, and names its life in
    // `forgot`; a demoted one that has caught up votes again.
    const auto demoted = now.demoted.find(node);
    const bool as_another_life =
        demoted != now.demoted.end() && demoted->second != progress.forgot_life;
    const bool votes =
        Contains(now.voters.incoming, node) && now.voters.incoming.size() > 1;
    if (progress.forgot && (votes || as_another_life)) {
      WR_MARK(kRaftDemoted);
      Membership next = now;
      next.voters.incoming = Without(now.voters.incoming, node);
      next.learners = With(now.learners, node);
      next.demoted[node] = progress.forgot_life;
      ProposeMembership(std::move(next), ready);
      return;
    }
    const bool caught_up = !progress.forgot && progress.match >= commit_;
    if (demoted != now.demoted.end() && caught_up) {
      WR_MARK(kRaftPromoted);
      Membership next = now;
      next.voters.incoming = With(now.voters.incoming, node);
      next.learners = Without(now.learners, node);
      next.demoted.erase(node);
      ProposeMembership(std::move(next), ready);
      return;
    }
  }
}

void Raft::OnTransfer(const TransferLeadership& transfer, Ready& ready) {
  if (!leads() || transfer_to_ != kNoNode) return;
  NodeId best = transfer.to;
  if (best == kNoNode) {
    for (const auto& [node, progress] : progress_) {
      const bool better =
          best == kNoNode || progress.match > progress_.at(best).match;
      if (voters().Includes(node) && better) best = node;
    }
  }
  if (!progress_.contains(best) || !voters().Includes(best)) return;
  WR_MARK(kRaftTransfer);
  // From here on no lease and no write: the next leader may be chosen at once.
  transfer_to_ = best;
  lease_until_ = 0;
  Arm(kTransfer, raft_.election_max, ready);
  ContinueTransfer(ready);
}

void Raft::ContinueTransfer(Ready& ready) {
  if (transfer_to_ == kNoNode) return;
  const auto it = progress_.find(transfer_to_);
  if (it == progress_.end() || it->second.match < log_.last().index) return;
  Send(transfer_to_, {term_, TimeoutNow{}}, MetaPromise(), ready);
  handed_over_in_ = term_;
  lease_until_ = 0;
}

}  // namespace wringer::replication::raft
