#include "sim/explore/capsule.h"

#include <string>

#include "gtest/gtest.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

RunResult RunOf(const Scenario& scenario, std::uint64_t seed,
                std::optional<Nanos> until = std::nullopt) {
  RunOptions options;
  options.seed = seed;
  options.until = until;
  auto result = Run(scenario, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return std::move(*result);
}

Scenario Crashing() {
  Scenario scenario;
  scenario.name = "crashing";
  scenario.run.length = 3 * kSecond;
  scenario.faults.random.emplace();
  scenario.faults.random->crash.weight = 1;
  return scenario;
}

Scenario CapsuleOf(const Scenario& scenario, const RunResult& result) {
  return MakeCapsule(scenario, result,
                     {.violation = "safety/lost-ack",
                      .fingerprint = "7f3a9c",
                      .summary = "an acknowledged write is gone",
                      .at = 1 * kSecond},
                     "this build");
}

TEST(Capsule, IsAScenarioWithTheSameDigestAndEverythingExplicit) {
  const RunResult result = RunOf(Crashing(), 9);
  const std::string text = DumpScenario(CapsuleOf(Crashing(), result));
  EXPECT_LT(text.size(), std::size_t{64} << 10);
  const ParseResult read = ParseScenario(text, "capsule.toml");
  ASSERT_TRUE(read.ok()) << Render(read.diagnostics);
  EXPECT_FALSE(read.scenario->faults.random);
  EXPECT_EQ(read.scenario->seed, 9u);
  EXPECT_EQ(RunOf(*read.scenario, 9).digest, result.digest);
  EXPECT_EQ(read.scenario->capsule->fingerprint, "7f3a9c");
}

TEST(Capsule, KnowsItsRunAgain) {
  const RunResult result = RunOf(Crashing(), 9);
  const Scenario capsule = CapsuleOf(Crashing(), result);
  const auto trail = TrailOf(*capsule.capsule);
  ASSERT_TRUE(trail.ok());
  EXPECT_GT(trail->marks.size(), 3u);
  EXPECT_FALSE(FirstDifference(*trail, RunOf(capsule, 9), false));
}

TEST(Capsule, SaysBetweenWhichCheckpointsAnotherRunLeavesIt) {
  const RunResult result = RunOf(Crashing(), 9);
  Scenario capsule = CapsuleOf(Crashing(), result);
  const auto trail = TrailOf(*capsule.capsule);
  ASSERT_TRUE(trail.ok());
  // The same up to two seconds, another fault from there on.
  FaultSpec late;
  late.id = "late";
  late.trigger.at = 2 * kSecond;
  late.nodes = {Target::Node(NodeId(2))};
  capsule.faults.timeline.push_back(late);
  const RunResult other = RunOf(capsule, 9);
  const auto window = FirstDifference(*trail, other, false);
  ASSERT_TRUE(window);
  EXPECT_GT(window->after, 0u);
  EXPECT_LE(window->last - window->after, 4096u);
  for (const DigestMark& mark : trail->marks) {
    if (mark.at < 2 * kSecond) {
      EXPECT_GE(window->after, mark.event_number);
    }
  }
  EXPECT_TRUE(FirstDifference(*trail, RunOf(Crashing(), 10), false));
}

TEST(Capsule, ARunStoppedOnPurposeIsComparedAsFarAsItGoes) {
  const RunResult result = RunOf(Crashing(), 9);
  const Scenario capsule = CapsuleOf(Crashing(), result);
  const auto trail = TrailOf(*capsule.capsule);
  ASSERT_TRUE(trail.ok());
  const RunResult part = RunOf(capsule, 9, 1 * kSecond);
  EXPECT_EQ(part.end, RunEnd::kStopped);
  EXPECT_LT(part.events, result.events);
  EXPECT_FALSE(FirstDifference(*trail, part, true));
  EXPECT_TRUE(FirstDifference(*trail, part, false));
}

TEST(Capsule, ADamagedChainIsAnError) {
  CapsuleSpec capsule;
  capsule.digest = "0123456789abcdef";
  EXPECT_TRUE(TrailOf(capsule).ok());
  capsule.checkpoints = {"4096.17"};
  EXPECT_FALSE(TrailOf(capsule).ok());
  capsule.checkpoints.clear();
  capsule.digest = "0123";
  EXPECT_FALSE(TrailOf(capsule).ok());
}

TEST(Capsule, OfALongRunStaysSmall) {
  RunResult result;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    result.digest_marks.push_back({i * 4096, Nanos(i) * kSecond, i});
  }
  const Scenario capsule = CapsuleOf(Scenario{}, result);
  EXPECT_LE(capsule.capsule->checkpoints.size(), kCheckpointsMost);
  EXPECT_LT(DumpScenario(capsule).size(), std::size_t{64} << 10);
}

}  // namespace
}  // namespace wringer::sim
