// Raft: an elected leader orders all writes, a majority makes them durable
// (Ongaro, Ousterhout 2014; "dissertation" below is Ongaro 2014).
//
// Rules it keeps, where they are not the paper's Figure 2 word for word:
//  1. Votes, terms and matches are promises: they leave when they are durable,
//     the candidate's vote for itself and the leader's own entries included.
//  2. Only entries of the current term commit by counting (section 5.4.2).
//  3. A read is answered only after an entry of the current term has committed,
//     and after a round of answers sent later than the read (section 8), or
//     within a lease counted from the sending of an answered round.
//  4. PreVote and CheckQuorum (dissertation, 9.6 and 6.2): a cut-off node
//     neither disturbs the group when it returns nor goes on leading alone.
//  5. A membership change is in force when appended; no change before an entry
//     of the leader's own term has committed; joint consensus when more than
//     one voter changes (dissertation, 4.1 to 4.3).
//  6. A damaged entry may have been promised: the node remembers how far it had
//     promised (`promised_`), votes for no log that is behind it, and does not
//     lead before it has been repaired (FAST'18 protocol-aware recovery).
//  7. A node that has lost its disk votes for nobody. It asks to be demoted to
//     a learner, has forgotten until that is committed, and is made a voter
//     again when it has caught up.
#ifndef WR_ENGINE_REPLICATION_RAFT_RAFT_H_
#define WR_ENGINE_REPLICATION_RAFT_RAFT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/options.h"
#include "engine/replication/raft/membership.h"
#include "engine/replication/raft/messages.h"
#include "engine/replication/raft/progress.h"
#include "engine/replication/replicator.h"

namespace wringer::replication::raft {

Capabilities RaftCapabilities(const ReplicationOptions& options);

class Raft : public Replicator {
 public:
  explicit Raft(const ReplicationOptions& options);

  void Step(const Input& input, Ready& ready) override;
  const Status& status() const override { return status_; }
  const Capabilities& capabilities() const override { return capabilities_; }
  ElectionView election() const override;

  // For tests and oracles.
  const LogView& log() const { return log_; }
  const Membership& membership() const { return members_.current(); }
  const std::map<NodeId, Progress>& progress() const { return progress_; }

 private:
  struct PendingWrite {
    Ticket ticket;
    LogPosition at;
    wire::WriteLevel asked;
  };
  // A read that waits for a round: a client's, or a follower's question.
  struct PendingRead {
    Ticket ticket;  // 0: `follower` asked
    NodeId follower;
    std::uint64_t id = 0;  // of the follower's question
    std::uint64_t round = 0;
    LogIndex commit;  // when it arrived
  };
  // At a follower: reads that wait for the leader's answer to one question.
  struct Question {
    std::uint64_t id = 0;
    Nanos asked_at = 0;
    std::vector<std::pair<Ticket, wire::ReadLevel>> reads;
  };
  enum TimerId : std::uint8_t { kElection = 0, kHeartbeat = 1, kTransfer = 2 };

  // raft.cc: the switch, boot, terms and roles.
  void OnStart(const Start& start, Ready& ready);
  void OnReceive(const Receive& receive, Ready& ready);
  void OnTimer(const Timer& timer, Ready& ready);
  void OnDurable(const Durable& durable, Ready& ready);
  void OnCheckpointed(const Checkpointed& checkpointed, Ready& ready);
  // Whether the message may be handled; settles its term against ours.
  bool SettleTerm(NodeId from, const Message& message, Ready& ready);
  void AnswerStale(NodeId from, const Message& message, Ready& ready);
  void BecomeFollower(Term term, NodeId leader, Ready& ready);
  void ForgetLeader(Ready& ready);
  void BecomeLeader(Ready& ready);
  void PersistMeta(Ready& ready);
  void RecoverMeta(const Start& start);
  void RecoverDamage(const Start& start, Ready& ready);

  // election.cc.
  void OnElectionTimeout(Ready& ready);
  void Campaign(bool pre, bool transfer, Ready& ready);
  void CountVotes(Ready& ready);
  void OnVoteRequest(NodeId from, Term term, const VoteRequest& request,
                     Ready& ready);
  void OnVoteReply(NodeId from, Term term, const VoteReply& reply,
                   Ready& ready);
  bool Electable() const;
  bool MayVote() const { return forgot_ == 0 && !cut_after_; }
  bool MayBeNeeded() const;
  // The log a candidate must not be behind of.
  LogPosition VoteFloor() const { return std::max(log_.last(), promised_); }
  bool HeardLeaderRecently() const;
  void ArmElection(Ready& ready);
  void CheckQuorum(Ready& ready);

  // append.cc: the leader's side of replication.
  void OnSubmit(const Submit& submit, Ready& ready);
  void AppendEntry(EntryKind kind, SharedBytes payload, Ready& ready);
  void ShipAll(Ready& ready);
  void Ship(NodeId to, bool probe, Ready& ready);
  void SendEntries(NodeId to, LogIndex before, LogIndex upto, Ready& ready);
  void OnFetched(const Fetched& fetched, Ready& ready);
  void OnHeartbeat(Ready& ready);
  void OnAppendReply(NodeId from, const AppendReply& reply, Ready& ready);
  void AdvanceCommit(Ready& ready);
  // How far a quorum of voters holds the log.
  LogIndex AgreedIndex() const;
  void SetCommit(LogIndex commit, Ready& ready);
  void ReleaseWrites(Ready& ready);
  bool Delivered(const PendingWrite& write, wire::WriteLevel* out) const;
  LogIndex MatchOf(NodeId node) const;
  bool CommittedInTerm() const;

  // follower.cc.
  void OnAppend(NodeId from, const Append& append, Ready& ready);
  bool Agrees(NodeId from, const Append& append, Ready& ready);
  void Accept(const Append& append, Ready& ready);
  void TruncateAfter(LogIndex after, Ready& ready);
  void AdvanceFollower(Ready& ready);
  void AnswerAppend(NodeId to, LogIndex match, Promise promise, Ready& ready);

  // reads.cc.
  void SubmitRead(const Submit& submit, Ready& ready);
  void QueueRead(PendingRead read, Ready& ready);
  void StartRound(Ready& ready);
  std::uint64_t AnsweredRound() const;
  void RenewLease(std::uint64_t answered);
  void ReleaseReads(Ready& ready);
  bool LeaseHolds() const;
  void OnReadDone(const ReadDone& done, Ready& ready);
  void AskLeader(Ticket ticket, wire::ReadLevel level, Ready& ready);
  void OnReadIndexRequest(NodeId from, const ReadIndexRequest& request,
                          Ready& ready);
  void OnReadIndexReply(const ReadIndexReply& reply, Ready& ready);

  // snapshot.cc.
  void StartSnapshot(NodeId to, Ready& ready);
  void OnSnapshotPart(const SnapshotPart& part, Ready& ready);
  void OnSnapshotReply(NodeId from, const SnapshotReply& reply, Ready& ready);
  bool AlreadyHolds(LogPosition at, Ready& ready);
  void OnSnapshotChunk(NodeId from, const SnapshotChunk& chunk, Ready& ready);
  void OnInstalled(const SnapshotInstalled& installed, Ready& ready);

  // change.cc: membership and leadership transfer.
  void OnChangeMembers(const ChangeMembers& change, Ready& ready);
  bool MayChange() const;
  void ProposeMembership(Membership next, Ready& ready);
  void OnMembershipChanged(Ready& ready);
  void RememberDemotion(Ready& ready);
  void AfterCommit(Ready& ready);
  void HealMembership(Ready& ready);
  void OnTransfer(const TransferLeadership& transfer, Ready& ready);
  void ContinueTransfer(Ready& ready);

  // Helpers.
  void Send(NodeId to, const Message& message, Promise promise, Ready& ready);
  void Refuse(Ticket ticket, wire::Outcome outcome, Ready& ready) const;
  void FailPending(Ready& ready);
  void Arm(TimerId id, Nanos after, Ready& ready) const;
  void Disarm(TimerId id, Ready& ready) const;
  void UpdateStatus();
  bool leads() const { return status_.role == Role::kLeader; }
  bool silent() const { return latched_ || halted_; }
  const VoterSets& voters() const { return members_.current().voters; }
  Promise MetaPromise() const { return {{}, meta_version_, {}}; }

  const ReplicationOptions options_;
  const RaftOptions& raft_;
  const Capabilities capabilities_;
  Status status_;
  Now now_;  // of the input at hand

  // Hard state.
  Term term_;
  NodeId voted_for_;
  LogPosition promised_;      // rule 6: acknowledged once, perhaps lost
  std::uint64_t forgot_ = 0;  // rule 7: names this life, 0 normally
  MetaVersion meta_version_;
  MetaVersion durable_meta_;
  // The first version that holds the term and the vote as they are.
  std::pair<Term, NodeId> kept_vote_;
  MetaVersion vote_version_;

  LogView log_;
  MembershipLog members_;
  LogIndex durable_;
  LogIndex applied_;
  LogIndex commit_;
  bool latched_ = false;  // the log store failed
  bool halted_ = false;   // damage found and told to halt
  // A damaged tail is to be cut once `promised_` is durable.
  std::optional<LogIndex> cut_after_;
  MetaVersion cut_version_;

  // Elections.
  RandomStream election_stream_;
  Nanos heard_leader_at_ = -1;  // monotonic; -1 never in this life
  Nanos started_at_ = 0;
  std::set<NodeId> votes_;  // granted, in this campaign
  std::uint64_t vote_replies_ = 0;
  bool pre_campaign_ = false;
  bool transfer_campaign_ = false;

  // Leader.
  std::map<NodeId, Progress> progress_;
  LogIndex term_start_;  // the no-op that opened this term
  std::deque<PendingWrite> writes_;
  std::deque<PendingRead> reads_;
  std::uint64_t round_ = 0;
  std::map<std::uint64_t, Nanos> round_sent_at_;  // since the last answered
  Nanos lease_until_ = 0;
  Ticket change_ticket_;
  NodeId transfer_to_;
  // In which somebody was told to stand. The word may arrive at any time, and
  // who hears it is voted for whatever lease there is.
  Term handed_over_in_;

  // Follower.
  LogIndex agreed_;  // with the leader of this term
  LogIndex leader_commit_;
  std::uint64_t round_seen_ = 0;
  std::deque<Question> questions_;
  std::uint64_t question_id_ = 0;
  // State up to `fresh_index_` was the leader's at `fresh_at_` or later.
  Nanos fresh_at_ = -1;
  LogIndex fresh_index_;
  LogPosition installing_;
  std::uint64_t install_offset_ = 0;
  Membership install_members_;
  bool install_pending_ = false;
};

}  // namespace wringer::replication::raft

#endif  // WR_ENGINE_REPLICATION_RAFT_RAFT_H_
