#include "sim/oracle/log_oracle.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

constexpr NodeId kN1{1};
constexpr NodeId kN2{2};

class LogOracleTest : public testing::Test {
 protected:
  LogOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void HoldTo(const OraclePromises& promises) {
    oracle_ = std::make_unique<LogOracle>(promises, &log_);
  }
  // Entries of (term, payload) from `index` on, behind one of term `before`.
  void Append(NodeId node, std::uint64_t before, std::uint64_t index,
              const std::vector<std::pair<std::uint64_t, std::string>>& what) {
    std::vector<replication::LogEntry> entries;
    for (const auto& [term, payload] : what) {
      entries.push_back({.term = Term(term),
                         .index = LogIndex(index++),
                         .kind = replication::EntryKind::kCommand,
                         .payload = payload});
    }
    oracle_->OnAppended({.node = node,
                         .incarnation = {},
                         .before = Term(before),
                         .entries = &entries});
  }
  std::vector<std::string> Found() const {
    std::vector<std::string> found;
    for (const Finding& f : log_.findings()) found.push_back(f.text);
    return found;
  }
  using V = std::vector<std::string>;

  World world_;
  FindingLog log_;
  std::unique_ptr<LogOracle> oracle_ =
      std::make_unique<LogOracle>(OraclePromises(), &log_);
};

TEST_F(LogOracleTest, OneEntryManyTimesIsFine) {
  Append(kN1, 0, 1, {{1, "a"}, {1, "b"}});
  Append(kN2, 0, 1, {{1, "a"}});
  Append(kN2, 1, 2, {{1, "b"}});
  EXPECT_EQ(Found(), V{});
  EXPECT_EQ(oracle_->entries_checked(), 4u);
}

TEST_F(LogOracleTest, AnotherTermAtAnIndexIsAnotherEntry) {
  Append(kN1, 0, 1, {{1, "a"}, {1, "b"}});
  Append(kN2, 1, 2, {{2, "c"}});
  EXPECT_EQ(Found(), V{});
}

TEST_F(LogOracleTest, OtherContentsAreFoundBeforeAnybodyExecutesThem) {
  Append(kN1, 0, 1, {{1, "a"}});
  Append(kN2, 0, 1, {{1, "b"}});
  EXPECT_EQ(Found(), V{"took entry 1/1 with other contents than n1 did"});
  EXPECT_EQ(log_.findings()[0].rule, "log-matching");
}

TEST_F(LogOracleTest, ADifferenceInFrontIsFoundAtTheEntryBehind) {
  Append(kN1, 0, 1, {{1, "a"}, {3, "c"}});
  Append(kN2, 0, 1, {{2, "b"}, {3, "c"}});
  EXPECT_EQ(Found(),
            V{"took entry 3/2 with other history before it than n1 did"});
}

TEST_F(LogOracleTest, WhatDiedWithTheOnlyOneThatTookItNeverWas) {
  Append(kN1, 0, 1, {{1, "a"}, {1, "b"}});
  Append(kN2, 0, 1, {{1, "a"}});
  oracle_->OnDeath({.node = kN1, .incarnation = {}});
  Append(kN1, 1, 2, {{1, "other"}});
  EXPECT_EQ(Found(), V{});
  Append(kN1, 0, 1, {{1, "other"}});
  EXPECT_EQ(Found(), V{"took entry 1/1 with other contents than n1 did"});
}

TEST_F(LogOracleTest, WhatIsNotHeldIsNotCompared) {
  Append(kN1, 1, 5, {{3, "c"}});
  Append(kN2, 0, 5, {{3, "c"}});  // behind a snapshot
  EXPECT_EQ(Found(), V{});
}

TEST_F(LogOracleTest, DesignsWithTwoLeadersInATermAreNotHeldToIt) {
  HoldTo({.one_leader = false});
  Append(kN1, 0, 1, {{1, "a"}});
  Append(kN2, 0, 1, {{1, "b"}});
  HoldTo({.synced = false});
  Append(kN1, 0, 1, {{1, "a"}});
  Append(kN2, 0, 1, {{1, "b"}});
  EXPECT_EQ(Found(), V{});
}

}  // namespace
}  // namespace wringer::sim
