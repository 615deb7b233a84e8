#include "sim/oracle/claim_oracle.h"

#include <map>
#include <string>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

using wire::WriteLevelKind;

constexpr NodeId kN1{1};
constexpr NodeId kN2{2};
constexpr NodeId kN3{3};

class ClaimOracleTest : public testing::Test {
 protected:
  ClaimOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void Promises(NodeId node, std::uint64_t upto) {
    const replication::Promise promise{{Term(1), LogIndex(upto)}, {}, {}};
    oracle_.OnPromise({.node = node,
                       .incarnation = Incarnation(1),
                       .to = kN1,
                       .promise = &promise});
  }
  void Answers(std::uint64_t index, WriteLevelKind given,
               std::uint32_t copies = 0) {
    oracle_.OnWriteAnswered({.node = kN1,
                             .key = "k",
                             .version = {},
                             .position = {Term(1), LogIndex(index)},
                             .asked = {},
                             .given = {given, copies}});
    oracle_.AfterEvent({});
  }
  std::string Rule() const {
    return log_.findings().empty() ? "" : log_.findings()[0].rule;
  }

  World world_;
  FindingLog log_;
  std::map<NodeId, LogIndex> durable_;  // of the replicas that are up
  ClaimOracle oracle_{{kN1, kN2, kN3},
                      2,
                      [this](NodeId id) -> std::optional<node::NodeView> {
                        const auto at = durable_.find(id);
                        if (at == durable_.end()) return std::nullopt;
                        node::NodeView view;
                        view.id = id;
                        view.durable.log = {Term(1), at->second};
                        return view;
                      },
                      &log_};
};

TEST_F(ClaimOracleTest, ANumberIsHeldToTheCopiesThereAre) {
  Promises(kN1, 5);
  Promises(kN2, 7);
  Answers(5, WriteLevelKind::kCopies, 2);
  Answers(5, WriteLevelKind::kQuorum);
  EXPECT_EQ(Rule(), "");
  Answers(6, WriteLevelKind::kCopies, 2);
  EXPECT_EQ(Rule(), "claim");
  EXPECT_EQ(oracle_.claims_checked(), 3u);
}

TEST_F(ClaimOracleTest, AQuorumIsHeldToItsNumber) {
  Promises(kN1, 6);
  Promises(kN2, 5);
  Answers(6, WriteLevelKind::kQuorum);
  EXPECT_EQ(Rule(), "claim");
}

TEST_F(ClaimOracleTest, WhatIsDurableAndWasNotPromisedAloudCounts) {
  Promises(kN1, 6);
  durable_[kN3] = LogIndex(6);
  Answers(6, WriteLevelKind::kCopies, 2);
  EXPECT_EQ(Rule(), "");
}

TEST_F(ClaimOracleTest, ACopyThatWasLostSinceCounts) {
  node::NodeView view;
  view.id = kN2;
  view.durable.log = {Term(1), LogIndex(6)};
  oracle_.OnServing(view);
  Promises(kN1, 6);
  durable_[kN2] = LogIndex(0);  // wiped, say
  Answers(6, WriteLevelKind::kCopies, 2);
  EXPECT_EQ(Rule(), "");
}

TEST_F(ClaimOracleTest, ASnapshotIsACopyAndAStrangerHasNone) {
  Promises(kN1, 6);
  Promises(NodeId(9), 6);
  Answers(6, WriteLevelKind::kCopies, 2);
  EXPECT_EQ(Rule(), "claim");
  oracle_.OnInstalled({.node = kN3,
                       .incarnation = Incarnation(1),
                       .position = {Term(1), LogIndex(6)}});
  Answers(6, WriteLevelKind::kCopies, 2);
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(ClaimOracleTest, AWriteThatClaimsNoOtherCopyOwesNone) {
  Answers(6, WriteLevelKind::kLocal);
  EXPECT_EQ(Rule(), "");
  EXPECT_EQ(oracle_.claims_checked(), 0u);
}

}  // namespace
}  // namespace wringer::sim
