// engine/log_store: every crash point of a small life, on the harshest file
// system: what was promised is there, in order, and nothing cut comes back.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/engine/log_store/log_store_testing.h"

namespace wringer::log_store {
namespace {

using testing::FakeDisk;

// The logs this life passes through, one per step, and the hard state then.
struct Step {
  LogPosition base;
  std::vector<replication::LogEntry> entries;
  std::uint64_t meta = 0;
};

std::vector<Step> Steps() {
  std::vector<Step> steps(1);
  const auto add = [&](auto change) {
    steps.push_back(steps.back());
    change(steps.back());
  };
  add([](Step& s) { s.entries = Entries(1, 1, 3); });
  add([](Step& s) { s.meta = 1; });
  add([](Step& s) { s.entries.resize(1); });
  add([](Step& s) {
    s.entries.push_back(Entry(2, 2));
    s.entries.push_back(Entry(2, 3));
  });
  add([](Step& s) {
    s.base = At(1, 1);
    s.entries.erase(s.entries.begin());
  });
  add([](Step& s) { s.meta = 2; });
  add([](Step& s) { s.entries.push_back(Entry(2, 4)); });
  add([](Step& s) {
    s.base = At(2, 4);
    s.entries.clear();
  });
  // Another history, from before the base.
  add([](Step& s) { s.base = At(1, 2); });
  add([](Step& s) { s.entries = Entries(5, 3, 4); });
  return steps;
}

// Submits step `n`.
void Submit(LogStore& store, std::size_t n) {
  switch (n) {
    case 1:
      return store.SubmitAppend(Entries(1, 1, 3));
    case 2:
      return store.SubmitMeta(MetaOf(1));
    case 3:
      return store.SubmitTruncateSuffix(LogIndex{1});
    case 4:
      return store.SubmitAppend(Entries(2, 2, 3));
    case 5:
      return store.SubmitDropPrefix(At(1, 1));
    case 6:
      return store.SubmitMeta(MetaOf(2));
    case 7:
      return store.SubmitAppend(Entries(2, 4, 4));
    case 8:
      return store.SubmitDropPrefix(At(2, 4));
    case 9:
      return store.SubmitRestart(At(1, 2));
    case 10:
      return store.SubmitAppend(Entries(5, 3, 4));
  }
}

constexpr std::size_t kSteps = 10;

// Lives one life. Returns how many steps completed (all that went before, and
// each one's promise heard).
std::size_t Live(FakeDisk* disk, const wal::WalOptions& options) {
  LogBoot boot(disk, options);
  if (!boot.opened()) return 0;
  for (std::size_t n = 1; n <= kSteps; ++n) {
    boot.Do([n](LogStore& s) { Submit(s, n); });
    if (!boot.listener().errors.empty()) return n - 1;
  }
  return kSteps;
}

bool Matches(const Recovery& found, const Step& step) {
  return found.log.base == step.base && found.log.entries == step.entries &&
         found.meta.version.value() == step.meta;
}

// A step may be half done only in its own entries: a prefix of an append.
bool MatchesInPart(const Recovery& found, const Step& from, const Step& to) {
  const auto& entries = found.log.entries;
  return found.log.base == to.base && from.base == to.base &&
         found.meta.version.value() == to.meta &&
         entries.size() >= from.entries.size() &&
         entries.size() <= to.entries.size() &&
         std::equal(entries.begin(), entries.end(), to.entries.begin());
}

class LogStoreCrash : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  const wal::WalOptions options_{.segment_bytes =
                                     wal::kSegmentHeaderBytes + GetParam()};
};

TEST_P(LogStoreCrash, EveryCrashPointRecoversToTheStepReachedOrTheNext) {
  const std::vector<Step> steps = Steps();
  FakeDisk whole;
  ASSERT_EQ(Live(&whole, options_), kSteps);
  RandomStream random(11, Purpose("test.log_store_crash"));
  for (std::uint64_t k = 0; k <= whole.mutations(); ++k) {
    for (std::uint64_t image = 0; image < 8; ++image) {
      FakeDisk disk;
      disk.FreezeAt(k);
      const std::size_t done = Live(&disk, options_);
      disk.Crash([&] {
        if (image < 2) return image == 1;
        return random.Below(2) == 0;
      });
      if (image % 4 == 3) {  // and once more, in recovery
        disk.FreezeAt(disk.mutations() + random.Below(20));
        {
          LogBoot boot(&disk, options_);
        }
        disk.Crash([&] { return random.Below(2) == 0; });
      }
      LogBoot boot(&disk, options_);
      ASSERT_TRUE(boot.opened()) << boot.status() << " at " << k;
      const Recovery& found = boot.recovery();
      ASSERT_TRUE(found.log.damaged.empty()) << k;
      // Until the model kept something, the next life knows it all the same.
      EXPECT_EQ(found.log.blank, found.meta.version == MetaVersion{}) << k;
      const Step& reached = steps[done];
      const Step& next = steps[std::min(done + 1, kSteps)];
      EXPECT_TRUE(Matches(found, reached) || Matches(found, next) ||
                  MatchesInPart(found, reached, next))
          << "crash at " << k << " after " << done << " steps: last "
          << found.log.entries.size() << " meta " << found.meta.version;
    }
  }
}

// The names a first life made and did not live to sync are in the page cache,
// where the second finds them; a power loss takes them if it leaves it at that.
TEST_P(LogStoreCrash, WhatAKilledFirstBootLeftUnsyncedIsMadeDurable) {
  const std::vector<Step> steps = Steps();
  FakeDisk whole;
  {
    LogBoot boot(&whole, options_);
  }
  for (std::uint64_t k = 0; k <= whole.mutations(); ++k) {
    FakeDisk disk;
    disk.FreezeAt(k);
    {
      LogBoot boot(&disk, options_);
    }
    disk.Kill();
    ASSERT_EQ(Live(&disk, options_), kSteps) << k;
    disk.Crash([] { return false; });
    LogBoot boot(&disk, options_);
    ASSERT_TRUE(boot.opened()) << boot.status() << " at " << k;
    EXPECT_TRUE(Matches(boot.recovery(), steps[kSteps])) << k;
  }
}

INSTANTIATE_TEST_SUITE_P(SegmentSizes, LogStoreCrash,
                         ::testing::Values(60, 120, 1 << 20));

TEST(LogStoreCrashes, IncarnationNeverRepeats) {
  FakeDisk disk;
  RandomStream random(5, Purpose("test.incarnation"));
  Incarnation highest;
  for (int boots = 0; boots < 60; ++boots) {
    disk.FreezeAt(disk.mutations() + random.Below(25));
    {
      LogBoot boot(&disk);
      if (boot.opened()) {
        ASSERT_GT(boot.recovery().incarnation, highest);
        highest = boot.recovery().incarnation;
      }
    }
    disk.Crash([&] { return random.Below(2) == 0; });
  }
  EXPECT_GT(highest, Incarnation{5});
}

}  // namespace
}  // namespace wringer::log_store
