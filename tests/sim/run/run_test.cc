// A run from boot to the last look.
#include "engine/base/marks.h"
#include "tests/sim/run/scenarios.h"

namespace wringer::sim {
namespace {

TEST(RunTest, AHealthyClusterAnswersAgreesAndIsReadOnceMore) {
  const RunResult result = MustRun(Small());
  ExpectHealthy(result);
  EXPECT_GT(result.metrics.operations.ok, 100u);
  EXPECT_EQ(result.metrics.operations.unknown, 0u);
  EXPECT_EQ(result.load_began, 0);
  EXPECT_EQ(result.load_ended, kSecond);
  EXPECT_GT(result.metrics.promises_checked, 0u);
  EXPECT_GT(result.metrics.entries_checked, 0u);
  const reports::FinalState& final_state = result.history.final_state();
  ASSERT_TRUE(final_state.recorded);
  ASSERT_EQ(final_state.replicas.size(), 3u);
  int authoritative = 0;
  for (const reports::FinalReplica& replica : final_state.replicas) {
    EXPECT_TRUE(replica.reachable);
    EXPECT_GT(replica.entries.size(), 0u);
    EXPECT_EQ(replica.applied, final_state.replicas[0].applied);
    authoritative += replica.authoritative;
  }
  EXPECT_EQ(authoritative, 1);
}

// Four times what the disks sync: the queue stays bounded, and the cluster is
// at rest soon after the load.
TEST(RunTest, AnOverloadedPrimaryRefusesWhatItCannotDo) {
  Scenario scenario = Small();
  scenario.run.length = 4 * kSecond;
  scenario.wal.sync = WalSync::kEvery;
  scenario.disk.device = DiskDevice::kHdd7200;
  scenario.workload.pace.kind = PaceSpec::Kind::kOpen;
  scenario.workload.pace.per_second = 400;
  const RunResult result = MustRun(scenario);
  ExpectHealthy(result);
  std::uint64_t shed = 0;
  for (const auto& [mark, count] : result.marks) {
    if (mark == Mark::kWriteShed) shed = count;
  }
  EXPECT_GT(shed, 0u);
}

TEST(RunTest, EveryCallHasItsReturnAndTheTagOfWhatItSaw) {
  const RunResult result = MustRun(Small());
  for (const reports::Operation& op : result.history.ops()) {
    EXPECT_NE(op.op_id, 0u);
    if (op.outcome != reports::Outcome::kOk) continue;
    EXPECT_LT(op.call_seq, op.return_seq);
    EXPECT_LE(op.call_ns, op.return_ns);
    if (op.WriteAcknowledged()) {
      EXPECT_NE(op.witness.index, 0u);
    }
  }
}

TEST(RunTest, FinalReadsSeeWhatTheAuthoritativeReplicaHolds) {
  const RunResult result = MustRun(Small());
  const reports::FinalReplica* authority = nullptr;
  for (const auto& replica : result.history.final_state().replicas) {
    if (replica.authoritative) authority = &replica;
  }
  ASSERT_NE(authority, nullptr);
  std::size_t compared = 0;
  for (const reports::Operation& op : result.history.ops()) {
    if (op.client != 5 || op.outcome != reports::Outcome::kOk) continue;
    for (const reports::FinalEntry& entry : authority->entries) {
      if (entry.key != op.key) continue;
      EXPECT_EQ(entry.tag, op.observed_tag);
      EXPECT_EQ(entry.found, op.found);
      if (op.found) {
        EXPECT_EQ(entry.digest, op.observed_digest);
      }
      ++compared;
    }
  }
  EXPECT_GT(compared, 10u);
}

TEST(RunTest, PreloadedKeysAreThereBeforeTheScenarioStarts) {
  Scenario scenario = Small();
  scenario.workload.preload = true;
  scenario.workload.mix = {.get = 1, .put = 0, .del = 0, .cas = 0};
  const RunResult result = MustRun(scenario);
  ExpectHealthy(result);
  EXPECT_GT(result.load_began, 0);
  for (const reports::Operation& op : result.history.ops()) {
    if (op.kind == reports::OpKind::kGet &&
        op.outcome == reports::Outcome::kOk) {
      EXPECT_TRUE(op.found);
    }
  }
}

TEST(RunTest, AFixedNumberOfOperationsIsNotExceeded) {
  Scenario scenario = Small();
  scenario.workload.operations = 10;
  scenario.workload.final_reads = false;
  const RunResult result = MustRun(scenario);
  EXPECT_EQ(result.metrics.operations.called, 10u);
}

TEST(RunTest, OpenLoopArrivesAtItsRate) {
  Scenario scenario = Small();
  scenario.workload.pace.kind = PaceSpec::Kind::kOpen;
  scenario.workload.pace.per_second = 500;
  scenario.workload.final_reads = false;
  const RunResult result = MustRun(scenario);
  EXPECT_NEAR(double(result.metrics.operations.called), 500, 80);
}

TEST(RunTest, TheEventLimitMakesItInconclusive) {
  Scenario scenario = Small();
  scenario.run.limits.events = 1000;
  const RunResult result = MustRun(scenario);
  EXPECT_EQ(result.end, RunEnd::kEventLimit);
  EXPECT_EQ(result.events, 1000u);
}

TEST(RunTest, AModelThatIsNotBuiltIsAnError) {
  Scenario scenario = Small();
  scenario.replication.model = ReplicationModel::kChain;
  EXPECT_FALSE(sim::Run(scenario, {}).ok());
}

TEST(RunTest, EveryModelOfThisBuildRuns) {
  for (const ReplicationModel model :
       {ReplicationModel::kSingle, ReplicationModel::kPrimaryBackup}) {
    Scenario scenario = Small();
    scenario.replication.model = model;
    if (model == ReplicationModel::kSingle) scenario.cluster.nodes = 1;
    SCOPED_TRACE(std::string(NameOf(model)));
    const RunResult result = MustRun(scenario);
    ExpectHealthy(result);
    EXPECT_GT(result.metrics.operations.ok, 100u);
  }
}

}  // namespace
}  // namespace wringer::sim
