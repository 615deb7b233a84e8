// engine/wal: group commit, sync policies, segments, markers.
#include "engine/wal/wal.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/engine/wal/wal_testing.h"

namespace wringer::wal {
namespace {

using testing::FakeDisk;
using Records = std::vector<std::string>;

// Drops everything unsynced.
void LosePower(FakeDisk* disk) {
  disk->Crash([] { return false; });
}

TEST(Wal, RecoversWhatWasReported) {
  FakeDisk disk;
  {
    WalBoot boot(&disk);
    ASSERT_TRUE(boot.opened()) << boot.found().status();
    boot.Put("one");
    boot.Put("two");
    EXPECT_EQ(boot.reported(), 2u);
  }
  LosePower(&disk);
  WalBoot again(&disk);
  ASSERT_TRUE(again.opened());
  EXPECT_EQ(again.sink().records, (Records{"one", "two"}));
  EXPECT_EQ(again.found()->torn_bytes, 0u);
  EXPECT_TRUE(again.found()->damage.empty());
}

TEST(Wal, RecordsSubmittedTogetherShareOneSync) {
  FakeDisk disk;
  WalBoot boot(&disk, {.marker_delay = 0});
  const std::uint64_t before = disk.syncs();
  boot.node().Run([&] {
    for (int i = 0; i < 10; ++i) boot.Submit("record");
  });
  EXPECT_EQ(disk.syncs() - before, 1u);
  EXPECT_EQ(boot.reported(), 10u);
  EXPECT_EQ(boot.wal().stats().groups, 1u);
}

TEST(Wal, EveryRecordHasItsSyncUnderEvery) {
  FakeDisk disk;
  WalBoot boot(&disk, {.sync = SyncPolicy::kEvery, .marker_delay = 0});
  const std::uint64_t before = disk.syncs();
  boot.node().Run([&] {
    for (int i = 0; i < 10; ++i) boot.Submit("record");
  });
  EXPECT_EQ(disk.syncs() - before, 10u);
  EXPECT_EQ(boot.listener().reports, 10);
}

TEST(Wal, BufferedRecordsWaitForTheNextSync) {
  FakeDisk disk;
  WalBoot boot(&disk, {.marker_delay = 0});
  boot.node().Run([&] { boot.Submit("buffered", Promise::kBuffered); });
  EXPECT_EQ(boot.reported(), 0u);
  EXPECT_EQ(boot.listener().written, boot.wal().submitted());
  boot.Put("durable");
  EXPECT_EQ(boot.reported(), 2u);
}

TEST(Wal, NoneReportsAtOnceAndNeverSyncs) {
  FakeDisk disk;
  WalBoot boot(&disk, {.sync = SyncPolicy::kNone});
  const std::uint64_t before = disk.syncs();
  boot.Put("one");
  EXPECT_EQ(boot.reported(), 1u);
  EXPECT_EQ(disk.syncs(), before);
  EXPECT_LT(boot.wal().synced(), boot.wal().durable());
}

TEST(Wal, IntervalSyncsOncePerInterval) {
  FakeDisk disk;
  WalBoot boot(&disk, {.sync = SyncPolicy::kInterval,
                       .interval = 100 * kMillisecond,
                       .marker_delay = 0});
  const std::uint64_t before = disk.syncs();
  for (int i = 0; i < 5; ++i) boot.Put("record");
  EXPECT_EQ(boot.reported(), 5u);
  EXPECT_EQ(disk.syncs(), before);
  boot.Wait(kSecond);
  EXPECT_EQ(disk.syncs(), before + 1);
  EXPECT_EQ(boot.wal().synced(), boot.wal().submitted());
}

TEST(Wal, GroupDelayWaitsForCompany) {
  FakeDisk disk;
  WalBoot boot(&disk, {.delay = 2 * kMillisecond, .marker_delay = 0});
  const std::uint64_t before = disk.syncs();
  boot.node().Run([&] {
    boot.Submit("first");
    boot.node().env()->fibers->Sleep(kMillisecond);
    boot.Submit("second");
  });
  EXPECT_EQ(boot.reported(), 2u);
  EXPECT_EQ(disk.syncs(), before + 1);
}

TEST(Wal, RollsIntoNewSegmentsThatBeginWithThePreamble) {
  FakeDisk disk;
  const WalOptions options{.segment_bytes = kSegmentHeaderBytes + 200};
  Records want;
  {
    WalBoot boot(&disk, options);
    boot.listener().preamble = "state";
    for (int i = 0; i < 8; ++i) boot.Put(std::string(60, 'x'));
    EXPECT_GT(boot.wal().stats().segments_created, 3u);
    EXPECT_EQ(boot.reported(), 8u);
  }
  LosePower(&disk);
  WalBoot again(&disk, options);
  ASSERT_TRUE(again.opened());
  std::size_t states = 0;
  for (const std::string& r : again.sink().records) states += r == "state";
  EXPECT_EQ(again.sink().records.size(), 8 + states);
  EXPECT_GT(states, 2u);
  EXPECT_TRUE(again.found()->damage.empty());
}

TEST(Wal, RecordLargerThanASegmentGetsItsOwn) {
  FakeDisk disk;
  const WalOptions options{.segment_bytes = kSegmentHeaderBytes + 64};
  const std::string large(5000, 'l');
  {
    WalBoot boot(&disk, options);
    boot.Put("small");
    boot.Put(large);
    boot.Put("small");
  }
  EXPECT_EQ(Look(&disk).sink.records, (Records{"small", large, "small"}));
}

TEST(Wal, DropBeforeRemovesOnlyWholeSegments) {
  FakeDisk disk;
  const WalOptions options{.segment_bytes = kSegmentHeaderBytes + 100};
  {
    WalBoot boot(&disk, options);
    for (std::size_t i = 0; i < 6; ++i) {
      boot.Put(NumberedRecord(i) + std::string(50, '.'));
    }
    const std::size_t files = disk.Files().size();
    boot.node().Run([&] { boot.wal().SubmitDropBefore(boot.wal().durable()); });
    EXPECT_LT(disk.Files().size(), files);
  }
  const Seen seen = Look(&disk);
  ASSERT_FALSE(seen.sink.records.empty());
  EXPECT_EQ(seen.sink.records.back(), NumberedRecord(5) + std::string(50, '.'));
  EXPECT_GT(seen.found->begin, Lsn{0});
  EXPECT_TRUE(seen.found->damage.empty());
}

TEST(Wal, IdleWalMarksItsLastGroup) {
  FakeDisk disk;
  WalBoot boot(&disk, {.marker_delay = 10 * kMillisecond});
  boot.Put("last");
  const Lsn data_end = boot.wal().durable();
  EXPECT_LT(Look(&disk).found->watermark, data_end);
  boot.Wait(kSecond);
  EXPECT_GE(Look(&disk).found->watermark, data_end);
  // One marker, not one per period.
  const Lsn marked = boot.wal().submitted();
  boot.Wait(kSecond);
  EXPECT_EQ(boot.wal().submitted(), marked);
}

TEST(Wal, MarkersBegetNoMarkers) {
  FakeDisk disk;
  WalBoot boot(&disk, {.sync = SyncPolicy::kInterval});
  boot.Put("last");
  boot.Wait(kSecond);
  const std::uint64_t events = boot.node().world().events_run();
  boot.Wait(100 * kSecond);
  EXPECT_EQ(boot.node().world().events_run(), events);
  EXPECT_EQ(boot.wal().stats().groups, 2u);
}

TEST(Wal, GroupsAreSectorAlignedWhereOverwritesAreNotPowerSafe) {
  FakeDisk disk;
  disk.set_device({.power_safe_overwrite = false});
  {
    WalBoot boot(&disk, {.marker_delay = 0});
    boot.Put("one");
    boot.Put("two");
    EXPECT_EQ(boot.wal().submitted().value() % 4096, 0u);
    EXPECT_EQ(boot.reported(), 2u);
  }
  EXPECT_EQ(Look(&disk).sink.records, (Records{"one", "two"}));
}

TEST(Wal, BootsThatWriteNothingLeaveOneSegment) {
  FakeDisk disk;
  for (int i = 0; i < 5; ++i) {
    WalBoot boot(&disk);
    ASSERT_TRUE(boot.opened());
  }
  EXPECT_EQ(disk.Files().size(), 1u);
}

TEST(Wal, ActionsRunInOrderOfSubmission) {
  FakeDisk disk;
  WalBoot boot(&disk);
  Lsn durable_at_action;
  Lsn first_end;
  boot.node().Run([&] {
    boot.Submit("before");
    first_end = boot.wal().submitted();
    boot.wal().SubmitAction([&] {
      durable_at_action = boot.listener().durable;
      return absl::OkStatus();
    });
    boot.Submit("after");
  });
  EXPECT_EQ(durable_at_action, first_end);
  EXPECT_EQ(boot.reported(), 2u);
}

TEST(Wal, ClosingWithoutACrashStopsTheWriter) {
  FakeDisk disk;
  testing::TestNode node(&disk);
  MemoryListener listener;
  auto wal =
      std::make_unique<Wal>(WalOptions{}, kWalDirectory, node.env(), &listener);
  MemorySink sink;
  node.Run([&] {
    ASSERT_TRUE(wal->Open(&sink).ok());
    wal->Submit(Promise::kDurable, "lost or kept");
    wal.reset();
  });
  EXPECT_TRUE(node.runtime().fibers().empty());
}

TEST(Wal, ReadRecordVerifiesWhatItReads) {
  FakeDisk disk;
  WalBoot boot(&disk);
  RecordPlace place;
  boot.node().Run(
      [&] { place = boot.wal().Submit(Promise::kDurable, "he", "llo"); });
  const std::string path = boot.wal().SegmentPathOf(place.segment);
  auto file = disk.Open(path, {});
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*ReadRecord(file->get(), boot.wal().id(), place), "hello");
  RecordPlace wrong = place;
  wrong.offset += 1;
  EXPECT_TRUE(absl::IsDataLoss(
      ReadRecord(file->get(), boot.wal().id(), wrong).status()));
}

}  // namespace
}  // namespace wringer::wal
