// Equal (scenario, seed), equal digest; looking changes nothing.
#include "sim/fault/fault_plan.h"
#include "tests/sim/run/scenarios.h"

namespace wringer::sim {
namespace {

Scenario Stormy() {
  Scenario scenario = Small();
  scenario.run.length = 3 * kSecond;
  RandomFaultsSpec random;
  random.gap = {100 * kMillisecond, 600 * kMillisecond};
  random.crash.weight = 2;
  random.power_loss.weight = 2;
  random.pause.weight = 1;
  random.partition.weight = 2;
  random.link.weight = 2;
  random.clock_step.weight = 1;
  random.slow_disk.weight = 1;
  scenario.faults.random = random;
  return scenario;
}

TEST(Determinism, EqualSeedsGiveEqualDigests) {
  const RunResult a = MustRun(Stormy());
  const RunResult b = MustRun(Stormy());
  EXPECT_EQ(a.digest, b.digest);
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.history.size(), b.history.size());
}

TEST(Determinism, OtherSeedsGiveOtherRuns) {
  RunOptions other;
  other.seed = 8;
  EXPECT_NE(MustRun(Stormy()).digest, MustRun(Stormy(), other).digest);
}

TEST(Determinism, OraclesTraceAndObserversChangeNothing) {
  class Counter : public WorldObserver {
   public:
    void AfterEvent(const EventRecord&) override { ++events; }
    std::uint64_t events = 0;
  };
  const RunResult plain = MustRun(Stormy());
  Counter counter;
  std::uint64_t lines = 0;
  RunOptions watched;
  watched.oracles = false;
  watched.observers = {&counter};
  watched.trace_sink = [&lines](const TraceLine&) { ++lines; };
  const RunResult seen = MustRun(Stormy(), watched);
  EXPECT_EQ(plain.digest, seen.digest);
  EXPECT_EQ(counter.events, seen.events);
  EXPECT_GT(lines, 1000u);
}

TEST(Determinism, ThePinnedPlanRunsToTheSameDigest) {
  const RunResult drawn = MustRun(Stormy());
  Scenario pinned = Stormy();
  pinned.faults.random.reset();
  pinned.faults.timeline = PinnedPlan(drawn.ledger);
  EXPECT_EQ(MustRun(pinned).digest, drawn.digest);
}

TEST(Determinism, AFaultTakenAwayLeavesEverythingBeforeItAlone) {
  Scenario with = Small();
  with.faults.timeline = {At("late", FaultKind::kCrash, 900 * kMillisecond,
                             {Target::Node(NodeId(2))})};
  const RunResult a = MustRun(with);
  const RunResult b = MustRun(Small());
  ASSERT_NE(a.digest, b.digest);
  std::size_t before = 0;
  for (; before < std::min(a.history.size(), b.history.size()); ++before) {
    const reports::Operation& x = a.history.op(std::uint32_t(before));
    const reports::Operation& y = b.history.op(std::uint32_t(before));
    if (x.return_ns >= 900 * kMillisecond) break;
    EXPECT_EQ(x.call_ns, y.call_ns);
    EXPECT_EQ(x.return_ns, y.return_ns);
    EXPECT_EQ(x.op_id, y.op_id);
  }
  EXPECT_GT(before, 100u);
}

}  // namespace
}  // namespace wringer::sim
