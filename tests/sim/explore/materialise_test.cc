#include "sim/explore/materialise.h"

#include <string>

#include "gtest/gtest.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

RunResult RunOf(const Scenario& scenario, std::uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  auto result = Run(scenario, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return std::move(*result);
}

class EveryDesign : public testing::TestWithParam<const char*> {};

TEST_P(EveryDesign, RunsTheSameWithEverythingWrittenOut) {
  const auto parsed = LoadScenario(std::string(WR_SOURCE_DIR "/scenarios/") +
                                   GetParam() + ".toml");
  ASSERT_TRUE(parsed.ok());
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const RunResult drawn = RunOf(*parsed.scenario, seed);
    const Scenario written = Materialise(*parsed.scenario, drawn);
    EXPECT_GT(written.workload.script.size(), 100u);
    // By way of its text, as it would be stored.
    const auto stored = ParseScenario(DumpScenario(written), "dump");
    ASSERT_TRUE(stored.ok()) << Render(stored.diagnostics);
    const RunResult again = RunOf(*stored.scenario, seed);
    EXPECT_EQ(drawn.digest, again.digest) << GetParam() << " seed " << seed;
    EXPECT_EQ(drawn.events, again.events);
  }
}

INSTANTIATE_TEST_SUITE_P(Materialise, EveryDesign,
                         testing::Values("swarm/raft", "swarm/quorum",
                                         "swarm/primary_backup",
                                         "gallery/async-failover"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name) {
                             if (c == '/' || c == '-') c = '_';
                           }
                           return name;
                         });

TEST(Materialise, AnOpenLoopKeepsItsArrivals) {
  Scenario scenario;
  scenario.run.length = 2 * kSecond;
  scenario.workload.pace = {PaceSpec::Kind::kOpen, {0, 0}, 300};
  const RunResult drawn = RunOf(scenario, 5);
  const RunResult again = RunOf(Materialise(scenario, drawn), 5);
  EXPECT_EQ(drawn.digest, again.digest);
}

TEST(Materialise, AnOperationTakenAwayLeavesTheCallsBeforeItAlone) {
  Scenario scenario;
  scenario.run.length = 500 * kMillisecond;
  const RunResult drawn = RunOf(scenario, 5);
  Scenario written = Materialise(scenario, drawn);
  const std::size_t half = written.workload.script.size() / 2;
  const Nanos at = written.workload.script[half].at;
  written.workload.script.erase(written.workload.script.begin() +
                                static_cast<std::ptrdiff_t>(half));
  const RunResult again = RunOf(written, 5);
  for (std::size_t i = 0; i < again.history.size(); ++i) {
    const reports::Operation& op =
        again.history.op(static_cast<reports::OpIndex>(i));
    if (op.call_ns - again.load_began >= at) break;
    EXPECT_EQ(op.op_id,
              drawn.history.op(static_cast<reports::OpIndex>(i)).op_id);
  }
}

}  // namespace
}  // namespace wringer::sim
