// Dumping and parsing are inverse, over scenarios drawn at random and over
// every file of the tree.
#include <string>

#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/sim/scenario/random_scenario.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kScenarios = 2'000;

void ExpectRoundTrip(const Scenario& scenario, const std::string& what) {
  const std::string dumped = DumpScenario(scenario);
  const ParseResult parsed = ParseScenario(dumped, "dump.toml");
  ASSERT_TRUE(parsed.ok()) << what << "\n"
                           << Render(parsed.diagnostics) << dumped;
  EXPECT_EQ(*parsed.scenario, scenario) << what << "\n" << dumped;
  EXPECT_EQ(DumpScenario(*parsed.scenario), dumped) << what;
}

TEST(DumpProperty, ParsingADumpGivesTheScenarioBack) {
  for (std::uint64_t i = 0; i < kScenarios && !HasFailure(); ++i) {
    RandomStream random(i, Purpose("test.scenario"));
    ExpectRoundTrip(DrawScenario(&random), "scenario " + std::to_string(i));
  }
}

TEST(DumpProperty, TheShortFormSaysTheSame) {
  for (std::uint64_t i = 0; i < kScenarios && !HasFailure(); ++i) {
    RandomStream random(i, Purpose("test.scenario"));
    const Scenario scenario = DrawScenario(&random);
    const ParseResult parsed = ParseScenario(DumpDifferences(scenario), "s");
    ASSERT_TRUE(parsed.ok()) << Render(parsed.diagnostics);
    EXPECT_EQ(*parsed.scenario, scenario) << i;
  }
}

TEST(DumpProperty, TheShortFormOfADefaultScenarioIsItsName) {
  Scenario scenario;
  scenario.name = "x";
  EXPECT_EQ(DumpDifferences(scenario), "format = 1\nname = \"x\"\n");
}

TEST(DumpProperty, TheShortFormOfARegressionIsShort) {
  Scenario scenario;
  scenario.name = "x";
  scenario.seed = 1;
  scenario.run.length = 800 * kMillisecond;
  scenario.cluster.nodes = 2;
  scenario.replication.primary_backup.ack = AckRule::kAsync;
  scenario.workload.clients = 1;
  scenario.workload.script = {ScriptedOp{}};
  FaultSpec cut;
  cut.id = "cut";
  cut.kind = FaultKind::kPartition;
  cut.partition.shape = PartitionShape::kIsolate;
  cut.partition.isolate = {Target::Node(NodeId(1))};
  FaultSpec crash;
  crash.id = "crash";
  crash.nodes = {Target::Node(NodeId(2))};
  scenario.faults.timeline = {cut, crash};
  scenario.expect.violation = "safety/lost-ack";
  const std::string text = DumpDifferences(scenario);
  EXPECT_EQ(text,
            "format = 1\nname = \"x\"\nseed = \"0x1\"\n\n"
            "[run]\nlength = \"800ms\"\n\n[cluster]\nnodes = 2\n\n"
            "[replication.primary_backup]\nack = \"async\"\n\n"
            "[workload]\nclients = 1\nscript = [\n"
            "  { id = 1, client = 1, at = \"0s\", do = \"get\", key = 0 },\n"
            "]\n\n[faults]\ntimeline = [\n"
            "  { id = \"cut\", at = \"0s\", do = \"partition\", "
            "isolate = \"n1\" },\n"
            "  { id = \"crash\", at = \"0s\", do = \"crash\", "
            "node = \"n2\" },\n]\n\n"
            "[expect]\nviolation = \"safety/lost-ack\"\n");
}

TEST(DumpProperty, DrawnScenariosDiffer) {
  RandomStream a(1, Purpose("test.scenario"));
  RandomStream b(2, Purpose("test.scenario"));
  EXPECT_FALSE(DrawScenario(&a) == DrawScenario(&b));
}

TEST(DumpProperty, TheDefaultScenarioRoundTrips) {
  ExpectRoundTrip(Scenario{}, "default");
}

TEST(DumpProperty, EveryFileOfTheTreeRoundTrips) {
  const auto all = ListScenarios(SourcePath("scenarios"));
  ASSERT_TRUE(all.ok());
  EXPECT_GE(all->size(), 2u);
  for (const ScenarioEntry& entry : *all) {
    const ParseResult parsed = LoadScenario(entry.path);
    ASSERT_TRUE(parsed.ok()) << entry.path;
    ExpectRoundTrip(*parsed.scenario, entry.path);
  }
}

TEST(DumpProperty, TheSeedOfTheRunIsWrittenIntoTheDump) {
  Scenario scenario;
  scenario.seed = 1;
  const ParseResult parsed =
      ParseScenario(DumpScenario(scenario, 0x2f9c41d7), "dump.toml");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.scenario->seed, 0x2f9c41d7u);
}

TEST(DumpProperty, EveryChangedValueShowsInTheDump) {
  // A key that the dump forgets would hide a difference between two runs.
  for (std::uint64_t i = 0; i < kScenarios / 10; ++i) {
    RandomStream one(i, Purpose("test.scenario"));
    RandomStream two(i + 1, Purpose("test.scenario"));
    const Scenario a = DrawScenario(&one);
    const Scenario b = DrawScenario(&two);
    EXPECT_EQ(a == b, DumpScenario(a) == DumpScenario(b));
  }
}

}  // namespace
}  // namespace wringer::sim
