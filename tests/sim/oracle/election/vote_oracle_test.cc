#include "sim/oracle/election/vote_oracle.h"

#include <map>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

class VoteOracleTest : public testing::Test {
 protected:
  VoteOracleTest() : world_({.seed = 1}), log_(&world_) {
    for (std::uint32_t n = 1; n <= 3; ++n) {
      nodes_[NodeId(n)].voters = {NodeId(1), NodeId(2), NodeId(3)};
    }
  }

  void Event(std::uint32_t node) {
    EventRecord event;
    event.node = NodeId(node);
    oracle_.AfterEvent(event);
  }
  void Votes(std::uint32_t node, std::uint64_t term, std::uint32_t candidate) {
    nodes_[NodeId(node)].term = Term(term);
    nodes_[NodeId(node)].voted_for = NodeId(candidate);
    hard_state_[NodeId(node)] = hard_state_[NodeId(node)].next();
    Event(node);
  }
  void Syncs(std::uint32_t node) {
    durable_[NodeId(node)] = hard_state_[NodeId(node)];
    Event(node);
  }
  void Dies(std::uint32_t node, bool wiped = false) {
    oracle_.OnDeath({.node = NodeId(node),
                     .incarnation = Incarnation(1),
                     .power_lost = true,
                     .disk_wiped = wiped});
  }
  void Leads(std::uint32_t node) {
    node::RoleChanged changed;
    changed.node = NodeId(node);
    changed.role = replication::Role::kLeader;
    changed.term = nodes_[NodeId(node)].term;
    oracle_.OnRole(changed);
    Event(node);
  }
  std::size_t found() const { return log_.findings().size(); }

  World world_;
  FindingLog log_;
  std::map<NodeId, replication::Status> nodes_;
  std::map<NodeId, MetaVersion> hard_state_;
  std::map<NodeId, MetaVersion> durable_;
  VoteOracle oracle_{{},
                     [this](NodeId id) { return &nodes_[id]; },
                     [this](NodeId id) {
                       return VoteOracle::Ballot{hard_state_[id], durable_[id]};
                     },
                     &log_};
};

TEST_F(VoteOracleTest, AMajorityOfDurableVotesIsAnElection) {
  for (const std::uint32_t node : {1U, 2U}) {
    Votes(node, 2, 1);
    Syncs(node);
  }
  Leads(1);
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(oracle_.elections_checked(), 1u);
}

TEST_F(VoteOracleTest, AVoteThatIsNotDurableDoesNotCount) {
  Votes(1, 2, 1);
  Syncs(1);
  Votes(2, 2, 1);
  Leads(1);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "election");
}

TEST_F(VoteOracleTest, AVoterThatDiesHasVotedIfItsVoteWasDurable) {
  for (const std::uint32_t node : {1U, 2U}) {
    Votes(node, 2, 1);
    Syncs(node);
  }
  Dies(2, /*wiped=*/true);
  Leads(1);
  EXPECT_EQ(found(), 0u);
}

TEST_F(VoteOracleTest, NobodyVotesForTwoInOneTermNotEvenInTwoLives) {
  Votes(3, 2, 1);
  Syncs(3);
  Dies(3);
  Votes(3, 2, 2);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].node, NodeId(3));
}

TEST_F(VoteOracleTest, AVoteThatWasNeverDurableBindsNobody) {
  Votes(3, 2, 1);
  Dies(3);
  Votes(3, 2, 2);
  EXPECT_EQ(found(), 0u);
}

TEST_F(VoteOracleTest, AWipedOrDamagedDiskMayForgetWhomItVotedFor) {
  Votes(3, 2, 1);
  Syncs(3);
  oracle_.OnDiskDamaged(NodeId(3));
  Dies(3);
  Votes(3, 2, 2);
  EXPECT_EQ(found(), 0u);
}

TEST_F(VoteOracleTest, AJointConfigurationNeedsAMajorityOfEitherSet) {
  nodes_[NodeId(1)].voters_next = {NodeId(1), NodeId(4), NodeId(5)};
  for (const std::uint32_t node : {1U, 2U}) {
    Votes(node, 2, 1);
    Syncs(node);
  }
  Leads(1);
  EXPECT_EQ(found(), 1u);
}

}  // namespace
}  // namespace wringer::sim
