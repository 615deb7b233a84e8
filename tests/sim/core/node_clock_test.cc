#include "sim/core/node_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/base/random.h"

namespace wringer::sim {
namespace {

constexpr std::int64_t kPpm = 1000;  // in parts per billion

TEST(NodeClockTest, AnHonestClockShowsTrueTime) {
  NodeClock clock;
  EXPECT_EQ(clock.WallAt(5 * kSecond), kWallEpoch + 5 * kSecond);
  EXPECT_EQ(clock.MonotonicAt(5 * kSecond) - clock.MonotonicAt(0), 5 * kSecond);
}

TEST(NodeClockTest, DriftIsExactInIntegers) {
  NodeClock clock;
  clock.SetDrift(100 * kPpm, 0);
  const Nanos day = 86'400 * kSecond;
  EXPECT_EQ(clock.MonotonicAt(day) - clock.MonotonicAt(0), day + day / 10'000);
  EXPECT_EQ(clock.WallAt(day), kWallEpoch + day + day / 10'000);
}

TEST(NodeClockTest, AStepMovesTheWallClockOnly) {
  NodeClock clock;
  const Nanos monotonic = clock.MonotonicAt(kSecond);
  clock.SetWallOffset(-3 * kSecond);
  EXPECT_EQ(clock.WallAt(kSecond), kWallEpoch - 2 * kSecond);
  EXPECT_EQ(clock.MonotonicAt(kSecond), monotonic);
}

TEST(NodeClockTest, AFrozenClockStandsStillAndThenJumps) {
  NodeClock clock;
  clock.Freeze(kSecond);
  EXPECT_EQ(clock.MonotonicAt(9 * kSecond), clock.MonotonicAt(kSecond));
  EXPECT_EQ(clock.WallAt(9 * kSecond), kWallEpoch + kSecond);
  clock.Unfreeze();
  EXPECT_EQ(clock.WallAt(9 * kSecond), kWallEpoch + 9 * kSecond);
}

TEST(NodeClockTest, TheMonotonicClockStartsAnewAtBoot) {
  NodeClock clock;
  clock.Boot(7 * kSecond);
  EXPECT_EQ(clock.MonotonicAt(7 * kSecond), kMonotonicAtBoot);
  EXPECT_EQ(clock.WallAt(7 * kSecond), kWallEpoch + 7 * kSecond);
}

TEST(NodeClockTest, WhatNeverComesNeverComes) {
  NodeClock clock;
  EXPECT_EQ(clock.WhenMonotonic(kNever, 0), kNever);
  clock.SetDrift(-NodeClock::kDriftPpbMax, 0);
  EXPECT_EQ(clock.WhenMonotonic(kNever - 1, 0), kNever);
  clock.Freeze(0);
  EXPECT_EQ(clock.WhenMonotonic(kMonotonicAtBoot + 1, 0), kNever);
  EXPECT_EQ(clock.WhenMonotonic(kMonotonicAtBoot, 0), 0);
}

// The two directions agree to the nanosecond, whatever happened before.
TEST(NodeClockTest, TheInverseNamesTheFirstTrueTimeOfAReading) {
  RandomStream random(3, Purpose("test.node_clock"));
  NodeClock clock;
  Nanos now = 0;
  Nanos last = clock.MonotonicAt(now);
  for (int round = 0; round < 20'000; ++round) {
    now += random.Between(0, random.Chance(100'000) ? kSecond : 1000);
    ASSERT_GE(clock.MonotonicAt(now), last) << "never goes back";
    last = clock.MonotonicAt(now);
    switch (random.Below(8)) {
      case 0:
        clock.SetDrift(
            random.Between(-NodeClock::kDriftPpbMax, NodeClock::kDriftPpbMax),
            now);
        break;
      case 1:
        clock.Freeze(now);
        break;
      default:
        clock.Unfreeze();
    }
    ASSERT_GE(clock.MonotonicAt(now), last);
    last = clock.MonotonicAt(now);
    if (clock.frozen()) continue;
    const Nanos target = last + random.Between(1, 1'000'000);
    const Nanos when = clock.WhenMonotonic(target, now);
    ASSERT_GE(when, now);
    ASSERT_GE(clock.MonotonicAt(when), target);
    if (when > now) {
      ASSERT_LT(clock.MonotonicAt(when - 1), target);
    }
  }
}

}  // namespace
}  // namespace wringer::sim
