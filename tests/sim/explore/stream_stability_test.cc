// Taking something away from a run leaves the rest of it as it was: with a
// family of faults switched off, the run is the same, event for event, up to
// the moment at which the family would first have acted.
//
// It is what makes shrinking converge and two runs comparable. Held here to
// whole runs of 1,000 drawn scenarios; swarm_test.cc holds the draws to it.
#include <algorithm>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "sim/explore/swarm/swarm.h"
#include "sim/run/run.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kSeeds = 1'000;

void Silence(std::uint64_t family, RandomFaultsSpec* random) {
  switch (family) {
    case 0:
      random->crash.weight = random->power_loss.weight = 0;
      random->pause.weight = random->wipe.weight = 0;
      return;
    case 1:
      random->partition.weight = random->link.weight = 0;
      return;
    case 2:
      random->clock_step.weight = random->clock_drift.weight = 0;
      random->clock_freeze.weight = 0;
      return;
    default:
      random->disk_full.weight = random->io_error.weight = 0;
      random->slow_disk.weight = random->bit_rot.weight = 0;
      return;
  }
}

// When the two plans first differ, by the scenario's clock; nothing if never.
std::optional<Nanos> FirstDifference(const Scenario& a, const Scenario& b,
                                     std::uint64_t seed) {
  const std::vector<FaultSpec> left = PlanFaults(a, seed);
  const std::vector<FaultSpec> right = PlanFaults(b, seed);
  std::optional<Nanos> first;
  const auto note = [&first](const std::vector<FaultSpec>& one,
                             const std::vector<FaultSpec>& other) {
    for (const FaultSpec& fault : one) {
      if (std::find(other.begin(), other.end(), fault) != other.end()) continue;
      // Only the nemesis differs, and it sets times, not milestones.
      ASSERT_EQ(fault.trigger.kind, FaultTrigger::Kind::kAt) << fault.id;
      first = std::min(first.value_or(fault.trigger.at), fault.trigger.at);
    }
  };
  note(left, right);
  note(right, left);
  return first;
}

RunResult RunUntil(const Scenario& scenario, std::uint64_t seed, Nanos until) {
  RunOptions options;
  options.seed = seed;
  options.until = until;
  auto result = sim::Run(scenario, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return std::move(*result);
}

TEST(StreamStability, WithoutAFamilyARunIsTheSameUntilThatWouldHaveActed) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario all = DrawSwarm(Scenario{}, seed, {});
    if (!all.faults.random) continue;
    Scenario rest = all;
    Silence(seed % 4, &*rest.faults.random);
    const auto differs = FirstDifference(all, rest, seed);
    if (!differs || *differs == 0) continue;
    ++compared;
    const RunResult a = RunUntil(all, seed, *differs - 1);
    const RunResult b = RunUntil(rest, seed, *differs - 1);
    EXPECT_EQ(a.digest, b.digest)
        << seed << " family " << seed % 4 << " events " << a.events << " "
        << b.events << " at " << *differs;

    // And not for want of looking: there the two part. (Of the longer runs one
    // in ten is enough.)
    if (seed % 10 != 0) continue;
    const RunResult c = RunUntil(all, seed, all.run.length);
    const RunResult d = RunUntil(rest, seed, all.run.length);
    EXPECT_NE(c.digest, d.digest) << seed;
  }
  EXPECT_GT(compared, kSeeds / 4);
}

}  // namespace
}  // namespace wringer::sim
