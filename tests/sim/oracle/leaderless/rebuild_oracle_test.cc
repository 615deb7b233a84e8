#include "sim/oracle/leaderless/rebuild_oracle.h"

#include <optional>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

using replication::Version;
using replication::Versioned;

constexpr NodeId kOwners[] = {NodeId(1), NodeId(2), NodeId(3)};
const Version kOld{5, NodeId(1), OpId(50)};
const Version kNew{9, NodeId(1), OpId(90)};

class RebuildOracleTest : public testing::Test {
 protected:
  RebuildOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void Holds(std::uint32_t node, Version version, bool tombstone = false) {
    const Versioned held{version, tombstone, "v"};
    mirror_.OnStoreChanged({.node = NodeId(node),
                            .space = replication::StoreSpace::kData,
                            .owner = {},
                            .key = "k",
                            .held = &held});
  }
  void Dies(std::uint32_t node, bool wiped) {
    oracle_.OnDeath({.node = NodeId(node),
                     .incarnation = Incarnation(1),
                     .power_lost = true,
                     .disk_wiped = wiped});
    mirror_.OnBoot(NodeId(node), Incarnation(2));
  }
  // What came of an answer with that version; none: with nothing.
  std::size_t FindingsOfAnswer(std::uint32_t node,
                               std::optional<Version> version) {
    const std::size_t before = log_.findings().size();
    const Versioned held{version.value_or(Version{}), false, "v"};
    oracle_.OnStoreRead(
        {.node = NodeId(node), .key = "k", .held = version ? &held : nullptr});
    return log_.findings().size() - before;
  }

  World world_;
  FindingLog log_;
  StoreMirror mirror_{[](Slice) {
    return std::vector<NodeId>(std::begin(kOwners), std::end(kOwners));
  }};
  RebuildOracle oracle_{2, true, &mirror_, &log_};
};

TEST_F(RebuildOracleTest, AnOwnerThatLostItsDiskOwesWhatOthersStillHold) {
  Holds(1, kNew);
  Holds(2, kNew);
  Holds(3, kOld);
  Dies(1, /*wiped=*/true);
  ASSERT_EQ(FindingsOfAnswer(1, std::nullopt), 1u);
  EXPECT_EQ(FindingsOfAnswer(1, kOld), 1u);
  EXPECT_EQ(FindingsOfAnswer(1, kNew), 0u);
  EXPECT_EQ(log_.findings()[0].rule, "rebuild");
  EXPECT_EQ(oracle_.checked(), 3u);
}

TEST_F(RebuildOracleTest, NobodyElseOwesAnything) {
  Holds(1, kNew);
  Holds(2, kNew);
  Dies(1, /*wiped=*/true);
  EXPECT_EQ(FindingsOfAnswer(3, std::nullopt), 0u);
  Dies(3, /*wiped=*/false);
  EXPECT_EQ(FindingsOfAnswer(3, std::nullopt), 0u);
  EXPECT_EQ(oracle_.checked(), 0u);
}

TEST_F(RebuildOracleTest, WhatTooFewOthersHeldIsNotOwed) {
  Holds(1, kNew);
  Holds(2, kOld);
  Dies(1, /*wiped=*/true);
  EXPECT_EQ(FindingsOfAnswer(1, std::nullopt), 0u);
}

TEST_F(RebuildOracleTest, ACollectedTombstoneTakesTheDebtAlong) {
  Holds(1, kOld);
  Holds(2, kOld);
  Dies(1, /*wiped=*/true);
  mirror_.OnStoreChanged({.node = NodeId(2),
                          .space = replication::StoreSpace::kData,
                          .owner = {},
                          .key = "k",
                          .held = nullptr});
  EXPECT_EQ(FindingsOfAnswer(1, std::nullopt), 0u);
}

TEST_F(RebuildOracleTest, ASecondDiskReleasesTheDebtsOfTheFirst) {
  for (const bool wiped : {true, false}) {
    Holds(1, kNew);
    Holds(2, kNew);
    Holds(3, kNew);
    Dies(1, /*wiped=*/true);
    EXPECT_EQ(FindingsOfAnswer(1, std::nullopt), 1u);
    if (wiped) {
      Dies(2, /*wiped=*/true);
    } else {
      oracle_.OnDiskDamaged(NodeId(2));
    }
    EXPECT_EQ(FindingsOfAnswer(1, std::nullopt), 0u);
  }
}

TEST_F(RebuildOracleTest, OneThatIsWipedAgainStillOwes) {
  Holds(1, kNew);
  Holds(2, kNew);
  Dies(1, /*wiped=*/true);
  Dies(1, /*wiped=*/true);
  EXPECT_EQ(FindingsOfAnswer(1, std::nullopt), 1u);
}

}  // namespace
}  // namespace wringer::sim
