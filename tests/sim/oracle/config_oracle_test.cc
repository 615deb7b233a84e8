#include "sim/oracle/config_oracle.h"

#include <map>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

using Nodes = std::vector<NodeId>;

Nodes Set(std::initializer_list<std::uint32_t> ids) {
  Nodes nodes;
  for (const std::uint32_t id : ids) nodes.push_back(NodeId(id));
  return nodes;
}

// By trying every pair of majorities.
bool NaiveMeet(const Nodes& a, const Nodes& b) {
  const auto majorities = [](const Nodes& set) {
    std::vector<std::uint32_t> masks;
    for (std::uint32_t mask = 0; mask < (1U << set.size()); ++mask) {
      std::uint32_t nodes = 0;
      std::size_t count = 0;
      for (std::size_t i = 0; i < set.size(); ++i) {
        if ((mask >> i & 1) == 0) continue;
        ++count;
        nodes |= 1U << set[i].value();
      }
      if (count > set.size() / 2) masks.push_back(nodes);
    }
    return masks;
  };
  for (const std::uint32_t left : majorities(a)) {
    for (const std::uint32_t right : majorities(b)) {
      if ((left & right) == 0) return false;
    }
  }
  return true;
}

TEST(MajoritiesMeet, AgreesWithTryingThemAll) {
  for (std::uint32_t left = 1; left < 64; ++left) {
    for (std::uint32_t right = 1; right < 64; ++right) {
      Nodes a;
      Nodes b;
      for (std::uint32_t i = 0; i < 6; ++i) {
        if ((left >> i & 1) != 0) a.push_back(NodeId(i + 1));
        if ((right >> i & 1) != 0) b.push_back(NodeId(i + 1));
      }
      EXPECT_EQ(MajoritiesMeet(a, b), NaiveMeet(a, b)) << left << " " << right;
    }
  }
}

class ConfigOracleTest : public testing::Test {
 protected:
  ConfigOracleTest() : world_({.seed = 1}), log_(&world_) {}

  void View(std::uint64_t epoch, std::uint32_t primary, Nodes in_sync,
            std::uint64_t floor = 0) {
    const replication::ClusterView view{Epoch(epoch),
                                        NodeId(primary),
                                        Set({1, 2, 3}),
                                        std::move(in_sync),
                                        {Term(1), LogIndex(floor)}};
    oracle_.OnView({.node = NodeId(1001), .incarnation = {}, .view = &view});
  }
  void Leads(std::uint64_t term, Nodes voters, Nodes next = {}) {
    status_.role = replication::Role::kLeader;
    status_.term = Term(term);
    status_.voters = std::move(voters);
    status_.voters_next = std::move(next);
    ++status_.voters_version;
    oracle_.OnRole({.node = NodeId(1),
                    .incarnation = {},
                    .role = status_.role,
                    .term = status_.term,
                    .leader = NodeId(1),
                    .meta = {}});
    EventRecord event;
    event.node = NodeId(1);
    oracle_.AfterEvent(event);
  }

  World world_;
  FindingLog log_;
  replication::Status status_;
  ConfigOracle oracle_{[this](NodeId) { return &status_; }, &log_};
};

TEST_F(ConfigOracleTest, HonestViewsAreFine) {
  View(1, 1, Set({1, 2, 3}));
  View(1, 1, Set({1, 2, 3}));  // another member executes the same
  View(2, 1, Set({1, 2}));
  View(3, 2, Set({2}));
  View(4, 2, Set({2, 3}));
  EXPECT_EQ(log_.total(), 0u);
}

TEST_F(ConfigOracleTest, APrimaryFromOutsideTheInSyncSetIsFound) {
  View(1, 1, Set({1, 2}));
  View(2, 3, Set({3}));
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "view");
}

TEST_F(ConfigOracleTest, SomebodyBroughtInWithANewPrimaryIsFound) {
  View(1, 1, Set({1, 2}));
  View(2, 2, Set({2, 3}));
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(ConfigOracleTest, TwoViewsOfOneEpochAreFound) {
  View(2, 1, Set({1, 2}));
  View(2, 2, Set({1, 2}));
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(ConfigOracleTest, ASealedEpochIsFineOnce) {
  View(1, 1, Set({1, 2, 3}));
  View(2, 0, Set({1, 2, 3}));
  View(3, 2, Set({2, 3}));
  EXPECT_EQ(log_.total(), 0u);
  View(4, 0, Set({2}));
  EXPECT_EQ(log_.total(), 1u);
  View(5, 0, Set({2}));
  EXPECT_EQ(log_.total(), 2u);
}

TEST_F(ConfigOracleTest, AFloorThatSinksIsFound) {
  View(1, 1, Set({1, 2, 3}), 5);
  View(2, 2, Set({2, 3}), 9);
  EXPECT_EQ(log_.total(), 0u);
  View(3, 3, Set({3}), 8);
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(ConfigOracleTest, ASkippedEpochIsFound) {
  View(1, 1, Set({1, 2}));
  View(3, 1, Set({1}));
  EXPECT_EQ(log_.total(), 1u);
}

TEST_F(ConfigOracleTest, SingleStepsAndJointQuorumsMeet) {
  Leads(1, Set({1, 2, 3}));
  Leads(1, Set({1, 2, 3, 4}));
  Leads(1, Set({1, 2, 3, 4}), Set({4, 5, 6}));
  Leads(1, Set({4, 5, 6}));
  Leads(2, Set({1, 2, 3}));  // another term: another log
  EXPECT_EQ(log_.total(), 0u);
}

TEST_F(ConfigOracleTest, AJumpToVotersWhoseMajoritiesNeedNotMeetIsFound) {
  Leads(1, Set({1, 2, 3}));
  Leads(1, Set({3, 4, 5}));
  ASSERT_EQ(log_.total(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "quorum");
}

}  // namespace
}  // namespace wringer::sim
