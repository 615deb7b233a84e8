// The algorithm alone, over predicates that are known.
#include "sim/explore/shrink/ddmin.h"

#include <algorithm>
#include <set>

#include "engine/base/random.h"
#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

bool HasAll(const Subset& subset, const std::set<std::size_t>& wanted) {
  return std::includes(subset.begin(), subset.end(), wanted.begin(),
                       wanted.end());
}

template <typename Predicate>
FirstHit Asking(const Predicate& fails, std::size_t* asked = nullptr) {
  return
      [=](const std::vector<Subset>& proposals) -> std::optional<std::size_t> {
        for (std::size_t i = 0; i < proposals.size(); ++i) {
          if (asked != nullptr) ++*asked;
          if (fails(proposals[i])) return i;
        }
        return std::nullopt;
      };
}

TEST(MinimalSubset, FindsTheOneThatMatters) {
  for (std::size_t wanted = 0; wanted < 50; ++wanted) {
    const Subset found = MinimalSubset(
        50, Asking([&](const Subset& s) { return HasAll(s, {wanted}); }));
    EXPECT_EQ(found, Subset{wanted});
  }
}

TEST(MinimalSubset, FindsAllThatMatterWhereverTheyAre) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed, Purpose("test.ddmin"));
    const std::size_t size = 1 + random.Below(120);
    std::set<std::size_t> wanted;
    const std::size_t count = random.Below(6);
    for (std::size_t i = 0; i < count; ++i) wanted.insert(random.Below(size));
    const Subset found = MinimalSubset(
        size, Asking([&](const Subset& s) { return HasAll(s, wanted); }));
    EXPECT_EQ(found, Subset(wanted.begin(), wanted.end())) << seed;
  }
}

TEST(MinimalSubset, IsEmptyIfNothingMatters) {
  EXPECT_TRUE(
      MinimalSubset(9, Asking([](const Subset&) { return true; })).empty());
  EXPECT_TRUE(
      MinimalSubset(0, Asking([](const Subset&) { return true; })).empty());
}

TEST(MinimalSubset, KeepsEverythingIfEverythingMatters) {
  const Subset found =
      MinimalSubset(17, Asking([](const Subset& s) { return s.size() == 17; }));
  EXPECT_EQ(found.size(), 17u);
}

TEST(MinimalSubset, NoSingleElementOfTheResultCanGo) {
  // Not monotone: an even number of elements, 3 and 11 among them.
  const auto fails = [](const Subset& s) {
    return s.size() % 2 == 0 && HasAll(s, {3, 11});
  };
  for (std::size_t size = 12; size < 60; size += 2) {
    const Subset found = MinimalSubset(size, Asking(fails));
    ASSERT_TRUE(fails(found));
    for (std::size_t i = 0; i < found.size(); ++i) {
      Subset less = found;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(fails(less)) << size;
    }
  }
}

TEST(MinimalSubset, AsksLittleIfLittleMatters) {
  std::size_t asked = 0;
  MinimalSubset(
      10'000, Asking([](const Subset& s) { return HasAll(s, {4'321, 9'000}); },
                     &asked));
  EXPECT_LT(asked, 120u);
}

TEST(MinimalSubset, LeavesTheBestSoFarWhenItIsStopped) {
  int left = 6;
  Subset best;
  const Subset found = MinimalSubset(
      64,
      [&](const std::vector<Subset>& proposals) -> std::optional<std::size_t> {
        if (left-- <= 0) return std::nullopt;
        for (std::size_t i = 0; i < proposals.size(); ++i) {
          if (!HasAll(proposals[i], {40})) continue;
          best = proposals[i];
          return i;
        }
        return std::nullopt;
      });
  EXPECT_EQ(found, best);
  EXPECT_TRUE(HasAll(found, {40}));
}

}  // namespace
}  // namespace wringer::sim
