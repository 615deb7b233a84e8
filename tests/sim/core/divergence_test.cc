#include "sim/core/divergence.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/sim/core/toy_cluster.h"

namespace wringer::sim {
namespace {

constexpr Nanos kRun = 200 * kMillisecond;

DigestTrail RunFully(std::uint64_t planted_at, Nanos until = kRun) {
  ToyCluster cluster(1, planted_at);
  cluster.world.RunUntil(until);
  return TrailOf(cluster.world);
}

WindowRecorder RunWindow(std::uint64_t planted_at, EventWindow window) {
  WindowRecorder recorder(window);
  ToyCluster cluster(1, planted_at);
  cluster.world.AddObserver(&recorder);
  while (!recorder.full() && cluster.world.now() < kRun) {
    cluster.world.RunOne();
  }
  return recorder;
}

// The slow way: every event of both runs.
std::uint64_t FirstDifferenceByBruteForce(std::uint64_t planted_at) {
  ToyCluster plain(1);
  ToyCluster planted(1, planted_at);
  while (plain.world.now() < kRun) {
    plain.world.RunOne();
    planted.world.RunOne();
    if (plain.world.digest() != planted.world.digest()) {
      return plain.world.events_run();
    }
  }
  return 0;
}

TEST(DivergenceTest, EqualRunsDoNotDiffer) {
  EXPECT_FALSE(FirstDifference(RunFully(0), RunFully(0)).has_value());
}

TEST(DivergenceTest, PlantedNondeterminismIsFoundToTheEvent) {
  const DigestTrail plain = RunFully(0);
  int found = 0;
  for (std::uint64_t planted_at = 500; planted_at < 1500; planted_at += 41) {
    const std::uint64_t expected = FirstDifferenceByBruteForce(planted_at);
    const auto window = FirstDifference(plain, RunFully(planted_at));
    ASSERT_EQ(window.has_value(), expected != 0);
    if (!window) continue;  // no message was sent in that event
    ++found;
    EXPECT_LT(window->after, expected);
    EXPECT_GE(window->last, expected);
    EXPECT_LE(window->last - window->after, 64u);
    const Divergence divergence =
        CompareWindows(RunWindow(0, *window), RunWindow(planted_at, *window));
    EXPECT_EQ(divergence.event_number, expected);
    ASSERT_TRUE(divergence.left.has_value());
    ASSERT_TRUE(divergence.right.has_value());
    EXPECT_NE(*divergence.left, *divergence.right);
  }
  EXPECT_GT(found, 3);
}

TEST(DivergenceTest, ARunThatEndsEarlierDiffersAtItsEnd) {
  const DigestTrail whole = RunFully(0);
  const DigestTrail half = RunFully(0, kRun / 2);
  const auto window = FirstDifference(whole, half);
  ASSERT_TRUE(window.has_value());
  EXPECT_EQ(window->last, half.events_run + 1);
}

TEST(DivergenceTest, TellsBothSidesAndWhatCameBefore) {
  WindowRecorder left({.after = 10, .last = 13});
  WindowRecorder right({.after = 10, .last = 13});
  for (std::uint64_t n = 11; n <= 13; ++n) {
    EventRecord event{.number = n, .at = Nanos(n), .op = n};
    left.AfterEvent(event);
    if (n == 13) event.op = 99;
    right.AfterEvent(event);
  }
  EXPECT_TRUE(left.full());
  EXPECT_EQ(DivergenceText(CompareWindows(left, right)),
            "the runs differ first in event 13\n"
            "  both   #11  0.000000011 s  -      none 11\n"
            "  both   #12  0.000000012 s  -      none 12\n"
            "  left   #13  0.000000013 s  -      none 13\n"
            "  right  #13  0.000000013 s  -      none 99\n");
}

TEST(DivergenceTest, SaysSoWhenTheDifferenceDoesNotComeBack) {
  const WindowRecorder left({.after = 0, .last = 1});
  const WindowRecorder right({.after = 0, .last = 1});
  EXPECT_EQ(CompareWindows(left, right).event_number, 0u);
}

}  // namespace
}  // namespace wringer::sim
