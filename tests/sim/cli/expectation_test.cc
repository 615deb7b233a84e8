#include "sim/cli/expectation.h"

#include <utility>

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

TEST(Expectation, APrimaryThatReadsByItsLeaseTrustsClocksLikewise) {
  Scenario scenario = LeaseReads();
  scenario.replication.model = sim::ReplicationModel::kPrimaryBackup;
  scenario.replication.primary_backup.failover = sim::FailoverRule::kFenced;
  FaultSpec freeze;
  freeze.kind = FaultKind::kClockFreeze;
  for (const auto& [ack, design] :
       {std::pair(sim::AckRule::kSync, "primary-backup sync, lease reads"),
        std::pair(sim::AckRule::kSemiSync,
                  "semi-sync blocking, lease reads")}) {
    scenario.replication.primary_backup.ack = ack;
    scenario.faults.timeline.clear();
    EXPECT_EQ(DesignOf(scenario), design);
    EXPECT_EQ(MayViolate(scenario, {FaultKind::kPause}), kNothing);
    scenario.faults.timeline = {freeze};
    EXPECT_NE(MayViolate(scenario, {FaultKind::kClockFreeze}) & kLin, 0);
  }
}

TEST(Expectation, OtherDesignsAreJudgedByTheirRow) {
  Scenario scenario = LeaseReads();
  scenario.workload.levels.read.kind = sim::ReadLevelSpec::Kind::kLeader;
  EXPECT_NE(MayViolate(scenario, {FaultKind::kPause}) & kLin, 0);
}

Scenario LastWriterWins() {
  Scenario scenario;
  scenario.replication.model = sim::ReplicationModel::kQuorum;
  scenario.replication.quorum.versions = sim::VersionScheme::kLww;
  scenario.replication.quorum.repair = sim::RepairRule::kBlocking;
  scenario.workload.levels.read.kind = sim::ReadLevelSpec::Kind::kQuorum;
  return scenario;
}

TEST(Expectation, ClocksThatAreOffBreakLastWriterWins) {
  EXPECT_NE(MayViolate(LastWriterWins(), {}) & kLin, 0);
}

TEST(Expectation, ReadsThatWriteBackToTooFewAreNotAtomicWhateverWritesAsk) {
  Scenario scenario = LastWriterWins();
  scenario.replication.quorum.versions = sim::VersionScheme::kAbd;
  scenario.replication.quorum.r = 1;
  scenario.workload.levels.write.kind = sim::WriteLevelSpec::Kind::kAll;
  scenario.replication.quorum.w = 3;
  EXPECT_EQ(DesignOf(scenario), "quorum, ABD versions");
  scenario.replication.quorum.w = 1;
  EXPECT_EQ(DesignOf(scenario), "quorum, ABD, late repair");
}

TEST(Expectation, TrueClocksMakeLastWriterWinsARegisterUntilOneIsTouched) {
  Scenario scenario = LastWriterWins();
  scenario.clocks.offset = {0, 0};
  scenario.clocks.drift = {0, 0};
  EXPECT_EQ(MayViolate(scenario, {FaultKind::kPartition, FaultKind::kPause}),
            kNothing);
  EXPECT_NE(MayViolate(scenario, {FaultKind::kClockStep}) & kDur, 0);
  // A restart goes on from its bound, which lies ahead.
  EXPECT_NE(MayViolate(scenario, {FaultKind::kCrash}) & kDur, 0);
}

}  // namespace
}  // namespace wringer::cli
