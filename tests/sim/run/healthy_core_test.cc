// A core that stays healthy while the others fail for good: how large it is,
// what becomes of the others, and that a core that does not serve is found.
#include <algorithm>
#include <set>

#include "tests/sim/run/scenarios.h"

namespace wringer::sim {
namespace {

Scenario WithSmallCore(ReplicationModel model, std::uint32_t nodes) {
  Scenario scenario = Small();
  scenario.replication.model = model;
  scenario.cluster.nodes = nodes;
  scenario.run.core = CoreRule::kSmallest;
  return scenario;
}

RunResult RunSeed(const Scenario& scenario, std::uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  return MustRun(scenario, options);
}

// What was done to those that failed for good.
std::set<std::string> FatesOf(const RunResult& result) {
  std::set<std::string> fates;
  for (const LedgerEntry& entry : result.ledger.entries()) {
    if (!entry.fault.id.starts_with("for-good-")) continue;
    EXPECT_EQ(entry.verdict(), FaultVerdict::kEffective) << entry.fault.id;
    EXPECT_EQ(entry.ended_at, -1) << entry.fault.id;
    const PartitionShape shape = entry.fault.partition.shape;
    fates.insert(entry.fault.kind != FaultKind::kPartition
                     ? std::string(NameOf(entry.fault.kind))
                 : shape == PartitionShape::kSides       ? "cut off"
                 : entry.fault.partition.to.size() == 1u ? "deaf"
                                                         : "mute");
  }
  return fates;
}

TEST(HealthyCoreTest, AMajorityOfRaftServesWhateverBecameOfTheOthers) {
  const Scenario scenario = WithSmallCore(ReplicationModel::kRaft, 5);
  std::set<std::string> fates;
  std::set<std::vector<NodeId>> lost;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RunResult result = RunSeed(scenario, seed);
    ExpectHealthy(result);
    EXPECT_EQ(result.lost.size(), 2u) << seed;
    lost.insert(result.lost);
    fates.merge(FatesOf(result));
  }
  EXPECT_EQ(fates, (std::set<std::string>{"crash", "cut off", "deaf", "mute",
                                          "pause"}));
  EXPECT_GE(lost.size(), 8u) << "of the ten pairs";
}

TEST(HealthyCoreTest, LeaderlessOwnersThatAreLeftAgreeAndServe) {
  Scenario scenario = WithSmallCore(ReplicationModel::kQuorum, 5);
  scenario.workload.mix.cas = 0;
  scenario.replication.quorum.anti_entropy = 1 * kSecond;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult result = RunSeed(scenario, seed);
    ExpectHealthy(result);
    EXPECT_EQ(result.lost.size(), 1u) << seed;
  }
}

TEST(HealthyCoreTest, SomebodyInSyncTakesOver) {
  Scenario scenario = WithSmallCore(ReplicationModel::kPrimaryBackup, 3);
  scenario.replication.primary_backup.degrade = DegradeRule::kShrink;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult result = RunSeed(scenario, seed);
    ExpectHealthy(result);
    EXPECT_EQ(result.lost.size(), 2u) << seed;
  }
}

TEST(HealthyCoreTest, AMinorityOfTheConfigServiceMayFailAsWell) {
  Scenario scenario = WithSmallCore(ReplicationModel::kPrimaryBackup, 3);
  scenario.cluster.config_service = ConfigServiceKind::kRaft;
  scenario.replication.primary_backup.degrade = DegradeRule::kShrink;
  const RunResult result = RunSeed(scenario, 3);
  ExpectHealthy(result);
  EXPECT_EQ(std::count_if(result.lost.begin(), result.lost.end(), IsConfigNode),
            1);
}

TEST(HealthyCoreTest, WhoNeedsEverybodyLosesNobody) {
  Scenario blocks = WithSmallCore(ReplicationModel::kPrimaryBackup, 3);
  blocks.replication.primary_backup.degrade = DegradeRule::kBlock;
  EXPECT_TRUE(RunSeed(blocks, 1).lost.empty());
  Scenario all = WithSmallCore(ReplicationModel::kRaft, 3);
  all.workload.levels.write.kind = WriteLevelSpec::Kind::kAll;
  EXPECT_TRUE(RunSeed(all, 1).lost.empty());
}

// A node that is down when the load ends stays down.
TEST(HealthyCoreTest, WhatIsWrongWithTheOthersStaysWrong) {
  Scenario scenario = WithSmallCore(ReplicationModel::kRaft, 3);
  scenario.faults.timeline = {At("early", FaultKind::kCrash, 500 * kMillisecond,
                                 {Target::Node(NodeId(2))})};
  bool kept = false;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult result = RunSeed(scenario, seed);
    ExpectHealthy(result);
    const bool lost = result.lost == std::vector<NodeId>{NodeId(2)};
    EXPECT_EQ(result.ledger.Find("early")->ended_at < 0, lost);
    kept |= lost;
  }
  EXPECT_TRUE(kept);
}

// n1 and n2 never hear each other: the three together get along, those two
// alone do not, and no fault excuses them.
TEST(HealthyCoreTest, ACoreThatDoesNotServeIsFound) {
  Scenario scenario = WithSmallCore(ReplicationModel::kRaft, 3);
  LinkSpec broken;
  broken.between = {Target::Node(NodeId(1)), Target::Node(NodeId(2))};
  broken.loss = 1'000'000;
  scenario.network.links = {broken};
  scenario.run.settle = 2 * kSecond;
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult result = RunSeed(scenario, seed);
    if (result.lost != std::vector<NodeId>{NodeId(3)}) continue;
    if (FatesOf(result).empty()) continue;  // n3 goes on as it was
    EXPECT_EQ(result.end, RunEnd::kStuck) << seed;
    EXPECT_EQ(result.stuck_because, "") << seed;
    found = true;
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace wringer::sim
