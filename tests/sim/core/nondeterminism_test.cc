// The classic ways to be nondeterministic, each planted in one event of a
// world: the locator must name the very event that first shows it.
//
// Here they are on purpose. In engine/ and sim/ lint forbids the words.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "sim/core/divergence.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kEvents = 3'000;
constexpr std::uint64_t kPlanted = 1'777;

// A chain of events, a microsecond apart; each schedules the next, and what it
// was told becomes the next one's number. In event kPlanted it asks `source`.
class Chain {
 public:
  using Source = std::function<std::uint64_t()>;
  explicit Chain(Source source)
      : world({.seed = 1, .digest_mark_shift = 6}), source_(std::move(source)) {
    Next(0);
  }

  World world;

 private:
  static void OnEvent(void* chain, std::uint64_t count) {
    static_cast<Chain*>(chain)->Next(count + 1);
  }
  void Next(std::uint64_t count) {
    if (count == kEvents) return;
    const std::uint64_t op = count == kPlanted ? source_() : count;
    world.Schedule({.at = world.now() + kMicrosecond,
                    .kind = EventKind::kWorkload,
                    .op = op,
                    .fn = &OnEvent,
                    .object = this,
                    .arg = count});
  }

  Source source_;
};

DigestTrail TrailWith(const Chain::Source& source) {
  Chain chain(source);
  chain.world.RunUntil(kSecond);
  return TrailOf(chain.world);
}

WindowRecorder Watch(const Chain::Source& source, EventWindow window) {
  WindowRecorder recorder(window);
  Chain chain(source);
  chain.world.AddObserver(&recorder);
  chain.world.RunUntil(kSecond);
  return recorder;
}

// Two runs of `left` and `right` differ first in the event that kPlanted
// scheduled, and agree on kPlanted itself.
void ExpectLocated(const Chain::Source& left, const Chain::Source& right) {
  const auto window = FirstDifference(TrailWith(left), TrailWith(right));
  ASSERT_TRUE(window);
  EXPECT_LE(window->last - window->after, 64u);
  const Divergence found =
      CompareWindows(Watch(left, *window), Watch(right, *window));
  EXPECT_EQ(found.event_number, kPlanted + 1);
  ASSERT_TRUE(found.left && found.right);
  EXPECT_EQ(found.left->at, Nanos(kPlanted + 1) * kMicrosecond);
  EXPECT_EQ(found.left->kind, EventKind::kWorkload);
  EXPECT_NE(found.left->op, found.right->op);
  ASSERT_FALSE(found.before.empty());
  EXPECT_EQ(found.before.back().number, kPlanted);
  const std::string text = DivergenceText(found);
  EXPECT_NE(text.find("first in event 1778"), std::string::npos) << text;
  EXPECT_NE(text.find("both   #1777  0.001777000 s"), std::string::npos)
      << text;
}

// Which of three objects has the lowest address: decided by the allocator, and
// under ASLR by the kernel.
TEST(NondeterminismTest, PointerOrderIsLocatedToTheEvent) {
  std::array<int, 3> storage = {0, 1, 2};
  const auto lowest = [](std::vector<const int*> objects) {
    return std::uint64_t(
        std::min_element(objects.begin(), objects.end(), std::less<>()) -
        objects.begin());
  };
  ExpectLocated(
      [&] { return lowest({&storage[0], &storage[1], &storage[2]}); },
      [&] { return lowest({&storage[2], &storage[1], &storage[0]}); });
}

// A pooled buffer that is handed out as its last user left it.
TEST(NondeterminismTest, AnUninitialisedReadIsLocatedToTheEvent) {
  std::array<std::uint64_t, 8> pool{};
  std::uint64_t users = 0;
  const auto read_before_write = [&] {
    const std::uint64_t left_over = pool[3];
    pool.fill(++users * 1'000'003);
    return left_over;
  };
  const DigestTrail first = TrailWith(read_before_write);
  const DigestTrail second = TrailWith(read_before_write);
  EXPECT_TRUE(FirstDifference(first, second));
  ExpectLocated(read_before_write, read_before_write);
}

TEST(NondeterminismTest, TheHostClockIsLocatedToTheEvent) {
  const auto host_clock = [] {
    return std::uint64_t(
        std::chrono::steady_clock::now().time_since_epoch().count());
  };
  ExpectLocated(host_clock, host_clock);
}

// Abseil's tables are iterated in an order that differs from table to table.
// Two tables may agree by chance, so this takes the first two that do not.
TEST(NondeterminismTest, HashTableOrderIsLocatedToTheEvent) {
  const auto first_key = [](const absl::flat_hash_map<int, int>& table) {
    return std::uint64_t(table.begin()->first);
  };
  std::vector<absl::flat_hash_map<int, int>> tables(64);
  for (auto& table : tables) {
    for (int key = 0; key < 500; ++key) table.emplace(key, key);
  }
  const auto other =
      std::find_if(tables.begin(), tables.end(), [&](const auto& table) {
        return first_key(table) != first_key(tables[0]);
      });
  ASSERT_NE(other, tables.end());
  ExpectLocated([&] { return first_key(tables[0]); },
                [&] { return first_key(*other); });
}

TEST(NondeterminismTest, WithoutAnyTheRunsAreOne) {
  const auto fixed = [] { return std::uint64_t{7}; };
  EXPECT_FALSE(FirstDifference(TrailWith(fixed), TrailWith(fixed)));
}

}  // namespace
}  // namespace wringer::sim
