#include "sim/oracle/state_oracle.h"

#include <memory>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

constexpr NodeId kN1{1};
constexpr NodeId kN2{2};

class StateOracleTest : public testing::Test {
 protected:
  StateOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void HoldTo(const OraclePromises& promises) {
    oracle_ = std::make_unique<StateOracle>(promises, &log_);
  }
  void Apply(NodeId node, std::uint64_t term, std::uint64_t index,
             std::uint64_t hash, std::uint64_t digest) {
    node::EntryApplied applied;
    applied.node = node;
    applied.position = {Term(term), LogIndex(index)};
    applied.payload_hash = hash;
    applied.state_digest = digest;
    oracle_->OnApplied(applied);
  }
  std::vector<std::string> Rules() const {
    std::vector<std::string> rules;
    for (const Finding& f : log_.findings()) rules.push_back(f.rule);
    return rules;
  }
  using V = std::vector<std::string>;

  World world_;
  FindingLog log_;
  std::unique_ptr<StateOracle> oracle_ =
      std::make_unique<StateOracle>(OraclePromises(), &log_);
};

TEST_F(StateOracleTest, EqualLogsAndStatesAreFine) {
  for (const NodeId node : {kN1, kN2}) {
    Apply(node, 1, 1, 10, 100);
    Apply(node, 1, 2, 20, 200);
  }
  EXPECT_EQ(Rules(), V{});
  EXPECT_EQ(oracle_->entries_checked(), 4u);
}

TEST_F(StateOracleTest, OtherContentsAtOneIndexAreFound) {
  Apply(kN1, 1, 1, 10, 100);
  Apply(kN2, 1, 1, 11, 100);
  EXPECT_EQ(Rules(), V{"log"});
}

TEST_F(StateOracleTest, AnotherTermAtOneIndexIsFoundWhereExecutedIsFinal) {
  Apply(kN1, 1, 1, 10, 100);
  Apply(kN2, 2, 1, 10, 100);
  EXPECT_EQ(Rules(), V{"log"});
}

TEST_F(StateOracleTest, AsynchronousDesignsMayReplaceAnEntryInALaterTerm) {
  OraclePromises weak;
  weak.applied_is_final = false;
  HoldTo(weak);
  Apply(kN1, 1, 1, 10, 100);
  Apply(kN2, 2, 1, 11, 101);
  EXPECT_EQ(Rules(), V{});
  Apply(NodeId(3), 2, 1, 12, 102);
  EXPECT_EQ(Rules(), V{"log"});
}

TEST_F(StateOracleTest, DamageMayTakeTheEndOfAnOnlyCopyAndOfNoOther) {
  for (const bool only : {true, false}) {
    OraclePromises promises;
    promises.only_copy = only;
    HoldTo(promises);
    Apply(kN1, 1, 1, 10, 100);
    oracle_->OnDiskDamaged(kN1);
    oracle_->OnBoot(kN1, Incarnation(2));
    Apply(kN1, 2, 1, 11, 101);
    EXPECT_EQ(Rules(), only ? V{} : V{"log"});
  }
}

TEST_F(StateOracleTest, AWipedOnlyCopyBeginsAnew) {
  for (const bool only : {true, false}) {
    OraclePromises promises;
    promises.only_copy = only;
    HoldTo(promises);
    Apply(kN1, 1, 1, 10, 100);
    DeathNotice death;
    death.node = kN1;
    death.disk_wiped = true;
    oracle_->OnDeath(death);
    oracle_->OnBoot(kN1, Incarnation(2));
    Apply(kN1, 1, 1, 11, 101);
    EXPECT_EQ(Rules(), only ? V{} : V{"log"});
  }
}

TEST_F(StateOracleTest, EqualLogsWithOtherDataAreFound) {
  Apply(kN1, 1, 1, 10, 100);
  Apply(kN2, 1, 1, 10, 999);
  EXPECT_EQ(Rules(), V{"state"});
}

TEST_F(StateOracleTest, ASnapshotMustHoldWhatTheLogGives) {
  Apply(kN1, 1, 1, 10, 100);
  node::SnapshotInstalledAt installed;
  installed.node = kN2;
  installed.position = {Term(1), LogIndex(1)};
  installed.state_digest = 100;
  oracle_->OnInstalled(installed);
  EXPECT_EQ(Rules(), V{});
  installed.state_digest = 5;
  oracle_->OnInstalled(installed);
  EXPECT_EQ(Rules(), V{"state"});
}

TEST_F(StateOracleTest, ASnapshotTakesNobodyBack) {
  node::SnapshotInstalledAt older;
  older.node = kN1;
  older.position = {Term(1), LogIndex(1)};
  older.state_digest = 100;
  for (const bool advances : {false, true}) {
    HoldTo({.state_advances = advances});
    Apply(kN1, 1, 1, 10, 100);
    Apply(kN1, 1, 2, 20, 200);
    oracle_->OnInstalled(older);
    EXPECT_EQ(Rules(), advances ? V{"state"} : V{});
    // From there it goes on as ever.
    Apply(kN1, 1, 2, 20, 200);
    EXPECT_EQ(Rules().size(), advances ? 1u : 0u);
  }
}

TEST_F(StateOracleTest, TheCursorMovesByOneAndItsTermNeverBack) {
  Apply(kN1, 2, 1, 10, 100);
  Apply(kN1, 2, 3, 30, 300);
  EXPECT_EQ(Rules(), V{"fence"});
  Apply(kN1, 1, 4, 40, 400);
  EXPECT_EQ(Rules(), (V{"fence", "fence"}));
}

TEST_F(StateOracleTest, ABootMayStartTheCursorAnew) {
  Apply(kN1, 1, 1, 10, 100);
  Apply(kN1, 1, 2, 20, 200);
  oracle_->OnBoot(kN1, Incarnation(2));
  Apply(kN1, 1, 1, 10, 100);
  EXPECT_EQ(Rules(), V{});
}

}  // namespace
}  // namespace wringer::sim
