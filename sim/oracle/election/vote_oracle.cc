#include "sim/oracle/election/vote_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

// A vote is counted soon or never.
constexpr std::size_t kVotesKept = 16;

}  // namespace

void VoteOracle::OnRole(const node::RoleChanged& role) {
  if (role.role == replication::Role::kLeader) elected_ = role.node;
}

void VoteOracle::AfterEvent(const EventRecord& event) {
  if (!holds_ || event.node == kNoNode || IsClient(event.node)) return;
  const replication::Status* const status = status_of_(event.node);
  if (status == nullptr) {
    elected_.reset();
    return;
  }
  Voter& voter = Of(event.node);
  if (voter.term != status->term || voter.candidate != status->voted_for) {
    Note(event.node, *status);
  }
  if (voter.writing) NoteDurable(ballot_of_(event.node).durable, &voter);
  if (elected_ == event.node) CheckElected(event.node, *status);
  elected_.reset();
}

void VoteOracle::Note(NodeId node, const replication::Status& status) {
  Voter& voter = Of(node);
  voter.term = status.term;
  voter.candidate = status.voted_for;
  if (status.voted_for == kNoNode) return;
  for (const Vote& vote : voter.votes) {
    if (vote.term != status.term || !vote.binding) continue;
    if (vote.candidate == status.voted_for) return;  // read back at a boot
    log_->Add(node, "election",
              absl::StrCat("voted for ", NodeName(status.voted_for),
                           " in term ", status.term.value(), ", and for ",
                           NodeName(vote.candidate), " before"));
  }
  if (voter.votes.size() == kVotesKept) voter.votes.erase(voter.votes.begin());
  voter.votes.push_back(
      {status.term, status.voted_for, ballot_of_(node).hard_state});
  voter.writing = true;
}

void VoteOracle::NoteDurable(MetaVersion durable, Voter* voter) {
  voter->writing = false;
  for (Vote& vote : voter->votes) {
    vote.durable |= durable >= vote.version;
    voter->writing |= !vote.durable;
  }
}

void VoteOracle::CheckElected(NodeId leader,
                              const replication::Status& status) {
  ++checked_;
  for (const auto* set : {&status.voters, &status.voters_next}) {
    if (set->empty()) continue;
    const auto votes = std::count_if(
        set->begin(), set->end(),
        [&](NodeId node) { return VotedFor(node, status.term, leader); });
    const std::size_t majority = set->size() / 2 + 1;
    if (static_cast<std::size_t>(votes) >= majority) continue;
    log_->Add(
        leader, "election",
        absl::StrCat("leads term ", status.term.value(), " with ", votes,
                     " of ", set->size(), " votes that are kept on disk"));
  }
}

bool VoteOracle::VotedFor(NodeId voter, Term term, NodeId candidate) {
  const std::vector<Vote>& votes = Of(voter).votes;
  return std::any_of(votes.begin(), votes.end(), [&](const Vote& vote) {
    return vote.durable && vote.term == term && vote.candidate == candidate;
  });
}

void VoteOracle::Release(NodeId node) {
  for (Vote& vote : Of(node).votes) vote.binding = false;
}

// What was not durable was never cast.
void VoteOracle::OnDeath(const DeathNotice& death) {
  Voter& voter = Of(death.node);
  std::erase_if(voter.votes, [](const Vote& vote) { return !vote.durable; });
  voter.term = Term();
  voter.candidate = kNoNode;
  voter.writing = false;
  if (death.disk_wiped) Release(death.node);
}

}  // namespace wringer::sim
