#include "sim/oracle/lease_oracle.h"

#include <map>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

class LeaseOracleTest : public testing::Test {
 protected:
  LeaseOracleTest() : world_({.seed = 1}), log_(&world_) {}
  void Event(std::uint32_t node) {
    EventRecord event;
    event.node = NodeId(node);
    oracle_.AfterEvent(event);
  }

  World world_;
  FindingLog log_;
  std::map<NodeId, Nanos> left_;
  LeaseOracle oracle_{[this](NodeId id) { return left_[id]; }, &log_};
};

TEST_F(LeaseOracleTest, OneLeaseAfterAnotherIsFine) {
  left_[NodeId(1)] = 5;
  Event(1);
  left_[NodeId(1)] = 0;  // ran out, with no event of its own
  left_[NodeId(2)] = 5;
  Event(2);
  Event(1);
  EXPECT_EQ(log_.total(), 0u);
  EXPECT_EQ(oracle_.checked(), 2u);
}

TEST_F(LeaseOracleTest, TwoLeasesAtOneInstantAreFound) {
  left_[NodeId(1)] = 3 * kMillisecond;
  Event(1);
  left_[NodeId(2)] = 5;
  Event(2);
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "lease");
  EXPECT_EQ(log_.findings()[0].node, NodeId(2));
}

TEST_F(LeaseOracleTest, NobodyIsAppointedWhileAnothersLeaseRuns) {
  const auto appoint = [this](std::uint64_t epoch, std::uint32_t primary) {
    replication::ClusterView view;
    view.epoch = Epoch(epoch);
    view.primary = NodeId(primary);
    oracle_.OnView({.node = NodeId(kConfigNodeBase + 1),
                    .incarnation = Incarnation(1),
                    .view = &view});
  };
  left_[NodeId(1)] = 5;
  Event(1);
  appoint(2, 1);  // its own
  appoint(1, 2);  // long ago, told anew after a boot
  EXPECT_EQ(log_.total(), 0u);
  appoint(3, 2);
  EXPECT_EQ(log_.total(), 1u);
  left_[NodeId(1)] = 0;
  appoint(4, 3);
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(LeaseOracleTest, ClientsAndTheConfigGroupHoldNone) {
  left_[NodeId(kConfigNodeBase + 1)] = 5;
  Event(kConfigNodeBase + 1);
  left_[NodeId(1)] = 5;
  Event(1);
  EXPECT_EQ(log_.total(), 0u);
}

}  // namespace
}  // namespace wringer::sim
