// Timers and sleeps run on the node's clock, not on the truth.
#include "sim/core/node_timers.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

class NodeTimersTest : public testing::Test, public env::TimerTarget {
 protected:
  NodeTimersTest() { node_.Boot(); }
  void OnTimer(std::uint64_t cookie) override {
    fired_.emplace_back(world_.now(), cookie);
  }

  static void FireByHand(void* test, std::uint64_t cookie) {
    static_cast<NodeTimersTest*>(test)->OnTimer(cookie);
  }

  using Fired = std::vector<std::pair<Nanos, std::uint64_t>>;
  World world_{WorldOptions{.seed = 1}};
  NodeRuntime node_{&world_, NodeId{1}};
  Fired fired_;
};

TEST_F(NodeTimersTest, FiresOnceAfterItsTime) {
  node_.ArmTimer(500, this, 7);
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{500, 7}}));
}

TEST_F(NodeTimersTest, ACancelledTimerDoesNotFire) {
  const env::TimerId timer = node_.ArmTimer(500, this, 7);
  EXPECT_TRUE(node_.CancelTimer(timer));
  EXPECT_FALSE(node_.CancelTimer(timer));
  EXPECT_EQ(world_.events_pending(), 0u);
  world_.RunUntil(kSecond);
  EXPECT_TRUE(fired_.empty());
}

TEST_F(NodeTimersTest, AStaleIdCancelsNobodyElse) {
  const env::TimerId first = node_.ArmTimer(500, this, 1);
  node_.CancelTimer(first);
  node_.ArmTimer(600, this, 2);  // takes the same record
  EXPECT_FALSE(node_.CancelTimer(first));
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{600, 2}}));
}

TEST_F(NodeTimersTest, EqualDeadlinesFireInTheOrderOfArming) {
  for (std::uint64_t i = 0; i < 5; ++i) node_.ArmTimer(500, this, i);
  world_.RunUntil(kSecond);
  ASSERT_EQ(fired_.size(), 5u);
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(fired_[i].second, i);
}

TEST_F(NodeTimersTest, AFastClockFiresEarlyASlowOneLate) {
  node_.SetDrift(250'000'000);  // a quarter fast
  node_.ArmTimer(kSecond, this, 1);
  world_.RunUntil(2 * kSecond);
  node_.SetDrift(-500'000'000);  // half as fast
  node_.ArmTimer(kSecond, this, 2);
  world_.RunUntil(10 * kSecond);
  EXPECT_EQ(fired_, (Fired{{800 * kMillisecond, 1}, {2800 * kMillisecond, 2}}));
}

TEST_F(NodeTimersTest, AChangeOfDriftReaimsArmedTimers) {
  node_.ArmTimer(kSecond, this, 1);
  world_.RunUntil(500 * kMillisecond);
  EXPECT_TRUE(fired_.empty());
  node_.SetDrift(-500'000'000);  // the other half second takes a second
  world_.RunUntil(10 * kSecond);
  EXPECT_EQ(fired_, (Fired{{1500 * kMillisecond, 1}}));
}

TEST_F(NodeTimersTest, NothingFiresWhileTheClockIsFrozen) {
  node_.ArmTimer(100, this, 1);
  node_.ArmTimer(50, this, 2);
  node_.ArmTimer(5000, this, 3);
  node_.Freeze();
  node_.ArmTimer(20, this, 4);
  EXPECT_EQ(world_.RunUntil(1000), StopReason::kDeadlock);
  EXPECT_TRUE(fired_.empty());
  world_.Schedule(
      {.at = 1000,
       .fn = [](void* node,
                std::uint64_t) { static_cast<NodeRuntime*>(node)->Unfreeze(); },
       .object = &node_});
  world_.RunUntil(kSecond);
  // The clock jumps; what is overdue fires by deadline.
  EXPECT_EQ(fired_, (Fired{{1000, 4}, {1000, 2}, {1000, 1}, {5000, 3}}));
}

TEST_F(NodeTimersTest, AStepOfTheWallClockTouchesNoTimer) {
  node_.ArmTimer(500, this, 1);
  node_.StepWall(-3600 * kSecond);
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{500, 1}}));
}

TEST_F(NodeTimersTest, ATimerThatComesDueInAPauseFiresOnResume) {
  node_.ArmTimer(500, this, 1);
  node_.Pause();
  world_.Schedule(
      {.at = 900,
       .fn = [](void* node,
                std::uint64_t) { static_cast<NodeRuntime*>(node)->Resume(); },
       .object = &node_});
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{900, 1}}));
}

TEST_F(NodeTimersTest, ATimerHeldByTheGateCanStillBeCancelled) {
  const env::TimerId timer = node_.ArmTimer(500, this, 1);
  node_.ArmTimer(510, this, 2);
  node_.Charge(1000);
  world_.RunUntil(600);
  EXPECT_TRUE(node_.CancelTimer(timer));
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{1000, 2}}));
}

TEST_F(NodeTimersTest, AChangeOfDriftLeavesATimerItsPlaceInLine) {
  node_.ArmTimer(500, this, 1);
  world_.Schedule({.at = 510,
                   .node = node_.id(),
                   .fn = &FireByHand,
                   .object = this,
                   .arg = 2});
  node_.Charge(1000);
  world_.RunUntil(600);
  node_.SetDrift(-500'000'000);
  world_.RunUntil(kSecond);
  EXPECT_EQ(fired_, (Fired{{1000, 1}, {1000, 2}}));
}

TEST_F(NodeTimersTest, ForeverIsALegalDelay) {
  node_.ArmTimer(kNever, this, 1);
  EXPECT_EQ(node_.timers_armed(), 1u);
  world_.RunUntil(kSecond);
  EXPECT_TRUE(fired_.empty());
}

TEST_F(NodeTimersTest, SleepFollowsTheDriftToo) {
  Nanos woke = 0;
  node_.SetDrift(-500'000'000);
  node_.Spawn("sleeper", [&] {
    node_.Sleep(kSecond);
    woke = world_.now();
  });
  world_.RunUntil(10 * kSecond);
  EXPECT_EQ(woke, 2 * kSecond);
}

// Each timer fires at the first true time at which the clock shows its
// deadline, under any history of drift.
TEST_F(NodeTimersTest, RandomDriftNeverFiresEarlyAndNeverLate) {
  struct Probe : env::TimerTarget {
    void OnTimer(std::uint64_t deadline) override {
      EXPECT_GE(node->Monotonic(), Nanos(deadline));
      EXPECT_LE(node->Monotonic(), Nanos(deadline) + 1) << "late";
      ++fired;
    }
    NodeRuntime* node = nullptr;
    int fired = 0;
  } probe;
  probe.node = &node_;
  RandomStream random(11, Purpose("test.node_timers"));
  int armed = 0;
  for (int round = 0; round < 3000; ++round) {
    const Nanos d = random.Between(0, 50'000);
    node_.ArmTimer(d, &probe, std::uint64_t(node_.Monotonic() + d));
    ++armed;
    if (random.Chance(200'000)) {
      node_.SetDrift(
          random.Between(-NodeClock::kDriftPpbMax, NodeClock::kDriftPpbMax));
    }
    world_.RunUntil(world_.now() + random.Between(0, 3000));
  }
  node_.SetDrift(0);
  world_.RunUntil(world_.now() + kSecond);
  EXPECT_EQ(probe.fired, armed);
}

}  // namespace
}  // namespace wringer::sim
