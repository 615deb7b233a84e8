// Faults against a real cluster: they bite, they end, nothing is left behind.
#include "engine/base/marks.h"
#include "tests/sim/run/scenarios.h"

namespace wringer::sim {
namespace {

constexpr Nanos kFaultAt = 300 * kMillisecond;
constexpr Nanos kFaultFor = 300 * kMillisecond;

Scenario With(FaultSpec fault) {
  Scenario scenario = Small();
  scenario.run.length = 2 * kSecond;
  scenario.run.limits.events = 200'000;
  scenario.faults.timeline = {std::move(fault)};
  return scenario;
}

FaultSpec Sample(FaultKind kind) {
  FaultSpec fault =
      At("f", kind, kFaultAt, {Target::Node(NodeId(2))}, kFaultFor);
  fault.by = -400 * kMillisecond;
  fault.rate = 500;
  fault.keep = 0;
  fault.factor = 20;
  fault.on.sync = true;
  if (kind == FaultKind::kPartition) {
    fault.nodes.clear();
    fault.partition.shape = PartitionShape::kIsolate;
    fault.partition.isolate = {Target::Of(Role::kLeader)};
  }
  if (kind == FaultKind::kLink) {
    fault.nodes.clear();
    fault.link.from = {Target::Of(Role::kLeader)};
    fault.link.to = {Target::Of(Role::kOthers)};
    fault.link.delay = {kMillisecond, 2 * kMillisecond, 0};
  }
  return fault;
}

class ClusterFault : public testing::TestWithParam<FaultKind> {};

TEST_P(ClusterFault, BitesAndIsSurvived) {
  const RunResult result = MustRun(With(Sample(GetParam())));
  for (const Finding& f : result.findings) {
    ADD_FAILURE() << NodeName(f.node) << " " << f.rule << ": " << f.text;
  }
  for (const std::string& defect : result.defects) ADD_FAILURE() << defect;
  const LedgerEntry& entry = result.ledger.entries()[0];
  EXPECT_EQ(entry.verdict(), FaultVerdict::kEffective);
  EXPECT_NE(entry.effect.text, "");
  EXPECT_GE(entry.ended_at, entry.fired_at);
  ASSERT_EQ(result.history.faults().size(), 1u);
  EXPECT_TRUE(result.history.faults()[0].effective);
  EXPECT_GT(result.metrics.operations.ok, 50u);
}

TEST_P(ClusterFault, MadeInertIsNoticed) {
  RunOptions options;
  options.inert = GetParam();
  const RunResult result = MustRun(With(Sample(GetParam())), options);
  EXPECT_EQ(result.ledger.Toothless(), std::vector<FaultKind>{GetParam()});
}

std::string KindName(const testing::TestParamInfo<FaultKind>& info) {
  std::string name(NameOf(info.param));
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ClusterFault,
    testing::Values(FaultKind::kCrash, FaultKind::kPowerLoss, FaultKind::kPause,
                    FaultKind::kWipe, FaultKind::kPartition, FaultKind::kLink,
                    FaultKind::kClockStep, FaultKind::kClockDrift,
                    FaultKind::kClockFreeze, FaultKind::kDiskFull,
                    FaultKind::kIoError, FaultKind::kSlowDisk,
                    FaultKind::kBitRot, FaultKind::kConfig),
    KindName);

TEST(ClusterFaults, TheLeaderCrashesAndAnotherTakesOver) {
  const RunResult result = MustRun(
      With(At("f", FaultKind::kCrash, kFaultAt, {Target::Of(Role::kLeader)})));
  ExpectHealthy(result);
  EXPECT_EQ(result.ledger.entries()[0].target, "n1");
  std::vector<std::string> leaders;
  for (const reports::NodeEvent& event : result.history.node_events()) {
    if (event.kind != reports::NodeEventKind::kLeader) continue;
    leaders.push_back(std::string(result.history.name(event.node)));
  }
  ASSERT_GE(leaders.size(), 2u);
  EXPECT_EQ(leaders[0], "n1");
  EXPECT_NE(leaders[1], "n1");
}

TEST(ClusterFaults, EveryNodeLosesPowerTogetherAndNothingPromisedIsLost) {
  FaultSpec fault = At("f", FaultKind::kPowerLoss, kFaultAt,
                       {Target::Of(Role::kAll)}, kFaultFor);
  fault.keep = 0;
  ExpectHealthy(MustRun(With(fault)));
}

TEST(ClusterFaults, AWriteAcknowledgedCanSetOffAFault) {
  FaultSpec fault =
      At("f", FaultKind::kCrash, 0, {Target::Node(NodeId(3))}, kFaultFor);
  fault.trigger.kind = FaultTrigger::Kind::kEvent;
  fault.trigger.event = FaultEvent::kWriteAcked;
  fault.trigger.count = 20;
  const RunResult result = MustRun(With(fault));
  EXPECT_EQ(result.ledger.entries()[0].verdict(), FaultVerdict::kEffective);
  std::uint64_t acked = 0;
  for (const reports::Operation& op : result.history.ops()) {
    acked += op.WriteAcknowledged() &&
             op.return_ns <= result.ledger.entries()[0].fired_at;
  }
  EXPECT_EQ(acked, 20u);
}

TEST(ClusterFaults, ADiskSyncCanSetOffAFault) {
  FaultSpec fault =
      At("f", FaultKind::kPowerLoss, 0, {Target::Node(NodeId(2))}, kFaultFor);
  fault.trigger.kind = FaultTrigger::Kind::kEvent;
  fault.trigger.event = FaultEvent::kDiskSync;
  fault.trigger.node = Target::Node(NodeId(2));
  fault.trigger.count = 30;
  const RunResult result = MustRun(With(fault));
  ExpectHealthy(result);
  EXPECT_EQ(result.ledger.entries()[0].verdict(), FaultVerdict::kEffective);
}

TEST(ClusterFaults, ManySeedsOfEverythingAtOnceAreSurvived) {
  Scenario scenario = Small();
  scenario.run.length = 4 * kSecond;
  scenario.run.settle = 20 * kSecond;
  RandomFaultsSpec random;
  random.gap = {100 * kMillisecond, 800 * kMillisecond};
  random.crash.weight = 3;
  random.power_loss.weight = 3;
  random.pause.weight = 1;
  random.partition.weight = 3;
  random.link.weight = 2;
  random.clock_step.weight = 1;
  random.slow_disk.weight = 1;
  scenario.faults.random = random;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    RunOptions options;
    options.seed = seed;
    ExpectHealthy(MustRun(scenario, options));
  }
}

// A planted bug of the WAL, caught by the promise ledger: by a recovery of the
// durable image in the middle of a run in which nothing else goes wrong ...
TEST(ClusterFaults, AnAcknowledgementBeforeItsSyncIsSeenInTheDurableImage) {
#ifndef WR_MUTANTS_ENABLED
  GTEST_SKIP() << "planted bugs are not compiled in";
#endif
  Scenario scenario = Small();
  const RunResult healthy = MustRun(scenario);
  ExpectHealthy(healthy);
  EXPECT_GT(healthy.metrics.shadows_checked, 5u);
  scenario.mutants = {Mutant::kWalAckBeforeSync};
  const RunResult result = MustRun(scenario);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].rule, "promise");
  EXPECT_NE(result.findings[0].text.find("durable image"), std::string::npos);
}

// ... and by the next boot after a real power loss.
TEST(ClusterFaults, AnAcknowledgementBeforeItsSyncIsCaught) {
#ifndef WR_MUTANTS_ENABLED
  GTEST_SKIP() << "planted bugs are not compiled in";
#endif
  FaultSpec fault = At("f", FaultKind::kPowerLoss, kFaultAt,
                       {Target::Of(Role::kAll)}, kFaultFor);
  fault.keep = 0;
  Scenario scenario = With(fault);
  scenario.mutants = {Mutant::kWalAckBeforeSync};
  // A sync that takes long enough for a power loss to come in between.
  scenario.disk.device = DiskDevice::kSataSsd;
  bool caught = false;
  std::string texts;
  for (std::uint64_t seed = 1; seed <= 10 && !caught; ++seed) {
    RunOptions options;
    options.seed = seed;
    const RunResult result = MustRun(scenario, options);
    for (const Finding& f : result.findings) {
      texts += f.text + "\n";
      caught |=
          f.rule == "promise" && f.text.find("came back") != std::string::npos;
    }
  }
  EXPECT_TRUE(caught) << texts;
}

}  // namespace
}  // namespace wringer::sim
