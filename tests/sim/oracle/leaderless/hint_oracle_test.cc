#include "sim/oracle/leaderless/hint_oracle.h"

#include <optional>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

using replication::StoreSpace;
using replication::Version;
using replication::Versioned;
using wire::WriteLevelKind;

constexpr NodeId kOwners[] = {NodeId(1), NodeId(2), NodeId(3)};
const Version kOld{5, NodeId(1), OpId(50)};
const Version kNew{9, NodeId(1), OpId(90)};

class HintOracleTest : public testing::Test {
 protected:
  HintOracleTest() : world_({.seed = 1}), log_(&world_) {}

  HintOracle& Judge(bool hints_count = false, bool synced = true) {
    oracle_.emplace(CopyPromises{.n = 3,
                                 .w = 2,
                                 .hints_count = hints_count,
                                 .hint_ttl = 10 * kSecond,
                                 .synced = synced},
                    &mirror_, &world_, &log_);
    return *oracle_;
  }
  void Tell(const node::StoreChanged& change) {
    mirror_.OnStoreChanged(change);
    oracle_->OnStoreChanged(change);
  }
  void Holds(std::uint32_t node, Version version, bool tombstone = false) {
    const Versioned held{version, tombstone, "v"};
    Tell({.node = NodeId(node),
          .space = StoreSpace::kData,
          .owner = {},
          .key = "k",
          .held = &held});
  }
  // No version: the hint goes.
  void Hints(std::uint32_t node, std::uint32_t owner,
             std::optional<Version> version) {
    const Versioned held{version.value_or(Version{}), false, "v"};
    Tell({.node = NodeId(node),
          .space = StoreSpace::kHint,
          .owner = NodeId(owner),
          .key = "k",
          .held = version ? &held : nullptr});
  }
  void Acks(WriteLevelKind given,
            WriteLevelKind asked = WriteLevelKind::kQuorum) {
    oracle_->OnWriteAnswered({.node = NodeId(1),
                              .key = "k",
                              .version = kNew,
                              .position = {},
                              .asked = {asked, 0},
                              .given = {given, 0}});
  }
  void Reboots(std::uint32_t node, std::optional<Version> finds,
               bool power_lost = true, bool wiped = false) {
    const DeathNotice death{.node = NodeId(node),
                            .incarnation = Incarnation(1),
                            .power_lost = power_lost,
                            .disk_wiped = wiped};
    mirror_.OnDeath(death);
    oracle_->OnDeath(death);
    mirror_.OnBoot(NodeId(node), Incarnation(2));
    oracle_->OnBoot(NodeId(node), Incarnation(2));
    if (finds) Holds(node, *finds);
    node::NodeView view;
    view.id = NodeId(node);
    oracle_->OnServing(view);
  }
  std::string Rule() const {
    return log_.findings().empty() ? "" : log_.findings()[0].rule;
  }

  World world_;
  FindingLog log_;
  StoreMirror mirror_{[](Slice) {
    return std::vector<NodeId>(std::begin(kOwners), std::end(kOwners));
  }};
  std::optional<HintOracle> oracle_;
};

TEST_F(HintOracleTest, AQuorumIsOwnersThatHoldItOrMore) {
  Judge();
  Holds(1, kNew);
  Holds(2, {10, NodeId(2), OpId(1)});
  Acks(WriteLevelKind::kQuorum);
  EXPECT_EQ(Rule(), "");
  Acks(WriteLevelKind::kAll);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, AnOlderVersionIsNoCopy) {
  Judge();
  Holds(1, kNew);
  Holds(2, kOld);
  Acks(WriteLevelKind::kQuorum);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, AStrangersCopyIsNoCopy) {
  Judge();
  Holds(1, kNew);
  Holds(7, kNew);
  Acks(WriteLevelKind::kQuorum);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, HintsCountWhereTheDesignSaysSo) {
  Judge(/*hints_count=*/true);
  Holds(1, kNew);
  Hints(1, 3, kNew);
  Acks(WriteLevelKind::kAny);
  EXPECT_EQ(Rule(), "");
}

TEST_F(HintOracleTest, AHintThatIsNotThereDoesNotCount) {
  Judge(/*hints_count=*/true);
  Holds(1, kNew);
  Acks(WriteLevelKind::kAny);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, HintsDoNotCountTowardALevelThatAsksForOwners) {
  Judge();
  Holds(1, kNew);
  Hints(1, 3, kNew);
  Acks(WriteLevelKind::kAny);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, AHintStaysUntilItsOwnerHasIt) {
  Judge();
  Hints(1, 3, kNew);
  Holds(3, kNew);
  Hints(1, 3, std::nullopt);
  EXPECT_EQ(Rule(), "");
  Hints(1, 2, kNew);
  Hints(1, 2, std::nullopt);
  EXPECT_EQ(Rule(), "hint");
}

TEST_F(HintOracleTest, WhatWasDurableIsThereAfterABoot) {
  Judge();
  Holds(1, kNew);
  Reboots(1, kNew);
  EXPECT_EQ(Rule(), "");
  Reboots(1, kOld);
  EXPECT_EQ(Rule(), "store");
}

TEST_F(HintOracleTest, AWipedDiskAndUnsyncedBytesOweNothing) {
  Judge(false, /*synced=*/false);
  Holds(1, kNew);
  Reboots(1, std::nullopt);
  EXPECT_EQ(Rule(), "");
  Judge();
  Holds(1, kNew);
  Reboots(1, std::nullopt, true, /*wiped=*/true);
  EXPECT_EQ(Rule(), "");
  // But a process crash loses nothing even of what was not synced.
  Judge(false, /*synced=*/false);
  Holds(1, kNew);
  Reboots(1, std::nullopt, /*power_lost=*/false);
  EXPECT_EQ(Rule(), "store");
}

TEST_F(HintOracleTest, TheMirrorKnowsWhetherOwnersAgree) {
  Judge();
  EXPECT_TRUE(mirror_.Agree());
  Holds(1, kNew);
  EXPECT_FALSE(mirror_.Agree());
  Holds(2, kNew);
  Holds(3, kNew);
  Holds(7, kOld);  // owns nothing
  EXPECT_TRUE(mirror_.Agree());
  mirror_.OnBoot(NodeId(2), Incarnation(2));
  EXPECT_FALSE(mirror_.Agree());
}

TEST_F(HintOracleTest, TheMirrorKnowsWhetherSomeOwnersAgreeAmongThemselves) {
  Judge();
  const std::set<NodeId> two{NodeId(1), NodeId(3)};
  Holds(1, kNew);
  EXPECT_FALSE(mirror_.AgreeAmong(two));
  Holds(3, kNew);
  EXPECT_TRUE(mirror_.AgreeAmong(two));
  EXPECT_FALSE(mirror_.AgreeAmong({NodeId(1), NodeId(2)}));
  EXPECT_TRUE(mirror_.AgreeAmong({NodeId(2)}));
}

}  // namespace
}  // namespace wringer::sim
