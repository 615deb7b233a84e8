#include "sim/cli/expectation.h"

#include "gtest/gtest.h"

namespace wringer::cli {
namespace {

using sim::FaultKind;
using sim::FaultSpec;
using sim::Scenario;

Scenario LeaseReads() {
  Scenario scenario;
  scenario.replication.model = sim::ReplicationModel::kRaft;
  scenario.workload.levels.read.kind = sim::ReadLevelSpec::Kind::kLease;
  return scenario;
}

TEST(Expectation, ALeaseWhoseClocksKeepTheirRateSurvivesPausesAndJumps) {
  const Scenario scenario = LeaseReads();
  EXPECT_EQ(DesignOf(scenario), "raft, lease reads");
  for (const FaultKind kind :
       {FaultKind::kPause, FaultKind::kSlowDisk, FaultKind::kClockStep}) {
    EXPECT_EQ(MayViolate(scenario, {kind}), kNothing);
  }
}

TEST(Expectation, AClockBeyondTheBoundTakesThePromiseBack) {
  Scenario scenario = LeaseReads();
  FaultSpec drift;
  drift.kind = FaultKind::kClockDrift;
  drift.rate = 2 * std::int64_t{scenario.replication.raft.drift_bound};
  scenario.faults.timeline = {drift};
  EXPECT_NE(MayViolate(scenario, {FaultKind::kClockDrift}) & kLin, 0);
}

TEST(Expectation, OtherDesignsAreJudgedByTheirRow) {
  Scenario scenario = LeaseReads();
  scenario.workload.levels.read.kind = sim::ReadLevelSpec::Kind::kLeader;
  EXPECT_NE(MayViolate(scenario, {FaultKind::kPause}) & kLin, 0);
}

}  // namespace
}  // namespace wringer::cli
