#include "sim/oracle/election/commit_oracle.h"

#include <initializer_list>
#include <map>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

struct Replica {
  replication::Status status;
  replication::LogView log;
  bool up = true;
  bool may_lead = true;
  bool votes = true;
};

class CommitOracleTest : public testing::Test {
 protected:
  explicit CommitOracleTest(bool synced = true)
      : world_({.seed = 1}),
        log_(&world_),
        oracle_(
            {.synced = synced}, kNodes,
            [this](NodeId id) { return Look(id).status; },
            [this](NodeId id) { return Look(id); }, &log_) {
    for (const NodeId node : kNodes) replicas_[node].status.voters = kNodes;
  }

  CommitOracle::Elector Look(NodeId id) {
    const Replica& replica = replicas_[id];
    if (!replica.up) return {};
    CommitOracle::Elector elector;
    elector.status = &replica.status;
    elector.election.log = &replica.log;
    elector.election.may_lead = replica.may_lead;
    if (replica.votes) elector.election.votes_from = replica.log.last();
    return elector;
  }
  // Its log, by the terms of its entries.
  void Log(std::uint32_t node, std::initializer_list<std::uint64_t> terms) {
    replication::LogView& log = replicas_[NodeId(node)].log;
    log = replication::LogView();
    for (const std::uint64_t term : terms) {
      replication::LogEntry entry;
      entry.term = Term(term);
      entry.index = log.last().index.next();
      log.Append(entry);
    }
  }
  void Commits(std::uint32_t node, std::uint64_t index) {
    replicas_[NodeId(node)].status.commit = LogIndex(index);
    Event(node);
  }
  void Event(std::uint32_t node) {
    EventRecord event;
    event.node = NodeId(node);
    oracle_.AfterEvent(event);
  }
  std::size_t found() const { return log_.findings().size(); }

  const std::vector<NodeId> kNodes = {NodeId(1), NodeId(2), NodeId(3)};
  World world_;
  FindingLog log_;
  std::map<NodeId, Replica> replicas_;
  CommitOracle oracle_;
};

TEST_F(CommitOracleTest, WhatAMajorityHoldsSurvives) {
  Log(1, {1, 1});
  Log(2, {1, 1});
  Log(3, {1});
  Commits(1, 2);
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(oracle_.checked(), 1u);
}

TEST_F(CommitOracleTest, WhatOneReplicaHoldsDoesNot) {
  Log(1, {1, 1});
  Log(2, {1});
  Log(3, {1});
  Commits(1, 2);
  ASSERT_EQ(found(), 2u);  // n2 and n3 elect each other
  EXPECT_EQ(log_.findings()[0].rule, "commit");
  EXPECT_EQ(log_.findings()[0].entry, LogIndex(2));
}

// Figure 8: a majority holds the entry, but a log that ends in a later term is
// voted for in spite of it.
TEST_F(CommitOracleTest, AnOldEntryOnAMajorityMayStillBeOverwritten) {
  Log(1, {1, 2, 4});
  Log(2, {1, 2});
  Log(3, {1, 3});
  Commits(1, 2);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].node, NodeId(3));
}

TEST_F(CommitOracleTest, WhoIsDownOrMayNotStandIsNotElected) {
  Log(1, {1, 1});
  Log(2, {1});
  Log(3, {1});
  replicas_[NodeId(2)].up = false;
  replicas_[NodeId(3)].may_lead = false;
  Commits(1, 2);
  EXPECT_EQ(found(), 0u);
}

TEST_F(CommitOracleTest, ABootThatCutTheLogIsFound) {
  Log(1, {1, 1});
  Log(2, {1, 1});
  Log(3, {1});
  Commits(1, 2);
  Log(2, {1});
  oracle_.OnServing({});
  Event(2);
  EXPECT_EQ(found(), 2u);
}

TEST_F(CommitOracleTest, OneThatVotesForNobodyDoesNoHarm) {
  Log(1, {1, 1});
  Log(2, {1, 1});
  Log(3, {1});
  Commits(1, 2);
  Log(2, {1});
  replicas_[NodeId(2)].votes = false;
  replicas_[NodeId(2)].may_lead = false;
  oracle_.OnServing({});
  Event(2);
  EXPECT_EQ(found(), 0u);
}

TEST_F(CommitOracleTest, VotersOfWhomTwoMajoritiesNeedNotMeetAreFound) {
  for (const std::uint32_t node : {1U, 2U, 3U}) Log(node, {1});
  struct Case {
    std::vector<NodeId> voters;  // as n1 believes
    std::vector<NodeId> next;
    std::size_t findings;
  };
  const NodeId n1{1};
  const NodeId n2{2};
  const NodeId n3{3};
  Commits(1, 1);
  for (const Case& c : {Case{{n1}, {}, 2}, Case{{n1}, {n1, n2}, 0},
                        Case{{n1, n2}, {}, 0}, Case{{n1, n2, n3}, {}, 0}}) {
    const std::size_t before = found();
    replicas_[n1].status.voters = c.voters;
    replicas_[n1].status.voters_next = c.next;
    oracle_.OnRole({});
    Event(1);
    ASSERT_EQ(found() - before, c.findings);  // n1 against n2, and n3
    for (std::size_t i = before; i < found(); ++i) {
      EXPECT_EQ(log_.findings()[i].rule, "quorum");
    }
  }
}

TEST_F(CommitOracleTest, OfTwoWithOtherVotersTheShorterLogNeedNotWin) {
  Log(1, {1});
  Log(2, {1, 2});
  Log(3, {1, 2});
  replicas_[NodeId(1)].status.voters = {NodeId(1), NodeId(2)};
  Commits(2, 1);
  EXPECT_EQ(found(), 0u);
}

TEST_F(CommitOracleTest, ACandidateNeedsAMajorityOfItsOwnVoters) {
  Log(1, {1, 1});
  Log(2, {1, 1});
  Log(3, {1});
  replicas_[NodeId(3)].status.voters = {NodeId(3)};
  Commits(1, 2);
  ASSERT_EQ(found(), 3u);  // two of a majority that need not meet theirs
  EXPECT_EQ(log_.findings()[0].rule, "commit");
}

class UnsyncedCommitOracleTest : public CommitOracleTest {
 protected:
  UnsyncedCommitOracleTest() : CommitOracleTest(false) {}
};

TEST_F(UnsyncedCommitOracleTest, ADesignThatDoesNotSyncPromisesNothing) {
  Log(1, {1, 1});
  Commits(1, 2);
  EXPECT_EQ(found(), 0u);
}

}  // namespace
}  // namespace wringer::sim
