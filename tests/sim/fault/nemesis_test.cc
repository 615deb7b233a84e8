// The nemesis: explicit, keyed, within its limits.
#include "sim/fault/nemesis.h"

#include <algorithm>
#include <set>

#include "gtest/gtest.h"
#include "sim/fault/fault_plan.h"

namespace wringer::sim {
namespace {

NemesisInput Five(std::uint64_t seed = 7) {
  return {.seed = seed,
          .replicas = {NodeId(1), NodeId(2), NodeId(3), NodeId(4), NodeId(5)},
          .has_leader = true,
          .run_length = 600 * kSecond};
}

RandomFaultsSpec Everything() {
  RandomFaultsSpec spec;
  spec.at_most.wiped = 1000;
  spec.at_most.partitions = 1000;
  spec.at_most.down = {.minority = false, .count = 1000};
  for (RandomFault* fault :
       {&spec.crash, static_cast<RandomFault*>(&spec.power_loss), &spec.pause,
        &spec.wipe, static_cast<RandomFault*>(&spec.partition),
        static_cast<RandomFault*>(&spec.link),
        static_cast<RandomFault*>(&spec.clock_step),
        static_cast<RandomFault*>(&spec.clock_drift), &spec.clock_freeze,
        &spec.disk_full, static_cast<RandomFault*>(&spec.io_error),
        static_cast<RandomFault*>(&spec.slow_disk),
        static_cast<RandomFault*>(&spec.bit_rot)}) {
    fault->weight = 1;
  }
  return spec;
}

TEST(Nemesis, DrawsEveryKindWithinItsTimeAndInOrder) {
  RandomFaultsSpec spec = Everything();
  spec.from = 10 * kSecond;
  spec.until = 500 * kSecond;
  const std::vector<FaultSpec> faults = DrawFaults(spec, Five());
  std::set<FaultKind> kinds;
  std::set<std::string> ids;
  Nanos previous = spec.from;
  for (const FaultSpec& fault : faults) {
    kinds.insert(fault.kind);
    ids.insert(fault.id);
    EXPECT_GT(fault.trigger.at, previous);
    EXPECT_LE(fault.trigger.at - previous, spec.gap.high);
    EXPECT_LT(fault.trigger.at, *spec.until);
    previous = fault.trigger.at;
  }
  EXPECT_EQ(kinds.size(), 13u);
  EXPECT_EQ(ids.size(), faults.size());
}

TEST(Nemesis, EqualSeedsDrawEqualFaults) {
  EXPECT_EQ(DrawFaults(Everything(), Five(1)),
            DrawFaults(Everything(), Five(1)));
  EXPECT_NE(DrawFaults(Everything(), Five(1)),
            DrawFaults(Everything(), Five(2)));
}

TEST(Nemesis, SwitchingAKindOffLeavesTheOthersAsTheyWere) {
  RandomFaultsSpec without = Everything();
  without.crash.weight = 0;
  const std::vector<FaultSpec> all = DrawFaults(Everything(), Five());
  const std::vector<FaultSpec> rest = DrawFaults(without, Five());
  std::size_t crashes = 0;
  for (const FaultSpec& fault : all) {
    if (fault.kind == FaultKind::kCrash) {
      ++crashes;
      continue;
    }
    EXPECT_NE(std::find(rest.begin(), rest.end(), fault), rest.end())
        << fault.id;
  }
  EXPECT_GT(crashes, 10u);
}

TEST(Nemesis, KindsAppearInProportionToTheirWeights) {
  RandomFaultsSpec spec;
  spec.at_most.down = {.minority = false, .count = 1000};
  spec.crash.weight = 3;
  spec.pause.weight = 1;
  NemesisInput input = Five();
  input.run_length = 6000 * kSecond;
  const std::vector<FaultSpec> faults = DrawFaults(spec, input);
  const auto crashes = std::count_if(
      faults.begin(), faults.end(),
      [](const FaultSpec& f) { return f.kind == FaultKind::kCrash; });
  EXPECT_NEAR(double(crashes) / double(faults.size()), 0.75, 0.04);
}

TEST(Nemesis, KeepsWithinWhatMayBeDownAtOneTime) {
  RandomFaultsSpec spec = Everything();
  spec.at_most = {};  // a minority down, one partition, one wipe
  for (RandomFault* fault :
       {&spec.crash, static_cast<RandomFault*>(&spec.power_loss), &spec.pause,
        static_cast<RandomFault*>(&spec.partition)}) {
    fault->duration = {5 * kSecond, 20 * kSecond};
  }
  const std::vector<FaultSpec> faults = DrawFaults(spec, Five());
  const auto down = [](const FaultSpec& f) {
    return f.kind == FaultKind::kCrash || f.kind == FaultKind::kPowerLoss ||
           f.kind == FaultKind::kPause || f.kind == FaultKind::kWipe;
  };
  int wipes = 0;
  for (const FaultSpec& fault : faults) {
    wipes += fault.kind == FaultKind::kWipe;
    int down_now = 0;
    int partitions_now = 0;
    for (const FaultSpec& other : faults) {
      const Nanos end =
          other.trigger.at + (other.duration ? other.duration->high : 0);
      if (other.trigger.at > fault.trigger.at || end < fault.trigger.at) {
        continue;
      }
      down_now += down(other);
      partitions_now += other.kind == FaultKind::kPartition;
    }
    EXPECT_LE(down_now, 2);
    EXPECT_LE(partitions_now, 1);
  }
  EXPECT_EQ(wipes, 1);
}

TEST(FaultPlan, ListsTheTimelineThenTheNemesisWithDurationsDrawn) {
  FaultsSpec spec;
  FaultSpec timed;
  timed.id = "mine";
  timed.duration = NanosRange{1, 1000};
  spec.timeline = {timed};
  spec.random = Everything();
  const std::vector<FaultSpec> plan = BuildFaultPlan(spec, Five());
  ASSERT_GT(plan.size(), 1u);
  EXPECT_EQ(plan[0].id, "mine");
  for (const FaultSpec& fault : plan) {
    if (!fault.duration) continue;
    EXPECT_EQ(fault.duration->low, fault.duration->high);
  }
  EXPECT_EQ(plan, BuildFaultPlan(spec, Five()));
}

}  // namespace
}  // namespace wringer::sim
