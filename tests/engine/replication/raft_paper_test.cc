// Raft's rules, each pinned by the sentence that states it. "Figure 2" and the
// sections are those of Ongaro, Ousterhout 2014 (extended version).
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/replication/factory.h"
#include "engine/replication/raft/messages.h"

namespace wringer::replication {
namespace {

using raft::Append;
using raft::AppendReply;
using raft::VoteReply;
using raft::VoteRequest;

LogEntry Entry(std::uint64_t term, std::uint64_t index) {
  return {Term{term}, LogIndex{index}, EntryKind::kCommand, "x"};
}
LogPosition At(std::uint64_t term, std::uint64_t index) {
  return {Term{term}, LogIndex{index}};
}

// n1 of three, and what it is told by hand.
class RaftPaper : public ::testing::Test {
 protected:
  // Boots with `log` in term `term`, everything durable.
  void Boot(std::vector<LogEntry> log = {}, std::uint64_t term = 0) {
    ReplicationOptions options;
    options.model = "raft";
    options.self = NodeId{1};
    options.members = {NodeId{1}, NodeId{2}, NodeId{3}};
    options.bootstrap = true;
    options.raft.pre_vote = false;
    options.raft.check_quorum = false;
    auto model = NewReplicator(options);
    ASSERT_TRUE(model.ok());
    model_ = std::move(*model);
    Start start;
    start.log.entries = std::move(log);
    start.incarnation = Incarnation{1};
    Keep(Give(start));
    // A word of a later term, from nobody in particular.
    if (term > 0) Keep(Hear(3, term, AppendReply{}));
  }

  Ready Give(InputBody body) {
    Ready ready;
    model_->Step({.now = {}, .body = std::move(body)}, ready);
    if (ready.meta) meta_ = ready.meta->version;
    return ready;
  }
  // What `ready` wrote is durable.
  Ready Keep(const Ready&) {
    return Give(Durable{.log = model_->status().last, .meta = meta_});
  }
  template <typename Body>
  Ready Hear(std::uint32_t from, std::uint64_t term, Body body) {
    std::string bytes;
    raft::Encode({Term{term}, std::move(body)}, &bytes);
    return Give(Receive{NodeId{from}, Incarnation{1}, bytes});
  }
  // The last message of this kind in `ready`.
  template <typename Body>
  static std::optional<Body> Said(const Ready& ready) {
    std::optional<Body> found;
    for (const Send& send : ready.sends) {
      raft::Message message;
      EXPECT_TRUE(raft::Decode(send.body, &message).ok());
      if (const Body* body = std::get_if<Body>(&message.body)) found = *body;
    }
    return found;
  }
  Ready Campaign() { return Give(Timer{.id = 0}); }
  // n1 leads `term` after this, its first entry durable.
  void Lead(std::uint64_t term) {
    while (status().term.value() < term) Keep(Campaign());
    Keep(Hear(2, term, VoteReply{false, true}));
    ASSERT_EQ(status().role, Role::kLeader);
  }
  const Status& status() const { return model_->status(); }

  std::unique_ptr<Replicator> model_;
  MetaVersion meta_;
};

// Figure 2, "Persistent state on all servers": "(Updated on stable storage
// before responding to RPCs)".
TEST_F(RaftPaper, AVoteAndItsTermAreStableBeforeTheAnswer) {
  Boot();
  const Ready ready = Hear(2, 4, VoteRequest{false, false, {}});
  ASSERT_TRUE(ready.meta.has_value());
  ASSERT_EQ(ready.sends.size(), 1u);
  EXPECT_EQ(ready.sends[0].promise.meta, ready.meta->version);
}

// A candidate that asks twice is answered twice; what the oracles hold the
// first answer to is the version that first held the vote.
TEST_F(RaftPaper, AVoteIsDurableWithTheVersionThatFirstHeldIt) {
  Boot();
  const Ready first = Hear(2, 4, VoteRequest{false, false, {}});
  Hear(2, 4, VoteRequest{false, false, {}});
  EXPECT_EQ(model_->election().hard_state, first.meta->version);
  const Ready next = Hear(3, 5, VoteRequest{false, false, {}});
  EXPECT_EQ(model_->election().hard_state, next.meta->version);
}

TEST_F(RaftPaper, EntriesAreStableBeforeTheAnswer) {
  Boot();
  const Ready ready = Hear(2, 1, Append{{}, {}, 0, {Entry(1, 1)}});
  ASSERT_FALSE(ready.sends.empty());
  EXPECT_EQ(ready.sends.back().promise.log, At(1, 1));
}

// AppendEntries 1: "Reply false if term < currentTerm" (section 5.1).
TEST_F(RaftPaper, AnAppendOfAnOldTermIsRefused) {
  Boot({}, 5);
  const Ready ready = Hear(2, 4, Append{{}, {}, 0, {Entry(4, 1)}});
  const auto reply = Said<AppendReply>(ready);
  ASSERT_TRUE(reply.has_value());
  EXPECT_FALSE(reply->ok);
  EXPECT_TRUE(ready.append.empty());
}

// AppendEntries 2: "Reply false if log doesn't contain an entry at
// prevLogIndex whose term matches prevLogTerm" (section 5.3).
TEST_F(RaftPaper, AnAppendAfterAnEntryThatIsMissingIsRefused) {
  Boot({Entry(1, 1)}, 1);
  const auto reply =
      Said<AppendReply>(Hear(2, 1, Append{At(1, 2), {}, 0, {Entry(1, 3)}}));
  ASSERT_TRUE(reply.has_value());
  EXPECT_FALSE(reply->ok);
}

TEST_F(RaftPaper, AnAppendAfterAnEntryOfAnotherTermIsRefused) {
  Boot({Entry(1, 1), Entry(1, 2)}, 2);
  const Ready ready = Hear(2, 2, Append{At(2, 2), {}, 0, {Entry(2, 3)}});
  EXPECT_FALSE(Said<AppendReply>(ready)->ok);
  EXPECT_FALSE(ready.truncate_after.has_value());
}

// AppendEntries 3: "If an existing entry conflicts with a new one (same index
// but different terms), delete the existing entry and all that follow it".
TEST_F(RaftPaper, AConflictDeletesTheEntryAndAllThatFollow) {
  Boot({Entry(1, 1), Entry(1, 2), Entry(1, 3)}, 2);
  const Ready ready = Hear(2, 2, Append{At(1, 1), {}, 0, {Entry(2, 2)}});
  EXPECT_EQ(ready.truncate_after, LogIndex{1});
  EXPECT_EQ(status().last, At(2, 2));
}

// AppendEntries 4: "Append any new entries not already in the log".
TEST_F(RaftPaper, EntriesAlreadyInTheLogAreNotAppendedAgain) {
  Boot({Entry(1, 1), Entry(1, 2)}, 1);
  const Ready ready =
      Hear(2, 1, Append{{}, {}, 0, {Entry(1, 1), Entry(1, 2), Entry(1, 3)}});
  ASSERT_EQ(ready.append.size(), 1u);
  EXPECT_EQ(ready.append[0].position(), At(1, 3));
}

TEST_F(RaftPaper, ALateShorterAppendDeletesNothing) {
  Boot({Entry(1, 1), Entry(1, 2), Entry(1, 3)}, 1);
  const Ready ready = Hear(2, 1, Append{{}, {}, 0, {Entry(1, 1)}});
  EXPECT_FALSE(ready.truncate_after.has_value());
  EXPECT_EQ(status().last, At(1, 3));
}

// AppendEntries 5: "If leaderCommit > commitIndex, set commitIndex =
// min(leaderCommit, index of last new entry)". What lies beyond the last new
// entry is not known to agree.
TEST_F(RaftPaper, TheCommitIndexStopsAtTheLastNewEntry) {
  Boot({Entry(1, 1), Entry(1, 2), Entry(1, 3)}, 2);
  Hear(2, 2, Append{{}, LogIndex{3}, 0, {Entry(1, 1)}});
  EXPECT_EQ(status().commit, LogIndex{1});
}

// RequestVote 1: "Reply false if term < currentTerm" (section 5.1).
TEST_F(RaftPaper, ACandidateOfAnOldTermGetsNoVote) {
  Boot({}, 5);
  const auto reply = Said<VoteReply>(Hear(2, 4, VoteRequest{false, false, {}}));
  ASSERT_TRUE(reply.has_value());
  EXPECT_FALSE(reply->granted);
}

// RequestVote 2: "If votedFor is null or candidateId, and candidate's log is
// at least as up-to-date as receiver's log, grant vote" (5.2, 5.4).
TEST_F(RaftPaper, OneVoteATermAndTheSameOneAgain) {
  Boot();
  const VoteRequest request{false, false, {}};
  EXPECT_TRUE(Said<VoteReply>(Hear(2, 1, request))->granted);
  EXPECT_FALSE(Said<VoteReply>(Hear(3, 1, request))->granted);
  EXPECT_TRUE(Said<VoteReply>(Hear(2, 1, request))->granted);
}

// Section 5.4.1: "If the logs have last entries with different terms, then the
// log with the later term is more up-to-date."
TEST_F(RaftPaper, ALaterLastTermBeatsALongerLog) {
  Boot({Entry(1, 1), Entry(1, 2), Entry(1, 3)}, 2);
  EXPECT_TRUE(Said<VoteReply>(Hear(2, 3, VoteRequest{false, false, At(2, 1)}))
                  ->granted);
}

// "If the logs end with the same term, then whichever log is longer is more
// up-to-date."
TEST_F(RaftPaper, OfTheSameLastTermTheShorterLogLoses) {
  Boot({Entry(1, 1), Entry(1, 2)}, 2);
  EXPECT_FALSE(Said<VoteReply>(Hear(2, 3, VoteRequest{false, false, At(1, 1)}))
                   ->granted);
}

// All servers: "If RPC request or response contains term T > currentTerm: set
// currentTerm = T, convert to follower" (section 5.1).
TEST_F(RaftPaper, ALaterTermInAnAnswerTooDeposesALeader) {
  Boot();
  Lead(1);
  AppendReply reply;
  Hear(3, 9, reply);
  EXPECT_EQ(status().role, Role::kFollower);
  EXPECT_EQ(status().term, Term{9});
}

// Followers: "If election timeout elapses without receiving AppendEntries RPC
// from current leader or granting vote to candidate: convert to candidate".
// Candidates: "Increment currentTerm. Vote for self. Reset election timer.
// Send RequestVote RPCs to all other servers."
TEST_F(RaftPaper, ATimeoutStartsAnElection) {
  Boot({}, 3);
  const Ready ready = Campaign();
  EXPECT_EQ(status().role, Role::kCandidate);
  EXPECT_EQ(status().term, Term{4});
  EXPECT_EQ(status().voted_for, NodeId{1});
  EXPECT_EQ(ready.sends.size(), 2u);
  ASSERT_FALSE(ready.timers.empty());
  EXPECT_TRUE(ready.timers[0].armed);
}

// "If AppendEntries RPC received from new leader: convert to follower."
TEST_F(RaftPaper, ACandidateFollowsTheLeaderOfItsTerm) {
  Boot();
  Keep(Campaign());
  Hear(2, 1, Append{});
  EXPECT_EQ(status().role, Role::kFollower);
  EXPECT_EQ(status().leader, NodeId{2});
}

// "If election timeout elapses: start new election."
TEST_F(RaftPaper, ASplitVoteIsRepeatedInTheNextTerm) {
  Boot();
  Keep(Campaign());
  Campaign();
  EXPECT_EQ(status().term, Term{2});
  // A vote of the term before has no say in this one.
  Hear(2, 1, VoteReply{false, true});
  EXPECT_EQ(status().role, Role::kCandidate);
}

// Section 8: "Raft handles this by having each leader commit a blank no-op
// entry into the log at the start of its term."
TEST_F(RaftPaper, ALeaderBeginsWithANoOp) {
  Boot({Entry(1, 1)}, 1);
  Keep(Campaign());
  const Ready ready = Hear(2, 2, VoteReply{false, true});
  ASSERT_EQ(ready.append.size(), 1u);
  EXPECT_EQ(ready.append[0].kind, EntryKind::kNoop);
  EXPECT_EQ(ready.append[0].position(), At(2, 2));
}

// Leaders: "If there exists an N such that N > commitIndex, a majority of
// matchIndex[i] >= N, and log[N].term == currentTerm: set commitIndex = N"
// (sections 5.3, 5.4).
TEST_F(RaftPaper, OnlyAnEntryOfItsOwnTermIsCommittedByCounting) {
  Boot({Entry(1, 1), Entry(1, 2)}, 1);
  Lead(2);
  AppendReply reply;
  reply.ok = true;
  reply.match = LogIndex{2};  // a majority has 1/2, of an older term
  Hear(2, 2, reply);
  EXPECT_EQ(status().commit, LogIndex{0});
  reply.match = LogIndex{3};  // and now the leader's own entry
  Hear(2, 2, reply);
  EXPECT_EQ(status().commit, LogIndex{3});
}

// "If AppendEntries fails because of log inconsistency: decrement nextIndex and
// retry" (section 5.3); the hint skips many at once.
TEST_F(RaftPaper, ARejectedAppendIsRetriedFurtherBack) {
  Boot({Entry(1, 1), Entry(1, 2)}, 1);
  Lead(2);
  AppendReply reply;
  reply.rejected = LogIndex{2};
  reply.hint = At(1, 1);
  const auto again = Said<Append>(Hear(3, 2, reply));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->prev, At(1, 1));
  EXPECT_EQ(again->entries.size(), 2u);
  // The same answer, late or doubled, is to a question asked no more.
  EXPECT_FALSE(Said<Append>(Hear(3, 2, reply)).has_value());
}

// Section 5.3, Leader Append-Only: "a leader never overwrites or deletes
// entries in its log; it only appends new entries".
TEST_F(RaftPaper, ALeaderDeletesNothingWhateverItHears) {
  Boot();
  Lead(1);
  const Ready ready = Hear(3, 1, Append{{}, {}, 0, {Entry(1, 1), Entry(1, 2)}});
  EXPECT_FALSE(ready.truncate_after.has_value());
  EXPECT_TRUE(ready.append.empty());
  EXPECT_EQ(status().role, Role::kLeader);
}

// Section 5.2: "Each server will vote for at most one candidate in a given
// term", its own restart between the two included.
TEST_F(RaftPaper, AVoteSurvivesARestart) {
  Boot();
  const Ready voted = Hear(2, 1, VoteRequest{false, false, {}});
  ASSERT_TRUE(voted.meta.has_value());
  Start start;
  start.meta = *voted.meta;
  start.incarnation = Incarnation{2};
  ReplicationOptions options;
  options.model = "raft";
  options.self = NodeId{1};
  options.members = {NodeId{1}, NodeId{2}, NodeId{3}};
  options.raft.check_quorum = false;
  model_ = *NewReplicator(options);
  Give(start);
  EXPECT_FALSE(
      Said<VoteReply>(Hear(3, 1, VoteRequest{false, false, {}}))->granted);
}

}  // namespace
}  // namespace wringer::replication
