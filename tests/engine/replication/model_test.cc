// The log models as pure machines in a tiny hostile world.
#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "tests/engine/replication/model_world.h"

namespace wringer::replication {
namespace {

constexpr std::uint64_t kSeeds = 40;

struct Totals {
  std::size_t acknowledged = 0;
  std::size_t strong_reads = 0;
  std::size_t elections = 0;
};

Totals RunSeeds(ModelWorldOptions options, std::uint64_t seeds = kSeeds) {
  Totals totals;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    options.seed = seed;
    ModelWorld world(options);
    const std::string failure = world.Run();
    EXPECT_EQ(failure, "") << "seed " << seed;
    if (!failure.empty()) break;
    totals.acknowledged += world.acknowledged();
    totals.strong_reads += world.strong_reads();
    totals.elections += world.elections();
  }
  return totals;
}

ModelWorldOptions RaftWorld() {
  ModelWorldOptions options;
  options.replication.model = "raft";
  options.replication.raft.keep_entries = 5;
  return options;
}

ModelWorldOptions SyncWorld() {
  ModelWorldOptions options;
  options.replication.model = "primary_backup";
  options.config_service = true;
  options.config_all_copies = true;
  return options;
}

TEST(RaftModel, KeepsItsPromisesUnderCrashesAndPartitions) {
  const Totals totals = RunSeeds(RaftWorld());
  EXPECT_GT(totals.acknowledged, kSeeds * 100);
  EXPECT_GT(totals.strong_reads, kSeeds * 20);
  EXPECT_GT(totals.elections, kSeeds);
}

TEST(RaftModel, KeepsItsPromisesWithFiveNodes) {
  ModelWorldOptions options = RaftWorld();
  options.nodes = 5;
  RunSeeds(options);
}

TEST(RaftModel, KeepsItsPromisesWithSnapshots) {
  ModelWorldOptions options = RaftWorld();
  options.checkpoint_every = 20;
  RunSeeds(options);
}

TEST(RaftModel, KeepsItsPromisesWithMembershipChanges) {
  ModelWorldOptions options = RaftWorld();
  options.nodes = 4;
  options.membership_changes = true;
  RunSeeds(options);
}

TEST(RaftModel, KeepsItsPromisesWhenOneNodeLosesItsDisk) {
  ModelWorldOptions options = RaftWorld();
  options.nodes = 5;
  options.wipe_ppm = 30;
  options.crash_ppm = 200;
  RunSeeds(options);
}

TEST(PrimaryBackupModel, SyncFencedKeepsItsPromises) {
  const Totals totals = RunSeeds(SyncWorld());
  EXPECT_GT(totals.acknowledged, kSeeds * 50);
  EXPECT_GT(totals.strong_reads, kSeeds * 10);
}

TEST(PrimaryBackupModel, SemiSyncFencedKeepsItsPromises) {
  ModelWorldOptions options = SyncWorld();
  options.nodes = 4;
  options.replication.primary_backup.ack = PrimaryBackupOptions::Ack::kSemiSync;
  options.replication.primary_backup.copies = 2;
  options.config_all_copies = false;
  options.config_copies = 2;
  RunSeeds(options);
}

// Every planted bug of the log models is found by the same world that the
// clean models survive.
class PlantedBug : public testing::TestWithParam<Mutant> {};

TEST_P(PlantedBug, IsFound) {
  ModelWorldOptions options = RaftWorld();
  options.checkpoint_every = 15;
  options.crash_ppm = 3'000;
  if (GetParam() == Mutant::kRaftCountsVoteReplies) {
    options.nodes = 5;  // of three, one true vote is enough anyway
    options.duplicate_ppm = 300'000;
  }
  if (GetParam() == Mutant::kRaftVoteNotPersisted) {
    // Contested elections, and power lost between a vote and its sync.
    options.nodes = 5;
    options.crash_ppm = 12'000;
    options.power_loss_ppm = 900'000;
    options.replication.raft.pre_vote = false;
    options.replication.raft.check_quorum = false;
    options.replication.raft.election_max = 170 * kMillisecond;
  }
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 4000 && !found; ++seed) {
    options.seed = seed;
    RunContext context;
    context.mutants[std::size_t(GetParam())].on = true;
    RunContext* former = SetCurrentRun(&context);
    {
      ModelWorld world(options);
      found = !world.Run().empty();
    }
    SetCurrentRun(former);
  }
  EXPECT_TRUE(found);
}

INSTANTIATE_TEST_SUITE_P(Raft, PlantedBug,
                         testing::Values(Mutant::kRaftCountsVoteReplies,
                                         Mutant::kRaftTruncatesAlways,
                                         Mutant::kRaftCountsItselfEarly,
                                         Mutant::kRaftVoteNotPersisted),
                         [](const auto& param_info) {
                           return std::string(Info(param_info.param).name);
                         });

}  // namespace
}  // namespace wringer::replication
