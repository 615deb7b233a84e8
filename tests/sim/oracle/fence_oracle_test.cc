#include "sim/oracle/fence_oracle.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

class FenceOracleTest : public testing::Test {
 protected:
  FenceOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void Acknowledges(std::uint32_t node, std::uint64_t epoch) {
    const replication::Promise promise{{Term(epoch), LogIndex(9)}, {}, {}};
    node::PromiseSent sent;
    sent.node = NodeId(node);
    sent.is_reply = true;
    sent.promise = &promise;
    oracle_.OnPromise(sent);
  }
  void Acts(std::uint32_t node, std::uint64_t epoch,
            replication::Role role = replication::Role::kLeader,
            std::uint32_t incarnation = 1) {
    oracle_.OnRole({.node = NodeId(node),
                    .incarnation = Incarnation(incarnation),
                    .role = role,
                    .term = Term(epoch),
                    .leader = {},
                    .meta = {}});
  }
  void Granted(std::uint64_t epoch, std::uint32_t node) {
    replication::ClusterView view;
    view.epoch = Epoch(epoch);
    view.primary = NodeId(node);
    oracle_.OnView({.node = {}, .incarnation = {}, .view = &view});
  }

  World world_;
  FindingLog log_;
  FenceOracle oracle_{OraclePromises{}, &log_};
};

TEST_F(FenceOracleTest, OnePrimaryAnEpochIsFine) {
  Granted(1, 1);
  Acts(1, 1);
  Acknowledges(1, 1);
  Granted(2, 2);
  Acts(2, 2);
  Acknowledges(2, 2);
  Acknowledges(1, 1);  // settled before, told late
  Acts(1, 2, replication::Role::kFollower);
  EXPECT_EQ(log_.total(), 0u);
}

TEST_F(FenceOracleTest, TwoThatAcknowledgeInOneEpochAreFound) {
  Acknowledges(1, 4);
  Acknowledges(2, 4);
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "fence");
}

TEST_F(FenceOracleTest, GoingBackToAnOlderEpochIsFound) {
  Acts(1, 5, replication::Role::kFollower);
  Acts(1, 4, replication::Role::kFollower);
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "fence");
}

TEST_F(FenceOracleTest, AnotherLifeBeginsAnew) {
  Acts(1, 5, replication::Role::kFollower);
  oracle_.OnBoot(NodeId(1), Incarnation(1));  // its disk was wiped
  Acts(1, 0, replication::Role::kFollower);
  EXPECT_EQ(log_.total(), 0u);
}

TEST_F(FenceOracleTest, LeadingAnEpochGrantedToAnotherIsFound) {
  Granted(3, 2);
  Acts(1, 3);
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "grant");
}

TEST_F(FenceOracleTest, UnfencedDesignsAreHeldToNoGrant) {
  OraclePromises promises;
  promises.one_leader = false;
  FenceOracle lenient(promises, &log_);
  replication::ClusterView view;
  view.epoch = Epoch(3);
  view.primary = NodeId(2);
  lenient.OnView({.node = {}, .incarnation = {}, .view = &view});
  lenient.OnRole({.node = NodeId(1),
                  .incarnation = Incarnation(1),
                  .role = replication::Role::kLeader,
                  .term = Term(3),
                  .leader = {},
                  .meta = {}});
  EXPECT_EQ(log_.total(), 0u);
}

}  // namespace
}  // namespace wringer::sim
