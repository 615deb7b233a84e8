// engine/wal: every crash point of a small WAL, on the harshest file system.
//
// Contract: what a boot recovers is a prefix of what was submitted that
// contains everything reported durable, whatever subset of the unsynced
// sectors, sizes and names survived, and also after crashes during recovery.
#include <memory>
#include <string>
#include <vector>

#include "engine/base/marks.h"
#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/engine/wal/wal_testing.h"

namespace wringer::wal {
namespace {

using testing::FakeDisk;

constexpr std::size_t kRecords = 5;
constexpr std::size_t kSubsetsMax = 48;

WalOptions SmallSegments(SyncPolicy sync) {
  return {.sync = sync,
          .interval = 2 * kMillisecond,
          .segment_bytes = kSegmentHeaderBytes + 90};
}

// Submits five records, one or two at a time. Returns how many were reported.
std::size_t Workload(FakeDisk* disk, const WalOptions& options) {
  WalBoot boot(disk, options);
  if (!boot.opened()) return 0;
  boot.Put(NumberedRecord(0));
  boot.node().Run([&] {
    boot.Submit(NumberedRecord(1));
    boot.Submit(NumberedRecord(2));
  });
  boot.Put(NumberedRecord(3));
  boot.Put(NumberedRecord(4));
  boot.Wait(kSecond);
  return boot.reported();
}

// Every subset of the unsynced units if there are few, else a random sample
// with the two extremes.
template <typename Check>
void ForEachImage(const FakeDisk& disk, std::uint64_t seed, Check check) {
  const std::size_t units = disk.unsynced_units();
  const bool all = units <= 5;
  const std::uint64_t images = all ? std::uint64_t{1} << units : kSubsetsMax;
  RandomStream random(seed, Purpose("test.wal_crash"));
  for (std::uint64_t image = 0; image < images; ++image) {
    auto copy = disk.Clone();
    std::uint64_t bit = 0;
    copy->Crash([&] {
      if (all) return ((image >> bit++) & 1) != 0;
      if (image < 2) return image == 1;
      return random.Below(2) == 0;
    });
    check(copy.get());
    if (::testing::Test::HasFatalFailure()) return;
  }
}

void ExpectPrefix(const MemorySink& sink, std::size_t at_least) {
  ASSERT_TRUE(sink.damage.empty()) << "damage without a media fault";
  ASSERT_GE(sink.records.size(), at_least) << "a promised record is gone";
  ASSERT_LE(sink.records.size(), kRecords);
  for (std::size_t i = 0; i < sink.records.size(); ++i) {
    ASSERT_EQ(sink.records[i], NumberedRecord(i));
  }
}

class WalCrash : public ::testing::TestWithParam<SyncPolicy> {
 protected:
  // What the policy promises of `reported` after a power loss.
  std::size_t Promised(std::size_t reported) const {
    const bool keeps =
        GetParam() == SyncPolicy::kEvery || GetParam() == SyncPolicy::kGroup;
    return keeps ? reported : 0;
  }
};

TEST_P(WalCrash, EveryCrashPointLeavesAPrefixWithAllThatWasPromised) {
  const WalOptions options = SmallSegments(GetParam());
  FakeDisk whole;
  ASSERT_EQ(Workload(&whole, options), kRecords);
  const std::uint64_t mutations = whole.mutations();
  for (std::uint64_t k = 0; k <= mutations; ++k) {
    FakeDisk disk;
    disk.FreezeAt(k);
    const std::size_t reported = Workload(&disk, options);
    ForEachImage(disk, k, [&](FakeDisk* image) {
      SCOPED_TRACE(k);
      if (!image->Stat(kWalDirectory).ok()) {
        ASSERT_EQ(reported, 0u);
        return;
      }
      const Seen seen = Look(image);
      ASSERT_TRUE(seen.found.ok());
      ExpectPrefix(seen.sink, Promised(reported));
    });
    if (HasFatalFailure()) return;
  }
}

TEST_P(WalCrash, ProcessCrashKeepsEverythingWritten) {
  const WalOptions options = SmallSegments(GetParam());
  FakeDisk whole;
  Workload(&whole, options);
  for (std::uint64_t k = 0; k <= whole.mutations(); ++k) {
    FakeDisk disk;
    disk.FreezeAt(k);
    const std::size_t reported = Workload(&disk, options);
    disk.Crash([] { return true; });
    if (!disk.Stat(kWalDirectory).ok()) continue;
    ExpectPrefix(Look(&disk).sink, reported);
    if (HasFatalFailure()) return;
  }
}

// Crash in the workload, then in recovery, then in recovery again.
TEST_P(WalCrash, RecoveryMayItselfCrashTwice) {
  const WalOptions options = SmallSegments(GetParam());
  FakeDisk whole;
  Workload(&whole, options);
  RandomStream random(3, Purpose("test.wal_recrash"));
  const auto coin = [&] { return random.Below(2) == 0; };
  const auto crash_in_open = [&](FakeDisk* disk) {
    disk->FreezeAt(disk->mutations() + random.Below(14));
    {
      WalBoot boot(disk, options);
    }
    disk->Crash(coin);
  };
  for (std::uint64_t k = 0; k <= whole.mutations(); ++k) {
    for (int round = 0; round < 6; ++round) {
      FakeDisk disk;
      disk.FreezeAt(k);
      const std::size_t reported = Workload(&disk, options);
      disk.Crash(coin);
      crash_in_open(&disk);
      crash_in_open(&disk);
      WalBoot boot(&disk, options);
      ASSERT_TRUE(boot.opened()) << boot.found().status();
      ExpectPrefix(boot.sink(), Promised(reported));
      if (HasFatalFailure()) return;
      // What this boot recovered is now as good as promised.
      const std::size_t recovered = boot.sink().records.size();
      disk.Crash(coin);
      ExpectPrefix(Look(&disk).sink, Promised(recovered));
      if (HasFatalFailure()) return;
    }
  }
}

// Removals that survive out of order would leave a segment missing in the
// middle, which recovery takes for lost records (swarm seed 0x1ac).
TEST_P(WalCrash, DroppedSegmentsLeaveNoHole) {
  FakeDisk whole;
  const auto drop_all = [&](FakeDisk* disk) {
    WalBoot boot(disk, SmallSegments(GetParam()));
    if (!boot.opened()) return;
    for (std::size_t i = 0; i < 3 * kRecords; ++i) boot.Put(NumberedRecord(i));
    boot.wal().SubmitDropBefore(boot.wal().submitted());
    boot.Wait(kMillisecond);
  };
  drop_all(&whole);
  for (std::uint64_t k = 0; k <= whole.mutations(); ++k) {
    FakeDisk disk;
    disk.FreezeAt(k);
    drop_all(&disk);
    ForEachImage(disk, k, [&](FakeDisk* image) {
      SCOPED_TRACE(k);
      if (!image->Stat(kWalDirectory).ok()) return;
      ASSERT_TRUE(Look(image).sink.damage.empty());
    });
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, WalCrash,
                         ::testing::Values(SyncPolicy::kEvery,
                                           SyncPolicy::kGroup,
                                           SyncPolicy::kInterval,
                                           SyncPolicy::kNone));

// The same sweep must fail with a planted bug, or it proves nothing.
TEST(WalCrashSweep, NoticesAMissingDirectorySync) {
  const WalOptions options = SmallSegments(SyncPolicy::kGroup);
  FakeDisk disk;
  std::size_t reported = 0;
  {
    WalBoot boot(&disk, options);
    boot.Switch(Mutant::kWalNoDirectorySync);
    for (std::size_t i = 0; i < kRecords; ++i) boot.Put(NumberedRecord(i));
    reported = boot.reported();
  }
  bool lost = false;
  ForEachImage(disk, 1, [&](FakeDisk* image) {
    lost |= Look(image).sink.records.size() < reported;
  });
  EXPECT_TRUE(lost);
}

}  // namespace
}  // namespace wringer::wal
