#include "sim/explore/seed_corpus.h"
#include "tests/sim/explore/campaign_fixture.h"

namespace wringer::sim {
namespace {

std::vector<PlannedScenario> Three() {
  std::vector<PlannedScenario> scenarios(3);
  scenarios[0].path = "a";
  scenarios[1].path = "b";
  scenarios[1].pinned = 77;
  scenarios[2].path = "c";
  return scenarios;
}

TEST(SeedPlan, PinnedOnesComeFirstAndOnce) {
  const SeedPlan plan(Three(), 5, 6);
  EXPECT_EQ(plan.size(), 5u);
  const std::vector<PlannedRun> expected = {
      {1, 77}, {0, 5}, {2, 5}, {0, 6}, {2, 6}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(plan.At(i), expected[i]) << i;
  }
  EXPECT_EQ(plan.At(5), std::nullopt);
}

TEST(SeedPlan, SeedsAskedForByNameComeBeforeTheRange) {
  const SeedPlan plan(Three(), 5, 5, {{2, 1000}});
  EXPECT_EQ(plan.At(0), (PlannedRun{1, 77}));
  EXPECT_EQ(plan.At(1), (PlannedRun{2, 1000}));
  EXPECT_EQ(plan.At(2), (PlannedRun{0, 5}));
}

TEST(SeedPlan, WithoutALastSeedItHasNoEnd) {
  const SeedPlan plan(Three(), UINT64_MAX, std::nullopt);
  EXPECT_EQ(plan.size(), std::nullopt);
  EXPECT_EQ(plan.At(1), (PlannedRun{0, UINT64_MAX}));
  EXPECT_EQ(plan.At(3), (PlannedRun{0, 0}));
}

TEST(SeedPlan, PinnedOnesAloneEndByThemselves) {
  std::vector<PlannedScenario> scenarios = Three();
  scenarios.erase(scenarios.begin() + 2);
  scenarios.erase(scenarios.begin());
  const SeedPlan plan(std::move(scenarios), 1, std::nullopt);
  EXPECT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan.At(1), std::nullopt);
}

TEST(SeedPlan, AScenariosIdentityFollowsItsValuesAndNotItsSeed) {
  Scenario scenario;
  const std::string identity = IdentityOf(scenario);
  scenario.seed = 5;
  EXPECT_EQ(IdentityOf(scenario), identity);
  scenario.workload.clients = 3;
  EXPECT_NE(IdentityOf(scenario), identity);
}

TEST(SeedCorpus, ComesBackSortedAndWithoutDoubles) {
  const CorpusSeed a{"a.toml", 0x5eed, "safety/lost-ack"};
  const CorpusSeed b{"b.toml", 1, "mark:wal.torn_tail"};
  const auto seeds = ParseSeedCorpus(SeedCorpusText({b, a, b}), "seeds");
  ASSERT_TRUE(seeds.ok()) << seeds.status();
  EXPECT_EQ(*seeds, (std::vector<CorpusSeed>{a, b}));
}

TEST(SeedCorpus, AWrongLineIsNamed) {
  const auto seeds = ParseSeedCorpus("# fine\na.toml 7 x\n", "seeds");
  ASSERT_FALSE(seeds.ok());
  EXPECT_NE(seeds.status().message().find("seeds:2:"), std::string::npos);
}

}  // namespace
}  // namespace wringer::sim
