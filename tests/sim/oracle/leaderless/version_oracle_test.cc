#include "sim/oracle/leaderless/version_oracle.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

constexpr NodeId kN1{1};

class VersionOracleTest : public testing::Test {
 protected:
  VersionOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void Numbers(std::uint64_t time) {
    status_.numbered = time;
    EventRecord event;
    event.node = kN1;
    oracle_.AfterEvent(event);
  }
  void Holds(std::uint64_t time) {
    const replication::Versioned held{{time, NodeId(2), OpId(1)}, false, "v"};
    oracle_.OnStoreChanged({.node = kN1,
                            .space = replication::StoreSpace::kData,
                            .owner = {},
                            .key = "k",
                            .held = &held});
  }
  void Restarts(bool wiped) {
    oracle_.OnDeath({.node = kN1,
                     .incarnation = Incarnation(1),
                     .power_lost = true,
                     .disk_wiped = wiped});
    status_ = {};
  }

  World world_;
  FindingLog log_;
  replication::Status status_;
  VersionOracle oracle_{{}, [this](NodeId) { return &status_; }, &log_};
};

TEST_F(VersionOracleTest, NumbersThatGrowAreFine) {
  Numbers(5);
  Holds(8);
  Numbers(5);  // no new one
  Numbers(9);
  EXPECT_EQ(log_.total(), 0u);
  EXPECT_EQ(oracle_.versions_checked(), 2u);
}

TEST_F(VersionOracleTest, AClockThatGoesBackIsFound) {
  Numbers(9);
  Numbers(5);
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "version");
}

TEST_F(VersionOracleTest, ANumberBelowWhatItHoldsIsFound) {
  Holds(8);
  Numbers(0);  // an event without one: from now on it is known
  Numbers(7);
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(VersionOracleTest, WhatArrivesWithTheNumberIsNotHeldAgainstIt) {
  Holds(8);
  Numbers(7);
  EXPECT_EQ(log_.total(), 0u);
}

TEST_F(VersionOracleTest, ARestartKeepsWhatItKnewUnlessTheDiskIsWiped) {
  Numbers(9);
  Restarts(false);
  Numbers(5);
  EXPECT_EQ(log_.total(), 1u);
  Restarts(true);
  Numbers(4);
  EXPECT_EQ(log_.total(), 1u);
}

}  // namespace
}  // namespace wringer::sim
