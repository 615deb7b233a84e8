// When a cluster that does not come back is excused, and when it is helped.
#include "tests/sim/run/scenarios.h"

namespace wringer::sim {
namespace {

Scenario Raft() {
  Scenario scenario = Small();
  scenario.replication.model = ReplicationModel::kRaft;
  scenario.run.settle = 3 * kSecond;
  return scenario;
}

TEST(RecoverabilityTest, AMajorityThatLostItsDisksNeedNotComeBack) {
  Scenario scenario = Raft();
  scenario.faults.timeline = {
      At("first", FaultKind::kWipe, 500 * kMillisecond,
         {Target::Node(NodeId(1))}, 100 * kMillisecond),
      At("second", FaultKind::kWipe, 500 * kMillisecond,
         {Target::Node(NodeId(2))}, 100 * kMillisecond)};
  const RunResult result = MustRun(scenario);
  EXPECT_EQ(result.end, RunEnd::kStuck);
  EXPECT_NE(result.stuck_because.find("lost what they had promised"),
            std::string::npos)
      << result.stuck_because;
  EXPECT_FALSE(result.history.final_state().at_rest);
}

TEST(RecoverabilityTest, WithoutAnOperatorNobodyLeadsByHand) {
  Scenario scenario = Small();
  scenario.replication.primary_backup.failover = FailoverRule::kScripted;
  scenario.run.settle = 3 * kSecond;
  scenario.faults.timeline = {At("one", FaultKind::kCrash, 500 * kMillisecond,
                                 {Target::Node(NodeId(1))},
                                 100 * kMillisecond)};
  const RunResult result = MustRun(scenario);
  EXPECT_EQ(result.end, RunEnd::kStuck);
  EXPECT_NE(result.stuck_because.find("nobody leads"), std::string::npos)
      << result.stuck_because;
}

// Of a config group and replicas that sync nothing the group syncs all the
// same, and the replicas go on with what the best of them has left.
TEST(RecoverabilityTest, UnsyncedReplicasSurviveAPowerLossOfAll) {
  Scenario scenario = Small();
  scenario.cluster.config_service = ConfigServiceKind::kRaft;
  scenario.wal.sync = WalSync::kNone;
  scenario.replication.primary_backup.acked_by = AckedBy::kRemoteWrite;
  scenario.faults.timeline = {At("all", FaultKind::kPowerLoss,
                                 500 * kMillisecond, {Target::Of(Role::kAll)},
                                 100 * kMillisecond)};
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    RunOptions options;
    options.seed = seed;
    ExpectHealthy(MustRun(scenario, options));
  }
}

TEST(RecoverabilityTest, AMinorityThatLostItsDisksIsBroughtUpToDate) {
  Scenario scenario = Raft();
  scenario.faults.timeline = {At("one", FaultKind::kWipe, 500 * kMillisecond,
                                 {Target::Node(NodeId(1))},
                                 100 * kMillisecond)};
  const RunResult result = MustRun(scenario);
  ExpectHealthy(result);
  EXPECT_TRUE(result.stuck_because.empty());
  EXPECT_TRUE(result.history.final_state().at_rest);
}

// What damage took of a log may have been promised: its node votes for nobody
// who lacks it, and with another disk lost two of three are not to be had.
TEST(RecoverabilityTest, AVoterThatLostTheEndOfItsLogIsNoSupporter) {
  Scenario scenario = Raft();
  const Target n1 = Target::Node(NodeId(1));
  const Target n2 = Target::Node(NodeId(2));
  scenario.faults.timeline = {At("away", FaultKind::kCrash, 300 * kMillisecond,
                                 {Target::Node(NodeId(3))}, 500 * kMillisecond),
                              At("reboot", FaultKind::kCrash,
                                 550 * kMillisecond, {n1}, 100 * kMillisecond),
                              At("wiped", FaultKind::kWipe, 560 * kMillisecond,
                                 {n2}, 100 * kMillisecond)};
  for (const char* id : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    FaultSpec rot = At(id, FaultKind::kBitRot, 540 * kMillisecond, {n1});
    rot.files = FileClass::kWal;
    rot.bits = {8, 8};
    scenario.faults.timeline.push_back(rot);
  }
  RunOptions options;
  options.seed = 1;
  const RunResult result = MustRun(scenario, options);
  EXPECT_EQ(result.end, RunEnd::kStuck);
  EXPECT_NE(result.stuck_because.find("n1, n2 of 3 voters lost"),
            std::string::npos)
      << result.stuck_because;
}

// Two of four hold the change to two voters, of whom one was down and the
// leader lost its disk: whoever knows of the change waits for the lost one, and
// who knows nothing is behind.
TEST(RecoverabilityTest, EachNodeIsElectedByTheMembershipItKnows) {
  Scenario scenario = Raft();
  scenario.cluster.nodes = 4;
  const Target n1 = Target::Node(NodeId(1));
  const Target leader = Target::Of(Role::kLeader);
  FaultSpec voters =
      At("voters", FaultKind::kMembership, 600 * kMillisecond, {n1, leader});
  voters.membership = MembershipAction::kSetVoters;
  scenario.faults.timeline = {
      At("down", FaultKind::kCrash, 500 * kMillisecond, {n1}, 2 * kSecond),
      voters,
      At("wiped", FaultKind::kWipe, 800 * kMillisecond, {leader},
         100 * kMillisecond)};
  const RunResult result = MustRun(scenario);
  EXPECT_EQ(result.end, RunEnd::kStuck);
  EXPECT_NE(result.stuck_because.find(" of 2 voters lost"), std::string::npos)
      << result.stuck_because;
}

// The last write fails just after the disk is mended: somebody has to start the
// node once more.
TEST(RecoverabilityTest, WhoStopsForAMendedDiskIsStartedAgain) {
  Scenario scenario = Raft();
  scenario.faults.timeline = {At("full", FaultKind::kDiskFull,
                                 900 * kMillisecond, {Target::Node(NodeId(2))},
                                 100 * kMillisecond)};
  ExpectHealthy(MustRun(scenario));
}

}  // namespace
}  // namespace wringer::sim
