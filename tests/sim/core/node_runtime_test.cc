// A node's fibers, and how it dies.
#include "sim/core/node_runtime.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/env/fibers.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

class NodeRuntimeTest : public testing::Test, public env::TimerTarget {
 protected:
  NodeRuntimeTest() { node_.Boot(); }
  void OnTimer(std::uint64_t) override { ++timers_fired_; }

  void Crash() {
    node_.Fence();
    node_.UnwindFibers();
    node_.Bury();
  }
  void Say(std::string word) { said_.push_back(std::move(word)); }

  World world_{WorldOptions{.seed = 1}};
  NodeRuntime node_{&world_, NodeId{1}};
  int timers_fired_ = 0;
  std::vector<std::string> said_;
};

TEST_F(NodeRuntimeTest, ASpawnedFiberStartsAfterTheEventThatSpawnedIt) {
  node_.Spawn("parent", [&] {
    node_.Spawn("child", [&] { Say("child"); });
    Say("parent");
  });
  world_.RunUntil(0);
  EXPECT_EQ(said_, (std::vector<std::string>{"parent", "child"}));
}

TEST_F(NodeRuntimeTest, SleepOfZeroLetsOthersRun) {
  for (const char* name : {"a", "b"}) {
    node_.Spawn(name, [this, name] {
      Say(name);
      node_.Sleep(0);
      Say(name);
    });
  }
  world_.RunUntil(0);
  EXPECT_EQ(said_, (std::vector<std::string>{"a", "b", "a", "b"}));
}

TEST_F(NodeRuntimeTest, AParkedFiberRunsOncePerUnpark) {
  int wakes = 0;
  const env::FiberId fiber = node_.Spawn("waiter", [&] {
    for (;;) {
      node_.Park();
      ++wakes;
    }
  });
  world_.RunUntil(10);
  EXPECT_EQ(wakes, 0);
  node_.Unpark(fiber);
  node_.Unpark(fiber);  // already runnable
  world_.RunUntil(20);
  EXPECT_EQ(wakes, 1);
}

TEST_F(NodeRuntimeTest, AWakeUpThatComesFirstIsNotRemembered) {
  bool woke = false;
  env::FiberId fiber;
  fiber = node_.Spawn("late", [&] {
    node_.Unpark(fiber);
    node_.Park();
    woke = true;
  });
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kDeadlock);
  EXPECT_FALSE(woke);
}

TEST_F(NodeRuntimeTest, UnparkWakesNoSleeper) {
  Nanos woke = 0;
  const env::FiberId fiber = node_.Spawn("sleeper", [&] {
    node_.Sleep(500);
    woke = world_.now();
  });
  world_.RunUntil(100);
  node_.Unpark(fiber);
  world_.RunUntil(kSecond);
  EXPECT_EQ(woke, 500);
}

TEST_F(NodeRuntimeTest, AnIdOfADeadFiberNamesNobody) {
  const env::FiberId first = node_.Spawn("first", [] {});
  world_.RunUntil(0);
  bool woke = false;
  const env::FiberId second = node_.Spawn("second", [&] {
    node_.Park();
    woke = true;
  });
  EXPECT_NE(first, second);
  world_.RunUntil(0);
  node_.Unpark(first);
  world_.RunUntil(0);
  EXPECT_FALSE(woke);
}

TEST_F(NodeRuntimeTest, KnowsItsFibersByNameAndState) {
  node_.Spawn("wal", [&] { node_.Park(); });
  node_.Spawn("applier", [&] { node_.Sleep(kSecond); });
  world_.RunUntil(1);
  const std::vector<NodeRuntime::FiberInfo> fibers = node_.fibers();
  ASSERT_EQ(fibers.size(), 2u);
  EXPECT_EQ(fibers[0].name, "wal");
  EXPECT_TRUE(fibers[0].parked);
  EXPECT_EQ(fibers[1].name, "applier");
  EXPECT_FALSE(fibers[1].parked);
}

TEST_F(NodeRuntimeTest, SelfIsTheCallingFiberAndNobodyInAHandler) {
  env::FiberId inside;
  const env::FiberId id = node_.Spawn("me", [&] { inside = node_.self(); });
  EXPECT_EQ(node_.self(), env::FiberId{});
  world_.RunUntil(0);
  EXPECT_EQ(inside, id);
}

TEST_F(NodeRuntimeTest, BlockUntilIgnoresTheNodesClock) {
  Nanos woke = 0;
  node_.SetDrift(-500'000'000);
  node_.Spawn("disk", [&] {
    node_.BlockUntil(700, EventKind::kDisk, 42);
    woke = world_.now();
  });
  world_.RunUntil(kSecond);
  EXPECT_EQ(woke, 700);
  EXPECT_EQ(world_.flight_record().back().op, 42u);
  EXPECT_EQ(world_.flight_record().back().kind, EventKind::kDisk);
}

TEST_F(NodeRuntimeTest, MutexFutureAndMailboxWork) {
  env::Mutex mutex(&node_);
  env::Future<int> answer(&node_);
  env::Mailbox<int> box(&node_);
  node_.Spawn("first", [&] {
    env::MutexLock lock(&mutex);
    node_.Sleep(10);
    Say("first");
  });
  node_.Spawn("second", [&] {
    env::MutexLock lock(&mutex);
    Say("second");
    answer.Set(42);
  });
  node_.Spawn("reader", [&] {
    Say(std::to_string(answer.Await()));
    Say(std::to_string(box.Pop()));
  });
  node_.Spawn("writer", [&] {
    node_.Sleep(100);
    box.Push(7);
  });
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kQuiet);
  EXPECT_EQ(said_, (std::vector<std::string>{"first", "second", "42", "7"}));
}

// ---- death ----

TEST_F(NodeRuntimeTest, ACrashUnwindsAThousandFibersAndLeavesNothing) {
  int alive = 0;
  struct Life {
    explicit Life(int* count) : n(count) { ++*n; }
    ~Life() { --*n; }
    int* n;
  };
  for (int i = 0; i < 1000; ++i) {
    node_.Spawn("worker", [this, &alive, i] {
      Life life(&alive);
      if (i % 3 == 0) node_.Park();
      if (i % 3 == 1) node_.Sleep(kSecond);
      if (i % 3 == 2) node_.BlockUntil(kSecond, EventKind::kDisk, 1);
      ADD_FAILURE() << "woke after the crash";
    });
    node_.ArmTimer(kSecond, this, 0);
  }
  world_.RunUntil(10);
  EXPECT_EQ(alive, 1000);
  Crash();
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(world_.fibers().live(), 0u);
  EXPECT_EQ(world_.events_pending(), 0u);
  EXPECT_EQ(node_.timers_armed(), 0u);
  EXPECT_TRUE(node_.defects().empty());
  EXPECT_EQ(world_.RunUntil(10 * kSecond), StopReason::kQuiet);
  EXPECT_EQ(timers_fired_, 0);
}

TEST_F(NodeRuntimeTest, AFiberThatNeverStartedJustLosesItsBody) {
  auto token = std::make_shared<int>(1);
  node_.Spawn("unborn", [token] { ADD_FAILURE(); });
  EXPECT_EQ(token.use_count(), 2);
  Crash();
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(NodeRuntimeTest, ARestartCountsIncarnationsAndForgetsThePast) {
  EXPECT_EQ(node_.incarnation(), Incarnation{1});
  world_.RunUntil(kSecond);
  node_.ArmTimer(10, this, 0);
  Crash();
  EXPECT_FALSE(node_.alive());
  node_.Boot();
  EXPECT_EQ(node_.incarnation(), Incarnation{2});
  EXPECT_EQ(node_.Monotonic(), kMonotonicAtBoot);
  world_.RunUntil(2 * kSecond);
  EXPECT_EQ(timers_fired_, 0);
}

// What a well-behaved destructor does at a crash: unlock, cancel, wake.
TEST_F(NodeRuntimeTest, TidyingUpIsNoDefect) {
  env::Mutex mutex(&node_);
  node_.Spawn("holder", [&] {
    env::MutexLock lock(&mutex);
    node_.Park();
  });
  node_.Spawn("waiter", [&] { env::MutexLock lock(&mutex); });
  struct Canceller {
    ~Canceller() { node->CancelTimer(timer); }
    NodeRuntime* node;
    env::TimerId timer;
  };
  node_.Spawn("timer", [&] {
    Canceller canceller{&node_, node_.ArmTimer(kSecond, this, 0)};
    node_.Park();
  });
  world_.RunUntil(10);
  Crash();
  EXPECT_TRUE(node_.defects().empty());
  EXPECT_EQ(world_.events_pending(), 0u);
}

template <typename F>
struct AtExit {
  ~AtExit() { f(); }
  F f;
};
template <typename F>
AtExit(F) -> AtExit<F>;

TEST_F(NodeRuntimeTest, CallsFromBeyondTheGraveAreDefectsWithoutEffect) {
  node_.Spawn("zombie", [&] {
    AtExit exit{[&] {
      node_.Sleep(5);
      node_.Park();
      node_.BlockUntil(world_.now(), EventKind::kDisk, 1);
      EXPECT_EQ(node_.Spawn("child", [] {}), env::FiberId{});
      EXPECT_EQ(node_.ArmTimer(5, this, 0), env::TimerId{});
    }};
    node_.Park();
  });
  world_.RunUntil(0);
  Crash();
  ASSERT_EQ(node_.defects().size(), 5u);
  EXPECT_NE(node_.defects()[0].find("Sleep in fiber 'zombie'"),
            std::string::npos)
      << node_.defects()[0];
  EXPECT_NE(node_.defects()[0].find("n1#1"), std::string::npos);
  EXPECT_EQ(world_.events_pending(), 0u);
}

TEST_F(NodeRuntimeTest, AnObjectDestroyedAfterTheFenceIsHeardAndIgnored) {
  Crash();
  node_.Sleep(5);  // a handler's destructor, on the loop's stack
  node_.Charge(5);
  EXPECT_EQ(node_.defects().size(), 1u);
}

// Swallowing what unwinds it does not save a fiber.
TEST_F(NodeRuntimeTest, AFiberThatSwallowsItsDeathDiesAtTheNextWait) {
  node_.Spawn("stubborn", [&] {
    for (int i = 0; i < 3; ++i) {
      try {
        node_.Sleep(kSecond);
      } catch (...) {
        Say("swallowed");
      }
    }
    node_.Sleep(kSecond);
    Say("survived");
  });
  world_.RunUntil(0);
  Crash();
  EXPECT_EQ(said_.size(), 3u);
  EXPECT_EQ(node_.defects().size(), 3u);
}

TEST_F(NodeRuntimeTest, TheNodesClockLastsBeyondARestart) {
  node_.SetDrift(1000);
  node_.StepWall(-kSecond);
  Crash();
  node_.Boot();
  EXPECT_EQ(node_.wall_offset(), -kSecond);
  world_.Schedule({.at = kSecond, .fn = [](void*, std::uint64_t) {}});
  world_.RunUntil(kSecond);
  EXPECT_EQ(node_.Wall(), kWallEpoch + 1000);
}

TEST_F(NodeRuntimeTest, ADyingWorldUnwindsEveryNode) {
  int alive = 0;
  auto world = std::make_unique<World>(WorldOptions{});
  NodeRuntime a(world.get(), NodeId{1});
  NodeRuntime b(world.get(), NodeId{2});
  for (NodeRuntime* node : {&a, &b}) {
    node->Boot();
    node->Spawn("worker", [node, &alive] {
      ++alive;
      AtExit exit{[&alive] { --alive; }};
      node->Park();
    });
  }
  world->RunUntil(0);
  EXPECT_EQ(alive, 2);
  world.reset();
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(a.alive());
  EXPECT_FALSE(a.CancelTimer(env::TimerId{1}));
  EXPECT_EQ(a.world(), nullptr);
}

class NodeRuntimeDeathTest : public NodeRuntimeTest {};

TEST_F(NodeRuntimeDeathTest, AHandlerMayNotWait) {
  EXPECT_DEATH(node_.Park(), "Park in a handler");
  EXPECT_DEATH(node_.Sleep(1), "Sleep in a handler");
}

TEST_F(NodeRuntimeDeathTest, AFiberOfAnotherNodeMayNotWaitHere) {
  NodeRuntime other(&world_, NodeId{2});
  other.Boot();
  other.Spawn("lost", [&] { node_.Sleep(1); });
  EXPECT_DEATH(world_.RunUntil(1), "Sleep in a handler");
}

void DieWaitingForOneself() {
  World world(WorldOptions{});
  NodeRuntime node(&world, NodeId{1});
  env::Mutex mutex(&node);
  node.Boot();
  node.Spawn("holder", [&] {
    mutex.Lock();
    AtExit exit{[&] { mutex.Lock(); }};
    node.Park();
  });
  world.RunUntil(0);
  node.Fence();
  node.UnwindFibers();
}

TEST_F(NodeRuntimeDeathTest, ADestructorThatWaitsInALoopIsStopped) {
  EXPECT_DEATH(DieWaitingForOneself(),
               "waits in a loop after its node has died");
}

TEST_F(NodeRuntimeDeathTest, ANodeDoesNotDieOnItsOwnFiber) {
  node_.Spawn("suicide", [&] { node_.Fence(); });
  EXPECT_DEATH(world_.RunUntil(0), "fibers_.current\\(\\) == nullptr");
}

TEST_F(NodeRuntimeDeathTest, BuryFindsWhatWasLeftBehind) {
  node_.Fence();
  world_.Schedule({.at = 5,
                   .node = node_.id(),
                   .incarnation = node_.incarnation(),
                   .fn = [](void*, std::uint64_t) {}});
  EXPECT_DEATH(node_.Bury(), "CountEventsOf");
}

}  // namespace
}  // namespace wringer::sim
