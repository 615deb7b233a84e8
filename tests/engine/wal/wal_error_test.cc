// engine/wal: failed writes and syncs latch, a full disk does not.
#include <string>
#include <vector>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "tests/engine/wal/wal_testing.h"

namespace wringer::wal {
namespace {

using testing::FakeDisk;
using Records = std::vector<std::string>;

// Fails the next `n` calls of one kind.
void FailNext(FakeDisk* disk, FakeDisk::Op op, int n, absl::Status error) {
  disk->set_hook([=, left = n](FakeDisk::Op o, const std::string&) mutable {
    if (o != op || left == 0) return absl::OkStatus();
    --left;
    return error;
  });
}

TEST(WalErrors, FailedSyncLatchesAndIsNotRetried) {
  FakeDisk disk;
  WalBoot boot(&disk);
  boot.Put("good");
  FailNext(&disk, FakeDisk::Op::kSync, 1, absl::UnavailableError("EIO"));
  const std::uint64_t syncs = disk.syncs();
  boot.Put("unknown");
  EXPECT_EQ(disk.syncs(), syncs);
  EXPECT_EQ(boot.reported(), 1u);
  ASSERT_EQ(boot.listener().errors.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(boot.listener().errors[0]));
  boot.wal().Resume();
  boot.Put("refused");
  EXPECT_EQ(boot.reported(), 1u);
  EXPECT_EQ(boot.listener().errors.size(), 1u);
}

TEST(WalErrors, FailedWriteLatches) {
  FakeDisk disk;
  WalBoot boot(&disk);
  FailNext(&disk, FakeDisk::Op::kWrite, 1, absl::UnavailableError("EIO"));
  boot.Put("unknown");
  EXPECT_TRUE(absl::IsUnavailable(boot.wal().status()));
  EXPECT_EQ(boot.reported(), 0u);
}

// The page cache keeps the new bytes, clean, after a failed sync. A restarted
// process reads them back; unless it writes them anew they are not on disk.
TEST(WalErrors, RestartAfterFailedSyncMakesDurableWhatItRecovers) {
  FakeDisk disk;
  {
    WalBoot boot(&disk);
    boot.Put("good");
    FailNext(&disk, FakeDisk::Op::kSync, 1, absl::UnavailableError("EIO"));
    boot.Put("in the cache only");
  }
  disk.set_hook(nullptr);
  Records recovered;
  {
    WalBoot boot(&disk);
    ASSERT_TRUE(boot.opened());
    recovered = boot.sink().records;
  }
  disk.Crash([] { return false; });
  EXPECT_EQ(Look(&disk).sink.records, recovered);
}

TEST(WalErrors, FullDiskRefusesTakesBackAndResumes) {
  FakeDisk disk;
  {
    WalBoot boot(&disk);
    boot.Put("good");
    disk.set_capacity(disk.Contents("/wal/wal-00000001.seg").size() + 30);
    boot.Put(std::string(100, 'x'));
    EXPECT_EQ(boot.reported(), 1u);
    ASSERT_EQ(boot.listener().errors.size(), 1u);
    EXPECT_TRUE(absl::IsResourceExhausted(boot.listener().errors[0]));
    boot.Put("refused while latched");
    disk.set_capacity(1 << 20);
    boot.wal().Resume();
    boot.node().Run([&] { boot.Submit("after"); });
    EXPECT_EQ(boot.listener().durable, boot.wal().submitted());
  }
  disk.Crash([] { return false; });
  const Seen seen = Look(&disk);
  EXPECT_EQ(seen.sink.records, (Records{"good", "after"}));
  EXPECT_TRUE(seen.found->damage.empty());
}

TEST(WalErrors, WhatAFullDiskRefusedNeverComesBack) {
  FakeDisk disk;
  {
    WalBoot boot(&disk);
    boot.Put("good");
    disk.set_capacity(disk.Contents("/wal/wal-00000001.seg").size() + 150);
    // The first record of the group fits as a whole; the group does not.
    boot.node().Run([&] {
      boot.Submit(std::string(60, 'a'));
      boot.Submit(std::string(200, 'b'));
    });
    EXPECT_EQ(boot.reported(), 1u);
  }
  auto kept = disk.Clone();
  kept->Crash([] { return true; });
  EXPECT_EQ(Look(kept.get()).sink.records, (Records{"good"}));
}

TEST(WalErrors, FullDiskAtANewSegmentResumesToo) {
  FakeDisk disk;
  const WalOptions options{.segment_bytes = kSegmentHeaderBytes + 100};
  {
    WalBoot boot(&disk, options);
    boot.Put(std::string(60, 'a'));
    disk.set_capacity(disk.Contents("/wal/wal-00000001.seg").size() + 100);
    boot.Put(std::string(60, 'b'));
    ASSERT_EQ(boot.listener().errors.size(), 1u);
    EXPECT_TRUE(absl::IsResourceExhausted(boot.listener().errors[0]));
    EXPECT_EQ(disk.Files().size(), 1u);
    disk.set_capacity(1 << 20);
    boot.wal().Resume();
    boot.node().Run([&] { boot.Submit(std::string(60, 'c')); });
    EXPECT_EQ(boot.listener().durable, boot.wal().submitted());
  }
  EXPECT_EQ(Look(&disk).sink.records,
            (Records{std::string(60, 'a'), std::string(60, 'c')}));
}

TEST(WalErrors, FailedActionLatches) {
  FakeDisk disk;
  WalBoot boot(&disk);
  boot.node().Run([&] {
    boot.wal().SubmitAction([] { return absl::UnavailableError("meta"); });
    boot.Submit("never written");
  });
  EXPECT_EQ(boot.reported(), 0u);
  EXPECT_EQ(boot.listener().errors.size(), 1u);
}

// ---- planted bugs: each is seen, and only while it is on ----

TEST(WalMutants, RetriedSyncReportsWhatIsNotOnDisk) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    std::size_t reported = 0;
    {
      WalBoot boot(&disk, {.marker_delay = 0});
      if (on) boot.Switch(Mutant::kWalRetryFailedSync);
      FailNext(&disk, FakeDisk::Op::kSync, 1, absl::UnavailableError("EIO"));
      boot.Put("record");
      reported = boot.reported();
    }
    disk.Crash([] { return false; });
    const std::size_t kept = Look(&disk).sink.records.size();
    EXPECT_EQ(reported > kept, on);
  }
}

TEST(WalMutants, AckBeforeSyncReportsWhatIsNotOnDisk) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    std::size_t reported = 0;
    {
      WalBoot boot(&disk);
      if (on) boot.Switch(Mutant::kWalAckBeforeSync);
      disk.FreezeAt(disk.mutations());
      boot.Put("record");
      reported = boot.reported();
    }
    disk.Crash([] { return false; });
    EXPECT_EQ(reported > Look(&disk).sink.records.size(), on);
  }
}

TEST(WalMutants, WithoutDirectorySyncASegmentLosesItsName) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    const WalOptions options{.segment_bytes = kSegmentHeaderBytes + 100};
    std::size_t reported = 0;
    {
      WalBoot boot(&disk, options);
      if (on) boot.Switch(Mutant::kWalNoDirectorySync);
      for (int i = 0; i < 4; ++i) boot.Put(std::string(60, 'x'));
      reported = boot.reported();
    }
    disk.Crash([] { return false; });
    EXPECT_EQ(reported > Look(&disk).sink.records.size(), on);
  }
}

TEST(WalMutants, DurableAsAppendedReportsWhatCameDuringTheSync) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    WalBoot boot(&disk, {.marker_delay = 0});
    if (on) boot.Switch(Mutant::kWalDurableIsAppended);
    // A second record arrives while the first one's sync is under way.
    int syncs = 0;
    disk.set_hook([&](FakeDisk::Op op, const std::string&) {
      if (op == FakeDisk::Op::kSync && ++syncs == 1) boot.Submit("late");
      return syncs > 1 ? absl::UnavailableError("EIO") : absl::OkStatus();
    });
    boot.node().Run([&] { boot.Submit("early"); });
    const bool late_reported =
        boot.listener().durable == boot.wal().submitted() &&
        boot.reported() == 2;
    EXPECT_EQ(late_reported, on);
  }
}

TEST(WalMutants, StopAtCorruptMiddleDropsRecordsSilently) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    {
      WalBoot boot(&disk);
      for (int i = 0; i < 3; ++i) boot.Put("record " + std::to_string(i));
    }
    const std::string path = "/wal/wal-00000001.seg";
    std::string bytes = disk.Contents(path);
    bytes[kSegmentHeaderBytes + 30] ^= 1;  // in the second record
    disk.SetContents(path, bytes);
    testing::TestNode node(&disk);
    node.world().mutants[std::size_t(Mutant::kWalStopAtCorruptMiddle)].on = on;
    const Seen seen = Look(&disk);
    EXPECT_EQ(seen.sink.damage.empty(), on);
    EXPECT_EQ(seen.sink.records.size(), on ? 1u : 2u);
  }
}

// With the bug the garbage stays between old and new records.
TEST(WalMutants, AppendAfterTornTailLeavesGarbageInTheMiddle) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    {
      WalBoot boot(&disk);
      boot.Put("one");
    }
    const std::string path = "/wal/wal-00000001.seg";
    disk.SetContents(path, disk.Contents(path) + "torn");
    {
      testing::TestNode node(&disk);
      node.world().mutants[std::size_t(Mutant::kWalAppendAfterTornTail)].on =
          on;
      MemoryListener listener;
      MemorySink sink;
      Wal wal({}, kWalDirectory, node.env(), &listener);
      node.Run([&] { ASSERT_TRUE(wal.Open(&sink).ok()); });
      node.Run([&] { wal.Submit(Promise::kDurable, "two"); });
      node.Kill();
    }
    const Seen seen = Look(&disk);
    EXPECT_EQ(seen.sink.damage.empty(), !on);
    if (!on) {
      EXPECT_EQ(seen.sink.records, (Records{"one", "two"}));
    }
  }
}

}  // namespace
}  // namespace wringer::wal
