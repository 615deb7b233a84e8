#include "sim/core/world.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "sim/core/node_runtime.h"

namespace wringer::sim {
namespace {

class WorldTest : public testing::Test {
 protected:
  EventId At(Nanos at, std::uint64_t arg) {
    return world_.Schedule(
        {.at = at, .op = arg, .fn = &Note, .object = this, .arg = arg});
  }
  static void Note(void* object, std::uint64_t arg) {
    static_cast<WorldTest*>(object)->ran_.push_back(arg);
  }
  using Ran = std::vector<std::uint64_t>;
  World world_{WorldOptions{.seed = 0x7, .max_events = 1000}};
  Ran ran_;
};

TEST_F(WorldTest, RunsEventsInOrderUpToAndIncludingTheDeadline) {
  At(30, 3);
  At(10, 1);
  At(10, 2);
  At(31, 4);
  EXPECT_EQ(world_.RunUntil(30), StopReason::kDeadline);
  EXPECT_EQ(ran_, (Ran{1, 2, 3}));
  EXPECT_EQ(world_.now(), 30);
  EXPECT_EQ(world_.events_run(), 3u);
  EXPECT_EQ(world_.events_pending(), 1u);
}

TEST_F(WorldTest, StopsWhenNothingIsLeft) {
  At(10, 1);
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kQuiet);
  EXPECT_EQ(world_.now(), 10);
}

TEST_F(WorldTest, StopsAtTheEventLimit) {
  for (std::uint64_t i = 0; i < 1001; ++i) At(10, i);
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kEventLimit);
  EXPECT_EQ(world_.events_run(), 1000u);
}

TEST_F(WorldTest, StopsOnRequestAfterTheEvent) {
  At(10, 1);
  world_.Schedule(
      {.at = 11,
       .fn = [](void* world,
                std::uint64_t) { static_cast<World*>(world)->RequestStop(); },
       .object = &world_});
  At(12, 2);
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kStopped);
  EXPECT_EQ(ran_, (Ran{1}));
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kQuiet);
  EXPECT_EQ(ran_, (Ran{1, 2}));
}

TEST_F(WorldTest, RunOneRunsOne) {
  At(10, 1);
  At(20, 2);
  EXPECT_TRUE(world_.RunOne());
  EXPECT_EQ(ran_, (Ran{1}));
  EXPECT_TRUE(world_.RunOne());
  EXPECT_FALSE(world_.RunOne());
}

TEST_F(WorldTest, CancelTakesAnEventOutOnce) {
  const EventId first = At(10, 1);
  At(10, 2);
  EXPECT_TRUE(world_.Cancel(first));
  EXPECT_FALSE(world_.Cancel(first));
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{2}));
}

TEST_F(WorldTest, AnEventCannotCancelItself) {
  struct Self {
    World* world;
    EventId id;
    bool cancelled = true;
  } self{&world_, {}};
  self.id = world_.Schedule({.at = 5,
                             .fn =
                                 [](void* object, std::uint64_t) {
                                   Self* s = static_cast<Self*>(object);
                                   s->cancelled = s->world->Cancel(s->id);
                                 },
                             .object = &self});
  world_.RunUntil(kSecond);
  EXPECT_FALSE(self.cancelled);
}

TEST_F(WorldTest, FibersThatWaitForNobodyAreADeadlock) {
  NodeRuntime node(&world_, NodeId{1});
  node.Boot();
  env::Mutex a(&node);
  env::Mutex b(&node);
  const auto lock_both = [&node](env::Mutex* first, env::Mutex* second) {
    env::MutexLock one(first);
    node.Sleep(10);
    env::MutexLock two(second);
  };
  node.Spawn("ab", [&] { lock_both(&a, &b); });
  node.Spawn("ba", [&] { lock_both(&b, &a); });
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kDeadlock);
  node.Fence();
  node.UnwindFibers();  // while the mutexes still exist
}

TEST_F(WorldTest, IdleServicesAreNoDeadlockIfNoWorkIsPending) {
  NodeRuntime node(&world_, NodeId{1});
  node.Boot();
  node.Spawn("service", [&] { node.Park(); });
  bool pending = false;
  world_.set_work_pending([](void* flag) { return *static_cast<bool*>(flag); },
                          &pending);
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kQuiet);
  pending = true;
  EXPECT_EQ(world_.RunUntil(kSecond), StopReason::kDeadlock);
}

TEST_F(WorldTest, TheFlightRecorderHoldsTheLastEvents) {
  World small(WorldOptions{.flight_recorder_events = 4});
  for (std::uint64_t i = 1; i <= 6; ++i) {
    small.Schedule({.at = Nanos(i * 10),
                    .kind = EventKind::kWorkload,
                    .op = i,
                    .fn = [](void*, std::uint64_t) {}});
  }
  EXPECT_TRUE(small.flight_record().empty());
  small.RunUntil(kSecond);
  const std::vector<EventRecord> record = small.flight_record();
  ASSERT_EQ(record.size(), 4u);
  EXPECT_EQ(record.front().number, 3u);
  EXPECT_EQ(record.back(),
            (EventRecord{
                .number = 6, .at = 60, .kind = EventKind::kWorkload, .op = 6}));
  EXPECT_EQ(EventText(record.back()), "#6  0.000000060 s  -      workload 6");
}

TEST_F(WorldTest, ObserversSeeEveryEventAfterItRan) {
  struct Counter : WorldObserver {
    void AfterEvent(const EventRecord& event) override {
      numbers.push_back(event.number);
    }
    std::vector<std::uint64_t> numbers;
  } counter;
  world_.AddObserver(&counter);
  At(1, 1);
  At(2, 2);
  world_.RunUntil(2);
  world_.RemoveObserver(&counter);
  At(3, 3);
  world_.RunUntil(3);
  EXPECT_EQ(counter.numbers, (Ran{1, 2}));
}

TEST_F(WorldTest, MarksReachTheHookWithTheNodeThatRuns) {
  NodeRuntime node(&world_, NodeId{5});
  node.Boot();
  std::vector<std::string> seen;
  world_.set_on_mark(
      [](void* object, Mark mark, NodeId who) {
        static_cast<std::vector<std::string>*>(object)->push_back(
            NodeName(who) + " " + std::string(Info(mark).name));
      },
      &seen);
  node.Spawn("marker", [] { WR_MARK(kWalTornTail); });
  world_.RunUntil(0);
  EXPECT_EQ(seen, (std::vector<std::string>{"n5 wal.torn_tail"}));
  EXPECT_EQ(world_.mark_counts[std::size_t(Mark::kWalTornTail)], 1u);
}

TEST_F(WorldTest, TwoWorldsKeepTheirMarksApart) {
  World other(WorldOptions{.seed = 9});
  for (World* world : {&world_, &other, &other}) {
    world->Schedule({.at = world->now(), .fn = [](void*, std::uint64_t) {
                       WR_MARK(kWalTornTail);
                     }});
    world->RunUntil(world->now());
  }
  EXPECT_EQ(world_.mark_counts[std::size_t(Mark::kWalTornTail)], 1u);
  EXPECT_EQ(other.mark_counts[std::size_t(Mark::kWalTornTail)], 2u);
}

class WorldDeathTest : public WorldTest {};

TEST_F(WorldDeathTest, SchedulingInThePastSaysWhatAndWhen) {
  At(10, 1);
  world_.RunUntil(10);
  const WorldScope scope(&world_);
  EXPECT_DEATH(At(9, 2), "none event for - at 0.000000009, now 0.000000010");
}

TEST_F(WorldDeathTest, ALoopInsideTheLoopIsOurBug) {
  world_.Schedule(
      {.at = 1,
       .fn = [](void* world,
                std::uint64_t) { static_cast<World*>(world)->RunUntil(5); },
       .object = &world_});
  EXPECT_DEATH(world_.RunUntil(2), "in_loop_");
}

TEST_F(WorldDeathTest, AFailedCheckSaysWhereTheRunStood) {
  NodeRuntime node(&world_, NodeId{2});
  node.Boot();
  world_.set_replay_line("scripts/wringer run x.toml --seed 0x7");
  node.Spawn("applier", [&] {
    node.Sleep(1500);
    WR_CHECK_MSG(node.id() == NodeId{3}, "not me");
  });
  EXPECT_DEATH(
      world_.RunUntil(kSecond),
      "check failed: node.id\\(\\) == NodeId\\{3\\}: not me\n"
      "  at 0.000001500 s, event 2, node n2 incarnation 1, fiber 'applier'\n"
      "  seed 0x7; replay: scripts/wringer run x.toml --seed 0x7\n"
      "  the last events:\n"
      "    #1  0.000000000 s  n2#1   fiber 1\n"
      "    #2  0.000001500 s  n2#1   fiber 1\n");
}

TEST_F(WorldDeathTest, AFailedCheckCallsTheHookBeforeItAborts) {
  world_.set_on_check_failed(
      [](void*, const std::string& what) {
        std::fprintf(stderr, "hook saw %zu bytes\n", what.size());
      },
      nullptr);
  world_.Schedule({.fn = [](void*, std::uint64_t) { WR_CHECK(false); }});
  EXPECT_DEATH(world_.RunUntil(0), "hook saw [0-9]+ bytes");
}

}  // namespace
}  // namespace wringer::sim
