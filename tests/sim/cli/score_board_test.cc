// How far each planted bug came, and what it took to see it.
#include "sim/cli/campaign/score_board.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/marks.h"
#include "gtest/gtest.h"

namespace wringer::cli {
namespace {

using sim::RunRecord;
using sim::RunVerdict;

constexpr Mutant kAnywhere = Mutant::kWalAckBeforeSync;  // in every model
constexpr Mutant kOfRaft = Mutant::kRaftForgetsVote;
constexpr std::uint64_t kCleanDigest = 0xc1ea;

RunRecord Clean() {
  RunRecord record;
  record.digest = kCleanDigest;
  record.simulated_ns = 1'000'000'000;
  return record;
}

RunRecord Failing(std::string violation) {
  RunRecord record = Clean();
  record.verdict = RunVerdict::kFailed;
  record.violation = std::move(violation);
  return record;
}

RunRecord Inconclusive() {
  RunRecord record = Clean();
  record.verdict = RunVerdict::kInconclusive;
  return record;
}

// With the switched line reached that often.
RunRecord Reaching(RunRecord record, std::uint64_t count) {
  record.mutants = {{"wal_ack_before_sync", count}};
  return record;
}

RunRecord Other(RunRecord record) {
  record.digest = kCleanDigest + 1;
  return record;
}

// The stage of a mutant after one run whose clean twin passed.
std::string StageAfter(RunRecord record) {
  ScoreBoard board({kAnywhere});
  board.AddClean("", 1, Clean());
  board.Add(0, 1, std::move(record));
  return std::string(StageName(board.Of(0)));
}

TEST(ScoreBoard, ALineThatNeverRanWasNotReached) {
  EXPECT_EQ(StageAfter(Clean()), "not reached");
  EXPECT_EQ(StageAfter(Reaching(Clean(), 0)), "not reached");
  // Another digest without the line is no work of the mutant's.
  EXPECT_EQ(StageAfter(Other(Clean())), "not reached");
}

TEST(ScoreBoard, ALineThatRanAndChangedNothingWasReached) {
  EXPECT_EQ(StageAfter(Reaching(Clean(), 3)), "reached");
}

TEST(ScoreBoard, ARunThatWentAnotherWayIsInfected) {
  EXPECT_EQ(StageAfter(Other(Reaching(Clean(), 3))), "infected");
  // A checker that gave up has noticed nothing.
  EXPECT_EQ(StageAfter(Other(Reaching(Inconclusive(), 3))), "infected");
}

TEST(ScoreBoard, ARunThatFailsIsADetection) {
  EXPECT_EQ(StageAfter(Other(Reaching(Failing("safety/lost-ack"), 3))),
            "detected");
}

TEST(ScoreBoard, AProcessThatDiedReachedTheMutantThatKilledIt) {
  for (const char* death : {"engine/crash", "engine/hang", "engine/memory"}) {
    ScoreBoard board({kAnywhere});
    board.AddClean("", 1, Clean());
    RunRecord record;  // nothing of it came back
    record.verdict = RunVerdict::kFailed;
    record.violation = death;
    board.Add(0, 1, record);
    const MutantScore score = board.Of(0);
    EXPECT_EQ(StageName(score), "detected") << death;
    EXPECT_EQ(score.reached, 1u) << death;
    EXPECT_EQ(score.infected, 1u) << death;
  }
}

TEST(ScoreBoard, TheFirstSeedThatDetectsEndsTheCount) {
  ScoreBoard board({kAnywhere});
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    board.AddClean("", seed, Clean());
  }
  // In no order, as workers answer.
  board.Add(0, 4, Reaching(Failing("safety/phantom"), 1));
  board.Add(0, 1, Clean());
  board.Add(0, 3, Other(Reaching(Failing("safety/lost-ack"), 7)));
  board.Add(0, 2, Other(Reaching(Clean(), 1)));
  const MutantScore score = board.Of(0);
  EXPECT_EQ(score.runs, 3u);
  EXPECT_EQ(score.reached, 2u);
  EXPECT_EQ(score.infected, 2u);
  EXPECT_EQ(score.detected, 1u);
  EXPECT_EQ(score.seed, 3u);
  EXPECT_EQ(score.check, "safety/lost-ack");
  EXPECT_EQ(score.simulated_ns, 3'000'000'000);
}

TEST(ScoreBoard, ASeedThatFailsCleanDetectsNothing) {
  ScoreBoard board({kAnywhere});
  board.AddClean("", 1, Failing("safety/lost-ack"));
  board.AddClean("", 2, Inconclusive());
  for (const std::uint64_t seed : {1u, 2u}) {
    board.Add(0, seed, Other(Reaching(Failing("safety/lost-ack"), 1)));
  }
  EXPECT_FALSE(board.Detected(0));
  EXPECT_EQ(StageName(board.Of(0)), "infected");
  EXPECT_EQ(board.Of(0).runs, 2u);
}

TEST(ScoreBoard, ASeedWithoutItsCleanRunDoesNotCount) {
  ScoreBoard board({kAnywhere});
  board.Add(0, 1, Reaching(Failing("safety/lost-ack"), 1));
  EXPECT_FALSE(board.Detected(0));
  EXPECT_EQ(board.Of(0).runs, 0u);
  board.AddClean("", 1, Clean());
  EXPECT_TRUE(board.Detected(0));
}

TEST(ScoreBoard, AMutantIsComparedWithTheCleanRunOfItsModel) {
  ScoreBoard board({kAnywhere, kOfRaft});
  board.AddClean("", 1, Failing("safety/lost-ack"));
  board.AddClean("raft", 1, Clean());
  board.Add(0, 1, Failing("safety/lost-ack"));
  board.Add(1, 1, Failing("safety/one-leader"));
  EXPECT_FALSE(board.Detected(0));
  EXPECT_TRUE(board.Detected(1));
}

TEST(ScoreBoard, FalseAlarmsAreCleanRunsThatFailed) {
  ScoreBoard board({kAnywhere, kOfRaft});
  board.AddClean("", 1, Clean());
  board.AddClean("", 2, Inconclusive());
  board.AddClean("raft", 1, Failing("liveness/stuck"));
  EXPECT_EQ(board.clean_runs(), 3u);
  EXPECT_EQ(board.clean_inconclusive(), 1u);
  const auto alarms = board.FalseAlarms();
  ASSERT_EQ(alarms.size(), 1u);
  EXPECT_EQ(alarms[0].violation, "liveness/stuck");
  EXPECT_EQ(alarms[0].scenario, "raft");
  EXPECT_EQ(alarms[0].seed, 1u);
}

// Mutant i is detected by the run i + 1; `missed` more never are.
ScoreBoard Ladder(std::size_t detected, std::size_t missed) {
  ScoreBoard board(std::vector<Mutant>(detected + missed, kAnywhere));
  for (std::size_t seed = 1; seed <= detected; ++seed) {
    board.AddClean("", seed, Clean());
    for (std::size_t i = 0; i < detected + missed; ++i) {
      const bool shows = i < detected && seed == i + 1;
      board.Add(i, seed, shows ? Failing("safety/lost-ack") : Clean());
    }
  }
  return board;
}

TEST(ScoreBoard, EffortIsMedianAndP95OfTheDetected) {
  const Effort of_20 = Ladder(20, 3).EffortOfDetection();
  EXPECT_EQ(of_20.runs_median, 10u);
  EXPECT_EQ(of_20.runs_p95, 19u);
  EXPECT_EQ(of_20.simulated_ns_median, 10'000'000'000);
  EXPECT_EQ(of_20.simulated_ns_p95, 19'000'000'000);
  const Effort of_3 = Ladder(3, 0).EffortOfDetection();
  EXPECT_EQ(of_3.runs_median, 2u);
  EXPECT_EQ(of_3.runs_p95, 3u);
  const Effort of_1 = Ladder(1, 0).EffortOfDetection();
  EXPECT_EQ(of_1.runs_median, 1u);
  EXPECT_EQ(of_1.runs_p95, 1u);
}

TEST(ScoreBoard, NothingDetectedTookNoEffort) {
  ScoreBoard board({kAnywhere});
  board.AddClean("", 1, Clean());
  board.Add(0, 1, Clean());
  EXPECT_EQ(board.EffortOfDetection().runs_median, 0u);
  EXPECT_EQ(board.EffortOfDetection().runs_p95, 0u);
}

TEST(ScoreText, SaysWhatWasMissedAndWhatItTook) {
  reports::Style style;
  style.ascii = true;
  const std::string text = ScoreText(Ladder(20, 1), style);
  EXPECT_NE(text.find("20 of 21 detected: median 10 runs (10 s simulated), "
                      "p95 19 runs (19 s)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("0 of 20 runs without a mutant failed\n"),
            std::string::npos);
  EXPECT_NE(text.find("missed: wal_ack_before_sync\n"), std::string::npos);
}

TEST(ScoreText, AFalseAlarmIsShownWithTheCommandThatRepeatsIt) {
  ScoreBoard board({kOfRaft});
  board.AddClean("raft", 9, Failing("liveness/stuck"));
  reports::Style style;
  style.ascii = true;
  const std::string text = ScoreText(board, style);
  EXPECT_NE(text.find("1 of 1 runs without a mutant failed\n"),
            std::string::npos);
  EXPECT_NE(text.find("run --swarm --model raft --seed 0x9\n"),
            std::string::npos)
      << text;
}

TEST(ModelOf, IsTheOneAMutantLivesIn) {
  EXPECT_EQ(ModelOf(Mutant::kWalAckBeforeSync), "");
  EXPECT_EQ(ModelOf(Mutant::kPbTruncateToSafe), "primary_backup");
  EXPECT_EQ(ModelOf(Mutant::kRaftForgetsVote), "raft");
  EXPECT_EQ(ModelOf(Mutant::kQuorumHintsCount), "quorum");
}

}  // namespace
}  // namespace wringer::cli
