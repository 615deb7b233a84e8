// The doctor's own questions: does everything bite, and is a dummy noticed?
#include "sim/explore/self_test.h"

#include "gtest/gtest.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

TEST(SelfTest, EveryKindOfFaultBitesAndIsMissedWhenInert) {
  for (const FaultKind kind : KindsWithABite()) {
    const BiteResult bite = TryBite(kind);
    EXPECT_TRUE(bite.bit) << NameOf(kind) << ": " << bite.effect;
    EXPECT_TRUE(bite.inert_noticed) << NameOf(kind);
    EXPECT_NE(bite.effect, "") << NameOf(kind);
  }
}

// A kind that is added must be tried, too.
TEST(SelfTest, NoKindIsLeftOutButTheOneThatEndsOthers) {
  EXPECT_EQ(KindsWithABite().size(), kFaultKindCount - 1);
}

// Written out and read in, so that a scenario of the doctor's can be kept and
// replayed like any other.
TEST(SelfTest, ItsScenariosAreRightByTheRulesOfFiles) {
  std::vector<Scenario> all = {CanaryScenario()};
  for (const FaultKind kind : KindsWithABite()) {
    all.push_back(BiteScenario(kind));
  }
  for (const Scenario& scenario : all) {
    const std::string text = DumpScenario(scenario);
    const ParseResult parsed = ParseScenario(text, "x");
    ASSERT_TRUE(parsed.ok()) << Render(parsed.diagnostics);
    EXPECT_EQ(DumpScenario(*parsed.scenario), text);
  }
}

}  // namespace
}  // namespace wringer::sim
