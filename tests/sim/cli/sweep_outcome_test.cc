// What a sweep came to, as an exit code and as words.
#include "sim/cli/campaign/sweep_outcome.h"

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "sim/cli/campaign/sweep_report.h"

namespace wringer::cli {
namespace {

using sim::KindStatus;

class SweepOutcomeTest : public testing::Test {
 protected:
  SweepOutcomeTest() : plan_(Scenarios(), 1, 2) {
    outcome_.plan = &plan_;
    outcome_.tally = &tally_;
    tally_.runs = 10;
    tally_.operations = 1000;
    tally_.simulated_ns = 1'000'000'000;
  }

  static std::vector<sim::PlannedScenario> Scenarios() {
    std::vector<sim::PlannedScenario> scenarios(1);
    scenarios[0].path = "a.toml";
    scenarios[0].scenario.expect.marks = {Mark::kWalTornTail};
    return scenarios;
  }

  void AddKind(KindStatus status) {
    sim::FailureKind kind;
    kind.violation = "safety/lost-ack";
    kind.fingerprint = std::to_string(outcome_.kinds.size());
    kind.rule = "oracle promise";
    kind.count = 4;
    outcome_.kinds.push_back({status, kind});
    if (status == KindStatus::kGone) return;
    ++tally_.failed;
    tally_.kinds[kind.Name()] = kind;
  }

  std::string Text() const {
    reports::Style style;
    style.ascii = true;
    return SweepText(outcome_, style);
  }
  bool Says(const std::string& words) const {
    return Text().find(words) != std::string::npos;
  }

  sim::Tally tally_;
  sim::SeedPlan plan_;
  SweepOutcome outcome_;
};

TEST_F(SweepOutcomeTest, AllPassedIsGreen) {
  EXPECT_EQ(outcome_.exit_code(), kHeld);
  EXPECT_TRUE(Says("PASS\n"));
}

TEST_F(SweepOutcomeTest, NothingRunIsNoSuccess) {
  tally_.runs = 0;
  EXPECT_EQ(outcome_.exit_code(), kInconclusive);
  EXPECT_TRUE(Says("0 runs prove nothing"));
}

TEST_F(SweepOutcomeTest, RunsWithoutOperationsAreNoSuccess) {
  tally_.operations = 0;
  EXPECT_EQ(outcome_.exit_code(), kInconclusive);
}

TEST_F(SweepOutcomeTest, ANewKindIsAFinding) {
  AddKind(KindStatus::kNew);
  EXPECT_EQ(outcome_.exit_code(), kFinding);
  EXPECT_TRUE(Says("seen 4x"));
}

TEST_F(SweepOutcomeTest, AnOngoingKindIsAFindingUnlessABaselineWasAskedFor) {
  AddKind(KindStatus::kOngoing);
  outcome_.baseline = "results/x";
  EXPECT_EQ(outcome_.exit_code(), kFinding);
  outcome_.baseline_asked = true;
  EXPECT_EQ(outcome_.exit_code(), kHeld);
  EXPECT_TRUE(Says("PASS   nothing new; 1 kind of failure"));
  EXPECT_TRUE(Says("! ongoing"));
}

TEST_F(SweepOutcomeTest, AKindThatIsGoneFailsNothing) {
  AddKind(KindStatus::kGone);
  EXPECT_EQ(outcome_.exit_code(), kHeld);
  EXPECT_TRUE(Says("+ gone"));
}

TEST_F(SweepOutcomeTest, InconclusiveIsNeverPass) {
  tally_.inconclusive = 1;
  EXPECT_EQ(outcome_.exit_code(), kInconclusive);
  EXPECT_TRUE(Says("INCONCLUSIVE"));
}

TEST_F(SweepOutcomeTest, AToothlessFaultFailsTheSelfTest) {
  tally_.faults["link"] = {30, 25, 0, 0};
  outcome_.toothless = tally_.Toothless(kFiredOften);
  EXPECT_EQ(outcome_.exit_code(), kSelfTestFailed);
  EXPECT_TRUE(Says("link fired 25x and never had an effect"));
}

TEST_F(SweepOutcomeTest, AFindingWeighsMoreThanALostRunOrAFailedSelfTest) {
  outcome_.toothless = {"link"};
  tally_.faults["link"] = {30, 25, 0, 0};
  outcome_.lost = {{0, 5}};
  EXPECT_EQ(outcome_.exit_code(), kToolFailed);
  EXPECT_TRUE(Says("a.toml seed 0x5"));
  AddKind(KindStatus::kNew);
  EXPECT_EQ(outcome_.exit_code(), kFinding);
  outcome_.unstable = {"lost-ack-0"};
  EXPECT_EQ(outcome_.exit_code(), kNotDeterministic);
  outcome_.interrupted = true;
  EXPECT_EQ(outcome_.exit_code(), kInterrupted);
}

TEST_F(SweepOutcomeTest, AMarkOneRunReachedIsNotMissed) {
  tally_.scenarios["a.toml"].runs = 10;
  EXPECT_EQ(MarksMissed(plan_, tally_),
            std::vector<std::string>{"a.toml: wal.torn_tail"});
  tally_.scenarios["a.toml"].marks["wal.torn_tail"] = 1;
  EXPECT_TRUE(MarksMissed(plan_, tally_).empty());
}

TEST_F(SweepOutcomeTest, AScenarioThatNeverRanMissesNoMark) {
  EXPECT_TRUE(MarksMissed(plan_, tally_).empty());
}

// The scenario of the plan is primary-backup.
TEST_F(SweepOutcomeTest, MarksOfOtherProtocolsAreNotAskedFor) {
  std::size_t possible = 0;
  const std::vector<std::string> missing =
      MarksNotReached(plan_, tally_, &possible);
  EXPECT_EQ(missing.size(), possible);
  EXPECT_LT(possible, kMarkCount);
  for (const std::string& mark : missing) {
    EXPECT_NE(mark.rfind("raft.", 0), 0u) << mark;
    EXPECT_NE(mark.rfind("quorum.", 0), 0u) << mark;
  }
}

TEST_F(SweepOutcomeTest, TheSummaryOfAColourlessTerminalIsPureAscii) {
  AddKind(KindStatus::kNew);
  AddKind(KindStatus::kGone);
  outcome_.marks_missed = {"a.toml: wal.torn_tail"};
  outcome_.unstable = {"x"};
  for (const char c : Text()) {
    EXPECT_GE(c, 0);
  }
}

TEST_F(SweepOutcomeTest, AWholeCampaignThatRanTwiceAsFastSaysSo) {
  outcome_.workers = 2;
  tally_.real_ns = 2'000'000'000;
  tally_.cpu_ns = 2'000'000'000;
  tally_.simulated_ns = 100'000'000'000;
  EXPECT_TRUE(Says("10 runs/s")) << Text();
  EXPECT_TRUE(Says("100x real time on 2 workers")) << Text();
  EXPECT_TRUE(Says("here 0.8 at 10")) << Text();
}

}  // namespace
}  // namespace wringer::cli
