#include "sim/core/event_queue.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/random.h"

namespace wringer::sim {
namespace {

constexpr Nanos kForever = std::numeric_limits<Nanos>::max();

EventIndex AddAt(EventQueue* queue, Nanos at, std::uint64_t arg = 0) {
  return queue->Add({.at = at, .arg = arg});
}

// Pops everything; returns (time, arg) in the order of popping.
std::vector<std::pair<Nanos, std::uint64_t>> Drain(EventQueue* queue) {
  std::vector<std::pair<Nanos, std::uint64_t>> popped;
  while (const EventIndex index = queue->PopUntil(kForever)) {
    popped.emplace_back(queue->at(index).at, queue->at(index).arg);
    queue->Free(index);
  }
  return popped;
}

TEST(EventQueueTest, PopsInOrderOfTime) {
  EventQueue queue;
  for (Nanos at : {7, 3, 5000, 1, 70, 4096, 64}) {
    AddAt(&queue, at, std::uint64_t(at));
  }
  Nanos last = 0;
  for (const auto& [at, arg] : Drain(&queue)) {
    EXPECT_GT(at, last);
    last = at;
  }
  EXPECT_EQ(last, 5000);
}

TEST(EventQueueTest, EqualTimesComeOutInTheOrderTheyWentIn) {
  EventQueue queue;
  for (std::uint64_t i = 0; i < 100; ++i) AddAt(&queue, 1'000'000, i);
  std::uint64_t expected = 0;
  for (const auto& [at, arg] : Drain(&queue)) EXPECT_EQ(arg, expected++);
  EXPECT_EQ(expected, 100u);
}

TEST(EventQueueTest, EqualTimesKeepTheirOrderAcrossLevels) {
  EventQueue queue;
  AddAt(&queue, 100'000, 1);  // far away: a high level
  AddAt(&queue, 99'990, 0);
  const EventIndex first = queue.PopUntil(kForever);
  queue.Free(first);
  AddAt(&queue, 100'000, 2);  // near now: a low level
  const auto popped = Drain(&queue);
  ASSERT_EQ(popped.size(), 2u);
  EXPECT_EQ(popped[0].second, 1u);
  EXPECT_EQ(popped[1].second, 2u);
}

TEST(EventQueueTest, PopsNothingBeyondTheLimit) {
  EventQueue queue;
  AddAt(&queue, 5000);
  AddAt(&queue, 5001);
  EXPECT_EQ(queue.PopUntil(4999), 0u);
  EXPECT_NE(queue.PopUntil(5000), 0u);
  EXPECT_EQ(queue.PopUntil(5000), 0u);
}

TEST(EventQueueTest, TakesEventsAtTheLimitOfAFruitlessPop) {
  EventQueue queue;
  AddAt(&queue, 1'000'000);
  AddAt(&queue, 1'000'050);  // two in one slot: the wheel must spread them
  for (Nanos limit = 1; limit < 1'000'000; limit += 997) {
    ASSERT_EQ(queue.PopUntil(limit), 0u);
    const EventIndex index = AddAt(&queue, limit);
    ASSERT_EQ(queue.PopUntil(limit), index);
    queue.Free(index);
  }
}

TEST(EventQueueTest, HoldsTheFarFuture) {
  EventQueue queue;
  AddAt(&queue, kForever, 3);
  AddAt(&queue, 0, 1);
  AddAt(&queue, kForever - 1, 2);
  AddAt(&queue, kForever, 4);
  const auto popped = Drain(&queue);
  ASSERT_EQ(popped.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(popped[i].second, i + 1);
}

TEST(EventQueueTest, AStaleIdNamesNothing) {
  EventQueue queue;
  const EventIndex index = AddAt(&queue, 10);
  const EventId id = queue.IdOf(index);
  EXPECT_EQ(queue.Find(id), index);
  queue.Unlink(index);
  queue.Free(index);
  EXPECT_EQ(queue.Find(id), 0u);
  EXPECT_EQ(AddAt(&queue, 20), index) << "the record is used again";
  EXPECT_EQ(queue.Find(id), 0u);
  EXPECT_EQ(queue.Find(EventId{}), 0u);
  EXPECT_EQ(queue.Find(EventId{12345}), 0u);
}

TEST(EventQueueTest, ARequeuedEventGoesBehindItsEquals) {
  EventQueue queue;
  AddAt(&queue, 10, 1);
  const EventIndex first = queue.PopUntil(10);
  AddAt(&queue, 500, 2);
  queue.Requeue(first, 500);
  const auto popped = Drain(&queue);
  EXPECT_EQ(popped[0].second, 2u);
  EXPECT_EQ(popped[1].second, 1u);
}

TEST(EventQueueTest, AnEventRequeuedFirstGoesBeforeItsEquals) {
  EventQueue queue;
  AddAt(&queue, 10, 1);
  const EventIndex first = queue.PopUntil(10);
  AddAt(&queue, 500, 2);
  AddAt(&queue, 499, 0);
  queue.RequeueFirst(first, 500);
  const auto popped = Drain(&queue);
  EXPECT_EQ(popped[0].second, 0u);
  EXPECT_EQ(popped[1].second, 1u);
  EXPECT_EQ(popped[2].second, 2u);
}

using EventQueueDeathTest = testing::Test;

TEST(EventQueueDeathTest, AnEventInThePastIsOurBug) {
  EventQueue queue;
  AddAt(&queue, 100);
  queue.Free(queue.PopUntil(100));
  EXPECT_DEATH(AddAt(&queue, 99), "event at 99 before 100");
}

// ---- against a model: std::set of (time, sequence) ----

using Model = std::set<std::pair<Nanos, std::uint64_t>>;

struct Script {
  std::uint64_t seed;
  Nanos delay_max;   // drawn in [0, delay_max], or from a few values
  Nanos delay_step;  // multiples of this: many equal times
};

class EventQueueModelTest : public testing::TestWithParam<Script> {};

// Delays of every magnitude, so that all levels are used.
Nanos DrawDelay(RandomStream* random, const Script& script) {
  const Nanos wide = random->Between(0, script.delay_max);
  const int shift = int(random->Below(40));
  return (wide >> shift) / script.delay_step * script.delay_step;
}

TEST_P(EventQueueModelTest, AgreesWithAnOrderedSet) {
  const Script script = GetParam();
  RandomStream random(script.seed, Purpose("test.event_queue"));
  EventQueue queue;
  Model model;
  std::vector<std::pair<EventId, Model::value_type>> ids;
  Nanos now = 0;
  std::uint64_t sequence = 0;
  for (int step = 0; step < 60'000; ++step) {
    const std::uint64_t dice = random.Below(100);
    if (dice < 45) {
      const Nanos at = now + DrawDelay(&random, script);
      const EventIndex index = AddAt(&queue, at, ++sequence);
      model.emplace(at, sequence);
      ids.emplace_back(queue.IdOf(index), Model::value_type{at, sequence});
    } else if (dice < 60 && !ids.empty()) {  // cancel: live, popped or stale
      const auto& [id, entry] = ids[random.Below(ids.size())];
      const EventIndex index = queue.Find(id);
      ASSERT_EQ(index != 0, model.count(entry) == 1);
      if (index == 0) continue;
      ASSERT_EQ(queue.at(index).arg, entry.second);
      queue.Unlink(index);
      queue.Free(index);
      model.erase(entry);
    } else {
      const Nanos limit = now + DrawDelay(&random, script);
      const EventIndex index = queue.PopUntil(limit);
      if (model.empty() || model.begin()->first > limit) {
        ASSERT_EQ(index, 0u);
        now = limit;  // as the loop does at a deadline
        continue;
      }
      ASSERT_NE(index, 0u);
      ASSERT_EQ(queue.at(index).at, model.begin()->first);
      ASSERT_EQ(queue.at(index).arg, model.begin()->second);
      now = queue.at(index).at;
      queue.Free(index);
      model.erase(model.begin());
    }
    ASSERT_EQ(queue.size(), model.size());
  }
  for (const auto& popped : Drain(&queue)) {
    ASSERT_EQ(popped, *model.begin());
    model.erase(model.begin());
  }
  EXPECT_TRUE(model.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Schedules, EventQueueModelTest,
    testing::Values(Script{1, 2'000'000, 1}, Script{2, 2'000'000, 1000},
                    Script{3, Nanos{1} << 40, 1}, Script{4, 63, 1},
                    Script{5, 4095, 64}, Script{6, Nanos{1} << 55, 1},
                    Script{7, 100'000'000, 4096}, Script{8, 0, 1}));

}  // namespace
}  // namespace wringer::sim
