// --set KEY=VALUE.
#include <string>

#include "gtest/gtest.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

constexpr char kBody[] =
    "[faults]\ntimeline = [\n"
    "  { id = \"cut\", at = \"1s\", do = \"partition\", isolate = \"n1\", for "
    "= \"1s\" },\n]\n";

ParseResult Set(const std::vector<std::string>& settings) {
  ParseOptions options;
  options.settings = settings;
  return Parse(kBody, options);
}

Scenario Got(const std::vector<std::string>& settings) {
  const ParseResult result = Set(settings);
  EXPECT_TRUE(result.ok()) << Render(result.diagnostics);
  return result.scenario.value_or(Scenario{});
}

TEST(Settings, TextNeedsNoQuotesAndMayHaveThem) {
  EXPECT_EQ(Got({"replication.model=raft"}).replication.model,
            ReplicationModel::kRaft);
  EXPECT_EQ(Got({"replication.model=\"raft\""}).replication.model,
            ReplicationModel::kRaft);
  EXPECT_EQ(Got({"name=a b = c"}).name, "a b = c");
}

TEST(Settings, NumbersBooleansAndListsAreToml) {
  EXPECT_EQ(Got({"cluster.nodes=5"}).cluster.nodes, 5u);
  EXPECT_TRUE(Got({"workload.preload=true"}).workload.preload);
  EXPECT_EQ(Got({"tags=[\"a\", \"b\"]"}).tags.size(), 2u);
  EXPECT_EQ(Got({"seed=0x2a"}).seed, 42u);
  EXPECT_EQ(Got({"seed=42"}).seed, 42u);
  EXPECT_EQ(
      Got({"faults.random.crash.weight=1", "faults.random.at_most.down=1"})
          .faults.random->at_most.down,
      (NodeLimit{false, 1}));
}

TEST(Settings, TheLastOneWinsOverTheFileAndTheOthers) {
  EXPECT_EQ(Got({"run.length=3s", "run.length=4s"}).run.length, 4 * kSecond);
}

TEST(Settings, FaultsGoByIdOrPosition) {
  EXPECT_EQ(
      Got({"faults.timeline.cut.for=2s"}).faults.timeline[0].duration->high,
      2 * kSecond);
  EXPECT_EQ(Got({"faults.timeline.0.at=3s"}).faults.timeline[0].trigger.at,
            3 * kSecond);
  EXPECT_FALSE(Set({"faults.timeline.cot.for=2s"}).ok());
}

TEST(Settings, TheyAreHeldToTheChecksOfTheWholeFile) {
  const ParseResult result = Set({"run.length=500ms"});
  EXPECT_FALSE(result.ok());
  ASSERT_FALSE(result.diagnostics.empty());
  EXPECT_EQ(result.diagnostics[0].file, "test.toml");
}

TEST(Settings, MistakesAreShownInTheSettingItself) {
  const ParseResult result =
      Set({"wal.sync=every", "replication.model=rft", "wal.snyc=none", "run=3",
           "nonsense", "cluster.nodes=two"});
  ASSERT_EQ(result.diagnostics.size(), 5u) << Render(result.diagnostics);
  EXPECT_EQ(result.diagnostics[0].file, "--set");
  EXPECT_EQ(result.diagnostics[0].source_line, "replication.model=rft");
  EXPECT_EQ(result.diagnostics[0].column, 19u);
  EXPECT_EQ(result.diagnostics[1].help, "did you mean `wal.sync`?");
  EXPECT_EQ(result.diagnostics[2].message, "`run` is a table");
  EXPECT_EQ(result.diagnostics[3].message, "--set takes KEY=VALUE");
  EXPECT_EQ(result.diagnostics[4].message, "\"two\" is not a TOML value");
}

}  // namespace
}  // namespace wringer::sim
