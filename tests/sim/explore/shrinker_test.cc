// The passes, over a prober that knows what the failure needs: no world runs.
#include "sim/explore/shrink/shrinker.h"

#include <algorithm>
#include <functional>
#include <string>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "sim/explore/shrink/edits.h"
#include "sim/explore/shrink/parallel_prober.h"
#include "sim/explore/shrink/ranges.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

class FakeProber final : public Prober {
 public:
  using Fails = std::function<bool(const Scenario&)>;
  explicit FakeProber(Fails fails) : fails_(std::move(fails)) {}

  std::optional<Sight> Look(const Scenario& scenario) override {
    Sight sight;
    sight.same = Try(scenario);
    return sight;
  }
  std::optional<std::size_t> FirstFailing(
      const std::vector<Scenario>& proposals) override {
    for (std::size_t i = 0; i < proposals.size() && !stopped(); ++i) {
      if (Try(proposals[i])) return i;
    }
    return std::nullopt;
  }
  std::vector<bool> Failing(const std::vector<Scenario>& proposals) override {
    std::vector<bool> failing;
    for (const Scenario& one : proposals) failing.push_back(Try(one));
    return failing;
  }
  bool stopped() const override { return runs_ >= limit_; }
  std::uint64_t runs() const override { return runs_; }
  void StopAfter(std::uint64_t runs) { limit_ = runs; }

 private:
  bool Try(const Scenario& scenario) {
    ++runs_;
    // As the real one: a proposal has to be a scenario.
    const ParseResult read = ParseScenario(DumpScenario(scenario), "proposal");
    return read.ok() && fails_(*read.scenario);
  }

  Fails fails_;
  std::uint64_t runs_ = 0;
  std::uint64_t limit_ = 1'000'000;
};

FaultSpec FaultOf(const std::string& id, FaultKind kind, Nanos at,
                  std::uint32_t node) {
  FaultSpec fault;
  fault.id = id;
  fault.kind = kind;
  fault.trigger.at = at;
  fault.nodes = {Target::Node(NodeId(node))};
  fault.duration = NanosRange{1600 * kMillisecond, 1600 * kMillisecond};
  return fault;
}

// Five nodes, four faults, 200 operations of six clients.
Scenario Large() {
  Scenario s;
  s.name = "large";
  s.seed = 77;
  s.mutants = {Mutant::kWalAckBeforeSync, Mutant::kRaftForgetsVote};
  s.run.length = 20 * kSecond;
  s.cluster.nodes = 5;
  s.replication.model = ReplicationModel::kRaft;
  s.replication.raft.keep_entries = 20;
  s.wal.delay = 7 * kMillisecond;
  s.workload.clients = 6;
  s.workload.keys.count = 12;
  for (std::uint64_t i = 0; i < 200; ++i) {
    s.workload.script.push_back(
        {.id = i + 1,
         .client = static_cast<std::uint32_t>(i % 6 + 1),
         .at = static_cast<Nanos>(i) * 50 * kMillisecond + 333,
         .kind = i % 3 == 0 ? ScriptKind::kPut : ScriptKind::kCas,
         .key = i % 12,
         .value = 100});
  }
  s.faults.timeline = {
      FaultOf("a", FaultKind::kPowerLoss, 1 * kSecond, 2),
      FaultOf("b", FaultKind::kPause, 4 * kSecond, 1),
      FaultOf("c", FaultKind::kPowerLoss, 7 * kSecond + 123, 4),
      FaultOf("d", FaultKind::kSlowDisk, 9 * kSecond, 3)};
  return s;
}

bool HasFault(const Scenario& s, FaultKind kind) {
  return std::any_of(s.faults.timeline.begin(), s.faults.timeline.end(),
                     [kind](const FaultSpec& f) { return f.kind == kind; });
}

std::size_t Writes(const Scenario& s, ScriptKind kind) {
  return static_cast<std::size_t>(
      std::count_if(s.workload.script.begin(), s.workload.script.end(),
                    [kind](const ScriptedOp& op) { return op.kind == kind; }));
}

TEST(Shrinker, LeavesWhatTheFailureNeedsAndNothingElse) {
  FakeProber prober([](const Scenario& s) {
    return HasFault(s, FaultKind::kPowerLoss) &&
           Writes(s, ScriptKind::kPut) >= 2 && s.cluster.nodes >= 3 &&
           s.wal.delay == 7 * kMillisecond && !s.mutants.empty() &&
           s.mutants[0] == Mutant::kWalAckBeforeSync;
  });
  Shrinker shrinker(&prober, {}, nullptr);
  const ShrinkResult result = shrinker.Run(Large());
  ASSERT_TRUE(result.reproduced);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.after.faults, 1u);
  EXPECT_EQ(result.after.operations, 2u);
  EXPECT_EQ(result.after.clients, 1u);
  EXPECT_EQ(result.after.nodes, 3u);
  EXPECT_EQ(result.scenario.wal.delay, 7 * kMillisecond);
  EXPECT_EQ(result.scenario.replication.raft.keep_entries,
            RaftSpec{}.keep_entries);
  EXPECT_EQ(result.scenario.mutants.size(), 1u);
  EXPECT_EQ(result.mutants_dropped,
            std::vector<std::string>{"raft_forgets_vote"});
  EXPECT_LE(result.scenario.run.length, 100 * kMillisecond);
  EXPECT_EQ(result.scenario.workload.keys.count, 1u);
  EXPECT_EQ(result.scenario.seed, 1u);
  EXPECT_EQ(result.faults_dropped.size(), 3u);
}

TEST(Shrinker, TakesTheMildestFaultThatDoes) {
  FakeProber prober([](const Scenario& s) {
    return HasFault(s, FaultKind::kPowerLoss) || HasFault(s, FaultKind::kCrash);
  });
  Shrinker shrinker(&prober, {}, nullptr);
  const ShrinkResult result = shrinker.Run(Large());
  ASSERT_EQ(result.after.faults, 1u);
  EXPECT_EQ(result.scenario.faults.timeline[0].kind, FaultKind::kCrash);
  EXPECT_LE(result.scenario.faults.timeline[0].duration->high,
            10 * kMillisecond);
}

TEST(Shrinker, NeverEmptiesTheScript) {
  // Without rows the operations would be drawn again: another run.
  FakeProber prober([](const Scenario&) { return true; });
  Shrinker shrinker(&prober, {}, nullptr);
  const ShrinkResult result = shrinker.Run(Large());
  EXPECT_EQ(result.after.operations, 1u);
  EXPECT_EQ(result.after.faults, 0u);
}

TEST(Shrinker, KeepsItsBestWhenItIsStopped) {
  const auto fails = [](const Scenario& s) {
    return HasFault(s, FaultKind::kPowerLoss) &&
           Writes(s, ScriptKind::kPut) >= 2;
  };
  FakeProber prober(fails);
  prober.StopAfter(12);
  Shrinker shrinker(&prober, {}, nullptr);
  const ShrinkResult result = shrinker.Run(Large());
  EXPECT_TRUE(result.reproduced);
  EXPECT_FALSE(result.complete);
  EXPECT_TRUE(fails(result.scenario));
  EXPECT_LT(result.after.faults, 4u);
}

TEST(Shrinker, SaysSoIfThereIsNothingToShrink) {
  FakeProber prober([](const Scenario&) { return false; });
  Shrinker shrinker(&prober, {}, nullptr);
  EXPECT_FALSE(shrinker.Run(Large()).reproduced);
}

TEST(Shrinker, GivesAScenarioThatItsTextSaysCompletely) {
  FakeProber prober(
      [](const Scenario& s) { return HasFault(s, FaultKind::kSlowDisk); });
  Shrinker shrinker(&prober, {}, nullptr);
  const Scenario small = shrinker.Run(Large()).scenario;
  const std::string text = DumpDifferences(small);
  EXPECT_EQ(*ParseScenario(text, "small").scenario, small);
  EXPECT_LT(text.size(), 700u) << text;
}

TEST(Edits, TakingANodeAwayMovesTheOthersUp) {
  const auto next = WithoutNode(Large(), NodeId(3));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->cluster.nodes, 4u);
  // The slow disk was n3's; what hit n4 hits n3 now.
  ASSERT_EQ(next->faults.timeline.size(), 3u);
  EXPECT_EQ(next->faults.timeline[2].nodes[0], Target::Node(NodeId(3)));
}

TEST(Edits, TwoFaultsOfAKindBecomeOneOverBothStretches) {
  const std::vector<Scenario> merged = MergedFaults(Large());
  ASSERT_EQ(merged.size(), 1u);  // only the two power losses are of a kind
  const FaultSpec& one = merged[0].faults.timeline[0];
  EXPECT_EQ(merged[0].faults.timeline.size(), 3u);
  EXPECT_EQ(one.nodes.size(), 2u);
  EXPECT_EQ(one.trigger.at, 1 * kSecond);
  EXPECT_EQ(one.trigger.at + one.duration->high,
            7 * kSecond + 123 + 1600 * kMillisecond);
}

TEST(Edits, WhatIsShiftedKeepsItsDistances) {
  const Scenario before = Large();
  const Scenario after = WithShift(before, 4 * kSecond, 2 * kSecond);
  EXPECT_EQ(after.faults.timeline[0].trigger.at, 1 * kSecond);
  EXPECT_EQ(after.faults.timeline[1].trigger.at, 2 * kSecond);
  EXPECT_EQ(after.run.length, before.run.length - 2 * kSecond);
  EXPECT_EQ(after.workload.script[0].at, before.workload.script[0].at);
  EXPECT_EQ(after.workload.script[199].at,
            before.workload.script[199].at - 2 * kSecond);
}

TEST(Edits, NumbersWithoutGaps) {
  Scenario s = WithClients(Large(), {1, 4});  // c2 and c5
  s = Renumbered(s);
  EXPECT_EQ(s.workload.clients, 2u);
  EXPECT_EQ(s.workload.script[0].id, 1u);
  for (const ScriptedOp& op : s.workload.script) {
    EXPECT_LE(op.client, 2u);
    EXPECT_LT(op.key, s.workload.keys.count);
  }
}

TEST(Edits, AHealForgetsWhatIsGone) {
  Scenario s = Large();
  FaultSpec heal;
  heal.id = "heal";
  heal.kind = FaultKind::kHeal;
  heal.faults = {"a", "b"};
  s.faults.timeline.push_back(heal);
  const Scenario next = WithFaults(s, {1, 4});
  EXPECT_EQ(next.faults.timeline[1].faults, std::vector<std::string>{"b"});
}

TEST(Ranges, TellHowExactATimeHasToBe) {
  Scenario s = Large();
  s.faults.timeline.resize(1);
  s.workload.script.resize(1);
  FakeProber prober([](const Scenario& one) {
    const Nanos at = one.faults.timeline[0].trigger.at;
    return at >= 990 * kMillisecond && at <= 1050 * kMillisecond;
  });
  const Tolerance tolerance = ProbeTolerance(s, &prober);
  EXPECT_EQ(RangeText(tolerance.faults[0], 1 * kSecond),
            "any time in 990ms..1050ms");
  EXPECT_TRUE(tolerance.operations[0].to_the_end);
  EXPECT_TRUE(tolerance.any_value[0]);
  EXPECT_EQ(tolerance.seeds_failing, tolerance.seeds_tried);
}

TEST(ParallelProber, AnswersTheSameWithAnyNumberOfWorkers) {
  std::vector<Scenario> proposals;
  for (std::uint32_t nodes = 1; nodes <= 9; ++nodes) {
    proposals.push_back(Scenario{});
    proposals.back().cluster.nodes = nodes;
  }
  for (const int workers : {1, 2, 5}) {
    ParallelProber prober(
        {.workers = workers},
        [](const Scenario& s) {
          Sight sight;
          sight.same = s.cluster.nodes >= 4;
          return sight;
        },
        [](const JobResult&) { return Sight{}; }, nullptr);
    EXPECT_EQ(prober.FirstFailing(proposals), 3u) << workers;
    EXPECT_TRUE(prober.Look(proposals[5])->same);
  }
}

TEST(ParallelProber, TriesNothingTwice) {
  ParallelProber prober(
      {.workers = 1}, [](const Scenario&) { return Sight{}; },
      [](const JobResult&) { return Sight{}; }, nullptr);
  prober.Look(Scenario{});
  prober.Look(Scenario{});
  EXPECT_EQ(prober.runs(), 1u);
  EXPECT_EQ(prober.cached(), 1u);
}

TEST(ParallelProber, ADeathOfTheEngineIsAnAnswer) {
  ParallelProber prober(
      {.workers = 1},
      [](const Scenario& s) -> Sight {
        if (s.cluster.nodes > 3) std::abort();
        return {};
      },
      [](const JobResult& death) {
        Sight sight;
        sight.same = death.fate == JobFate::kCrashed && death.signal != 0;
        return sight;
      },
      nullptr);
  Scenario deadly;
  deadly.cluster.nodes = 4;
  EXPECT_EQ(prober.FirstFailing({Scenario{}, deadly}), 1u);
}

TEST(ParallelProber, StopsWhenItIsTold) {
  bool go_on = true;
  ParallelProber prober(
      {.workers = 1}, [](const Scenario&) { return Sight{}; },
      [](const JobResult&) { return Sight{}; }, [&go_on] { return go_on; });
  EXPECT_TRUE(prober.Look(Scenario{}));
  go_on = false;
  Scenario other;
  other.cluster.nodes = 5;
  EXPECT_FALSE(prober.Look(other));
  EXPECT_TRUE(prober.stopped());
}

}  // namespace
}  // namespace wringer::sim
