// The door of a node: what a pause, a busy CPU and a crash do to its events.
#include "sim/core/gate.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

class GateTest : public testing::Test {
 protected:
  GateTest() { node_.Boot(); }

  using Ran = std::vector<std::pair<Nanos, std::uint64_t>>;  // time, arg

  // An event of the node that charges `cost` and notes that it ran.
  EventId At(Nanos at, std::uint64_t arg, bool bound = false) {
    return world_.Schedule(
        {.at = at,
         .kind = EventKind::kDelivery,
         .node = node_.id(),
         .incarnation = bound ? node_.incarnation() : Incarnation{},
         .op = arg,
         .fn = &Note,
         .object = this,
         .arg = arg});
  }
  static void Note(void* object, std::uint64_t arg) {
    GateTest* self = static_cast<GateTest*>(object);
    self->ran_.emplace_back(self->world_.now(), arg);
    if (self->cost_ > 0) self->node_.Charge(self->cost_);
  }
  static void NoteDropped(void* object, std::uint64_t arg) {
    static_cast<GateTest*>(object)->dropped_.push_back(arg);
  }
  static void ResumeNode(void* node, std::uint64_t) {
    static_cast<NodeRuntime*>(node)->Resume();
  }
  void Crash() {
    node_.Fence();
    node_.UnwindFibers();
    node_.Bury();
  }

  World world_{WorldOptions{.seed = 1}};
  NodeRuntime node_{&world_, NodeId{3}};
  Nanos cost_ = 0;
  Ran ran_;
  std::vector<std::uint64_t> dropped_;
};

TEST_F(GateTest, APausedNodeRunsNothing) {
  At(10, 1);
  node_.Pause();
  EXPECT_EQ(world_.RunUntil(100), StopReason::kDeadlock);
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(world_.events_run(), 0u);
  EXPECT_EQ(world_.events_pending(), 1u);
}

TEST_F(GateTest, APauseKeepsTheOrder) {
  for (std::uint64_t i = 0; i < 5; ++i) At(Nanos(10 * (i + 1)), i);
  At(100, 5);
  world_.Schedule(
      {.at = 60,
       .fn = [](void* node,
                std::uint64_t) { static_cast<NodeRuntime*>(node)->Resume(); },
       .object = &node_});
  At(60, 6);  // same instant as the resumption, scheduled earlier than it
  node_.Pause();
  world_.RunUntil(kSecond);
  EXPECT_EQ(
      ran_,
      (Ran{{60, 0}, {60, 1}, {60, 2}, {60, 3}, {60, 4}, {60, 6}, {100, 5}}));
}

TEST_F(GateTest, ABusyCpuMakesLaterEventsWaitTheirTurn) {
  cost_ = 100;
  At(10, 1);
  At(20, 2);
  At(30, 3);
  At(210, 4);  // the instant at which the third becomes ready
  At(1000, 5);
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{10, 1}, {110, 2}, {210, 3}, {310, 4}, {1000, 5}}));
}

TEST_F(GateTest, ASaturatedNodeCostsOneRequeuePerEvent) {
  cost_ = 1000;
  for (std::uint64_t i = 0; i < 10'000; ++i) At(Nanos(i), i);
  world_.RunUntil(kSecond);
  ASSERT_EQ(ran_.size(), 10'000u);
  for (std::uint64_t i = 0; i < ran_.size(); ++i) {
    ASSERT_EQ(ran_[i], (std::pair{Nanos(i * 1000), i}));
  }
}

TEST_F(GateTest, ASlowCpuTakesLonger) {
  cost_ = 100;
  node_.SetCpuFactor(250);
  At(0, 1);
  At(0, 2);
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{0, 1}, {250, 2}}));
}

TEST_F(GateTest, WorkInterruptedByAPauseStillHasToBeDone) {
  cost_ = 100;
  At(0, 1);
  At(10, 2);
  world_.RunUntil(50);
  node_.Pause();
  world_.Schedule({.at = 1050, .fn = &ResumeNode, .object = &node_});
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{0, 1}, {1100, 2}}));
}

TEST_F(GateTest, OtherNodesDoNotWait) {
  NodeRuntime other(&world_, NodeId{4});
  other.Boot();
  node_.Charge(1000);
  At(10, 1);
  world_.Schedule(
      {.at = 10, .node = other.id(), .fn = &Note, .object = this, .arg = 2});
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{10, 2}, {1000, 1}}));
}

TEST_F(GateTest, AnEventInLineCanBeCancelled) {
  node_.Charge(100);
  At(10, 1);
  const EventId second = At(11, 2);
  const EventId third = At(12, 3);
  At(13, 4);
  world_.RunUntil(50);
  EXPECT_TRUE(world_.IsWaiting(second));
  EXPECT_TRUE(world_.Cancel(second));
  EXPECT_FALSE(world_.Cancel(second));
  EXPECT_TRUE(world_.Cancel(third));
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{100, 1}, {100, 4}}));
}

TEST_F(GateTest, TheNextMovesUpWhenTheHeadOfTheLineIsCancelled) {
  node_.Charge(100);
  const EventId head = At(10, 1);
  At(11, 2);
  world_.RunUntil(50);
  EXPECT_TRUE(world_.Cancel(head));
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{100, 2}}));
}

TEST_F(GateTest, ACrashDropsWhatIsBoundToTheIncarnation) {
  world_.OnDropped(&Note, &NoteDropped);
  At(10, 1, /*bound=*/true);
  At(20, 2, /*bound=*/false);
  Crash();
  EXPECT_EQ(dropped_, (std::vector<std::uint64_t>{1}));
  node_.Boot();
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{20, 2}})) << "a message reaches the next incarnation";
}

TEST_F(GateTest, NothingReachesANodeThatIsDown) {
  world_.OnDropped(&Note, &NoteDropped);
  At(10, 1);
  Crash();
  world_.RunUntil(50);
  EXPECT_TRUE(ran_.empty());
  EXPECT_EQ(dropped_, (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(world_.events_run(), 0u);
}

TEST_F(GateTest, ACrashDropsWhatStoodInLine) {
  world_.OnDropped(&Note, &NoteDropped);
  node_.Charge(100);
  At(10, 1);
  At(11, 2);
  At(12, 3, /*bound=*/true);
  world_.RunUntil(50);
  Crash();
  EXPECT_EQ(dropped_, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(world_.events_pending(), 0u);
  node_.Boot();
  At(60, 4);
  world_.RunUntil(kSecond);
  EXPECT_EQ(ran_, (Ran{{60, 4}})) << "and the new incarnation is not busy";
}

TEST_F(GateTest, AnEventForANodeThatIsNotThereIsDropped) {
  world_.OnDropped(&Note, &NoteDropped);
  world_.Schedule(
      {.at = 5, .node = NodeId{77}, .fn = &Note, .object = this, .arg = 9});
  world_.RunUntil(kSecond);
  EXPECT_EQ(dropped_, (std::vector<std::uint64_t>{9}));
}

// Whatever mixture of charges and pauses: a node runs its events in the order
// in which they reach it, each once.
TEST_F(GateTest, ARandomMixtureOfPausesAndChargesKeepsTheOrder) {
  RandomStream random(7, Purpose("test.gate"));
  std::uint64_t count = 0;
  Nanos at = 0;
  for (int round = 0; round < 2000; ++round) {
    cost_ = random.Chance(500'000) ? random.Between(0, 300) : 0;
    at += random.Between(0, 100);
    At(at, count++);
    const Nanos until = world_.now() + random.Between(0, 120);
    if (until > at) at = until;
    world_.RunUntil(until);
    if (random.Chance(100'000)) node_.Pause();
    if (random.Chance(300'000)) node_.Resume();
  }
  node_.Resume();
  world_.RunUntil(at + kSecond);
  ASSERT_EQ(ran_.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(ran_[i].second, i);
}

}  // namespace
}  // namespace wringer::sim
