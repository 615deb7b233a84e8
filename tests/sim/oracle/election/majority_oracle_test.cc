#include "sim/oracle/election/majority_oracle.h"

#include <map>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

std::vector<NodeId> Nodes(std::initializer_list<std::uint32_t> numbers) {
  std::vector<NodeId> nodes;
  for (const std::uint32_t number : numbers) nodes.push_back(NodeId(number));
  return nodes;
}

class MajorityOracleTest : public testing::Test {
 protected:
  explicit MajorityOracleTest(bool synced = true)
      : world_({.seed = 1}),
        log_(&world_),
        oracle_(
            {.synced = synced}, Nodes({1, 2, 3, 4, 5}),
            [this](NodeId) { return &status_; },
            [this](NodeId id) -> std::optional<node::NodeView> {
              node::NodeView view;
              view.id = id;
              view.durable.log.index = durable_[id];
              return view;
            },
            &log_) {
    Voters({1, 2, 3});
  }

  void Voters(std::initializer_list<std::uint32_t> now,
              std::initializer_list<std::uint32_t> next = {}) {
    status_.voters = Nodes(now);
    status_.voters_next = Nodes(next);
    ++status_.voters_version;
  }
  void Lead() {
    status_.role = replication::Role::kLeader;
    node::RoleChanged role;
    role.node = NodeId(1);
    role.role = status_.role;
    oracle_.OnRole(role);
  }
  void Acknowledges(std::uint32_t node, std::uint64_t index) {
    replication::Promise promise;
    promise.log = {Term(1), LogIndex(index)};
    node::PromiseSent sent;
    sent.node = NodeId(node);
    sent.promise = &promise;
    oracle_.OnPromise(sent);
  }
  // The leader holds it itself, unless it is said not to.
  void Commit(std::uint64_t index) {
    durable_[NodeId(1)] = LogIndex(leader_is_durable_ ? index : 0);
    status_.commit = LogIndex(index);
    EventRecord event;
    event.node = NodeId(1);
    oracle_.AfterEvent(event);
  }
  std::size_t found() const { return log_.findings().size(); }

  bool leader_is_durable_ = true;
  replication::Status status_;
  std::map<NodeId, LogIndex> durable_;
  World world_;
  FindingLog log_;
  MajorityOracle oracle_;
};

TEST_F(MajorityOracleTest, TwoOfThreeAreEnough) {
  Lead();
  Acknowledges(2, 1);
  Commit(1);
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(oracle_.checked(), 1u);
}

TEST_F(MajorityOracleTest, OneOfThreeIsNot) {
  Lead();
  Acknowledges(2, 1);
  Commit(2);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "majority");
  EXPECT_EQ(log_.findings()[0].entry, LogIndex(2));
}

TEST_F(MajorityOracleTest, ALeaderCountsOnceItIsDurable) {
  leader_is_durable_ = false;
  Lead();
  Acknowledges(2, 1);
  Commit(1);
  EXPECT_EQ(found(), 1u);
  Acknowledges(2, 2);
  Acknowledges(3, 2);
  Commit(2);
  EXPECT_EQ(found(), 1u);
}

TEST_F(MajorityOracleTest, WhatNobodySaidAloudCountsIfItIsThere) {
  Lead();
  durable_[NodeId(3)] = LogIndex(2);
  Commit(2);
  EXPECT_EQ(found(), 0u);
}

TEST_F(MajorityOracleTest, StrangersDoNotCount) {
  Lead();
  Acknowledges(4, 1);
  Acknowledges(5, 1);
  Commit(1);
  EXPECT_EQ(found(), 1u);
}

TEST_F(MajorityOracleTest, BothHalvesOfAJointConfigurationMustHoldIt) {
  Voters({1, 2, 3}, {1, 4, 5});
  Lead();
  Acknowledges(2, 1);
  Acknowledges(4, 1);
  Commit(1);
  EXPECT_EQ(found(), 0u);
  // Three of five, and one of three.
  Acknowledges(4, 2);
  Acknowledges(5, 2);
  Commit(2);
  EXPECT_EQ(found(), 1u);
}

TEST_F(MajorityOracleTest, ALeaderMayCommitAndThenChangeTheVoters) {
  Lead();
  Acknowledges(2, 1);
  Commit(1);
  Acknowledges(2, 2);
  Voters({1, 4, 5});
  Commit(2);
  EXPECT_EQ(found(), 0u);
  Acknowledges(2, 3);
  Commit(3);
  EXPECT_EQ(found(), 1u);
}

TEST_F(MajorityOracleTest, OthersCountedWhatWasCommittedBefore) {
  status_.commit = LogIndex(7);
  Lead();
  Commit(7);
  EXPECT_EQ(oracle_.checked(), 0u);
}

TEST_F(MajorityOracleTest, AFollowerBelievesItsLeader) {
  Commit(1);
  EXPECT_EQ(found(), 0u);
}

class UnsyncedMajorityOracleTest : public MajorityOracleTest {
 protected:
  UnsyncedMajorityOracleTest() : MajorityOracleTest(false) {}
};

TEST_F(UnsyncedMajorityOracleTest, WithoutSyncsNothingIsHeld) {
  Lead();
  Commit(1);
  EXPECT_EQ(found(), 0u);
}

}  // namespace
}  // namespace wringer::sim
