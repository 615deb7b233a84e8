#include "sim/oracle/leader_oracle.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

class LeaderOracleTest : public testing::Test {
 protected:
  explicit LeaderOracleTest(const OraclePromises& promises = {})
      : world_({.seed = 1}), log_(&world_), oracle_(promises, &log_) {}

  void Leads(std::uint32_t node, std::uint64_t term,
             replication::Role role = replication::Role::kLeader) {
    node::RoleChanged changed;
    changed.node = NodeId(node);
    changed.role = role;
    changed.term = Term(term);
    changed.meta = MetaVersion(term);
    oracle_.OnRole(changed);
  }
  std::size_t found() const { return log_.findings().size(); }

  World world_;
  FindingLog log_;
  LeaderOracle oracle_;
};

TEST_F(LeaderOracleTest, OneLeaderATermIsFine) {
  Leads(1, 1);
  Leads(2, 2);
  Leads(1, 3);
  Leads(3, 3, replication::Role::kFollower);
  EXPECT_EQ(found(), 0u);
}

TEST_F(LeaderOracleTest, TwoLeadersInATermAreFound) {
  Leads(1, 2);
  Leads(2, 2);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "one-leader");
  EXPECT_EQ(log_.findings()[0].node, NodeId(2));
}

TEST_F(LeaderOracleTest, GoingBackToAnOlderTermIsFoundEvenAfterADeath) {
  Leads(1, 5);
  oracle_.OnDeath({.node = NodeId(1),
                   .incarnation = Incarnation(1),
                   .power_lost = true,
                   .disk_wiped = false});
  Leads(1, 4);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "fence");
}

// Two lives of a replica that takes its epochs itself, the first of which
// died before its disk had the epoch.
class UnfencedLeaderTest : public LeaderOracleTest {
 protected:
  UnfencedLeaderTest() : LeaderOracleTest({.one_leader = false}) {}
  void Dies() {
    oracle_.OnDeath({.node = NodeId(1),
                     .incarnation = Incarnation(1),
                     .power_lost = true,
                     .disk_wiped = false});
  }
  void Says(const replication::Promise& promise) {
    node::PromiseSent sent;
    sent.node = NodeId(1);
    sent.promise = &promise;
    oracle_.OnPromise(sent);
  }
};

TEST_F(UnfencedLeaderTest, AnEpochInWhichNothingWasSaidMayBeForgotten) {
  Leads(1, 5);
  Dies();
  Leads(1, 4);
  EXPECT_EQ(found(), 0u);
}

TEST_F(UnfencedLeaderTest, AnEpochInWhichSomethingWasSaidMayNot) {
  Leads(1, 5);
  Says({.log = {}, .meta = MetaVersion(5), .merge = {}});
  Dies();
  Leads(1, 4);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "fence");
}

TEST_F(UnfencedLeaderTest, NorOneInWhichAnEntryOfItIsAcknowledged) {
  Leads(1, 5);
  Says({.log = {Term(5), LogIndex(9)}, .meta = {}, .merge = {}});
  Dies();
  Leads(1, 4);
  EXPECT_EQ(found(), 1u);
}

// It becomes true when the disk is done, by when its sender leads.
TEST_F(UnfencedLeaderTest, WhatItPromisedAsABackupIsNotSaidInTheEpoch) {
  Leads(1, 5);
  Says({.log = {Term(4), LogIndex(9)}, .meta = MetaVersion(4), .merge = {}});
  Dies();
  Leads(1, 4);
  EXPECT_EQ(found(), 0u);
}

TEST_F(LeaderOracleTest, AWipedNodeIsHeldToNothing) {
  Leads(1, 5);
  oracle_.OnDeath({.node = NodeId(1),
                   .incarnation = Incarnation(1),
                   .power_lost = true,
                   .disk_wiped = true});
  Leads(1, 4);
  EXPECT_EQ(found(), 0u);
}

}  // namespace
}  // namespace wringer::sim
