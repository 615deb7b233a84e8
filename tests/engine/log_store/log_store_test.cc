// engine/log_store: one ordered stream of entries, truncations and hard state.
#include "engine/log_store/log_store.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/engine/log_store/log_store_testing.h"

namespace wringer::log_store {
namespace {

using testing::FakeDisk;

TEST(LogStore, ReplicaThatIsBornForgetsNothing) {
  FakeDisk disk;
  {
    LogBoot boot(&disk, {}, 4096, /*bootstrap=*/true);
    ASSERT_TRUE(boot.opened()) << boot.status();
    EXPECT_FALSE(boot.recovery().log.blank);
    EXPECT_EQ(boot.recovery().incarnation, Incarnation{1});
    EXPECT_EQ(boot.store().last(), LogPosition{});
  }
  LogBoot again(&disk);
  ASSERT_TRUE(again.opened());
  EXPECT_FALSE(again.recovery().log.blank);
  EXPECT_EQ(again.recovery().incarnation, Incarnation{2});
}

// A boot that is counted and dies before its model kept anything must not pass
// for a life that was promised nothing.
TEST(LogStore, EmptyDiskIsBlankUntilTheModelKeepsMeta) {
  FakeDisk disk;
  for (std::uint32_t life = 1; life <= 3; ++life) {
    LogBoot boot(&disk);
    ASSERT_TRUE(boot.opened()) << boot.status();
    EXPECT_TRUE(boot.recovery().log.blank) << life;
    EXPECT_EQ(boot.recovery().incarnation, Incarnation{life});
    if (life < 3) boot.Append(1, life, life);
    if (life == 3) boot.Do([](LogStore& s) { s.SubmitMeta(MetaOf(1)); });
  }
  LogBoot boot(&disk);
  EXPECT_FALSE(boot.recovery().log.blank);
}

TEST(LogStore, WipedDiskIsBlankAgain) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
  }
  FakeDisk wiped;
  LogBoot again(&wiped);
  EXPECT_TRUE(again.recovery().log.blank);
}

TEST(LogStore, AppendedEntriesAreReportedAndRecovered) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    boot.Append(1, 1, 3);
    EXPECT_EQ(boot.listener().last().log, At(1, 3));
    EXPECT_EQ(boot.store().durable().log, At(1, 3));
    EXPECT_EQ(boot.store().TermAt(LogIndex{2}), Term{1});
    EXPECT_EQ(boot.store().TermAt(LogIndex{4}), Term{0});
  }
  disk.Crash([] { return false; });
  LogBoot again(&disk);
  EXPECT_EQ(again.recovery().log.entries, Entries(1, 1, 3));
  EXPECT_EQ(again.store().durable().log, At(1, 3));
}

TEST(LogStore, NothingIsReportedBeforeItsSync) {
  FakeDisk disk;
  LogBoot boot(&disk);
  disk.set_hook([&](FakeDisk::Op op, const std::string&) {
    if (op == FakeDisk::Op::kSync) {
      EXPECT_LT(boot.store().durable().log.index, LogIndex{1});
    }
    return absl::OkStatus();
  });
  boot.Append(1, 1, 1);
  EXPECT_EQ(boot.store().durable().log, At(1, 1));
}

TEST(LogStore, HardStateIsDurableInOrderWithEntries) {
  FakeDisk disk;
  LogBoot boot(&disk);
  boot.Do([](LogStore& s) {
    s.SubmitAppend(Entries(1, 1, 1));
    s.SubmitMeta(MetaOf(1));
    s.SubmitAppend(Entries(1, 2, 2));
  });
  ASSERT_EQ(boot.listener().marks.size(), 3u);
  EXPECT_EQ(boot.listener().marks[0], (DurableMark{At(1, 1), MetaVersion{0}}));
  EXPECT_EQ(boot.listener().marks[1], (DurableMark{At(1, 1), MetaVersion{1}}));
  EXPECT_EQ(boot.listener().marks[2], (DurableMark{At(1, 2), MetaVersion{1}}));
}

TEST(LogStore, HardStateSurvivesAPowerLoss) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    for (std::uint64_t v = 1; v <= 3; ++v) {
      boot.Do([v](LogStore& s) { s.SubmitMeta(MetaOf(v)); });
    }
    EXPECT_EQ(boot.store().durable().meta, MetaVersion{3});
  }
  disk.Crash([] { return false; });
  LogBoot again(&disk);
  EXPECT_EQ(again.recovery().meta, MetaOf(3));
}

TEST(LogStore, TruncationLowersTheMarkAtOnceAndForGood) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    boot.Append(1, 1, 5);
    boot.Do([&](LogStore& s) {
      s.SubmitTruncateSuffix(LogIndex{2});
      EXPECT_EQ(s.durable().log, At(1, 2));
      EXPECT_EQ(s.last(), At(1, 2));
    });
    EXPECT_EQ(boot.store().durable().log, At(1, 2));
  }
  disk.Crash([] { return false; });
  LogBoot again(&disk);
  EXPECT_EQ(again.recovery().log.entries, Entries(1, 1, 2));
}

// Large entries, so that what vouches for one lies in another sector.
TEST(LogStore, WhatIsVouchedForTrailsWhatIsDurableAndIsCutWithIt) {
  FakeDisk disk;
  LogBoot boot(&disk);
  ASSERT_TRUE(boot.opened());
  const auto append = [&](std::uint64_t term, std::uint64_t index) {
    boot.Do([&](LogStore& s) {
      replication::LogEntry entry = Entry(term, index);
      entry.payload = std::string(5000, 'x');
      std::vector<replication::LogEntry> entries;
      entries.push_back(std::move(entry));
      s.SubmitAppend(std::move(entries));
    });
  };
  for (std::uint64_t i = 1; i <= 6; ++i) append(1, i);
  boot.Do([](LogStore& s) {
    EXPECT_EQ(s.durable().log, At(1, 6));
    EXPECT_GE(s.vouched(), At(1, 3));
    EXPECT_LT(s.vouched(), At(1, 6));
  });
  boot.Do([](LogStore& s) { s.SubmitTruncateSuffix(LogIndex{2}); });
  boot.Do([](LogStore& s) { EXPECT_EQ(s.vouched(), At(1, 2)); });
  for (std::uint64_t i = 3; i <= 9; ++i) append(2, i);
  boot.Do([](LogStore& s) {
    EXPECT_GE(s.vouched(), At(2, 5));
    EXPECT_LT(s.vouched(), At(2, 9));
  });
}

TEST(LogStore, EntriesCutBeforeTheirSyncAreNeverReported) {
  FakeDisk disk;
  LogBoot boot(&disk);
  boot.Do([](LogStore& s) {
    s.SubmitAppend(Entries(1, 1, 4));
    s.SubmitTruncateSuffix(LogIndex{1});
    s.SubmitAppend(Entries(2, 2, 2));
  });
  for (const DurableMark& mark : boot.listener().marks) {
    EXPECT_TRUE(mark.log == At(1, 1) || mark.log == At(2, 2));
  }
  EXPECT_EQ(boot.store().durable().log, At(2, 2));
}

TEST(LogStore, DroppedPrefixIsGoneAfterRestart) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    boot.Append(1, 1, 6);
    boot.Do([](LogStore& s) { s.SubmitDropPrefix(At(1, 4)); });
    EXPECT_EQ(boot.store().base(), At(1, 4));
    EXPECT_EQ(boot.store().TermAt(LogIndex{4}), Term{1});
    EXPECT_EQ(boot.store().last(), At(1, 6));
  }
  disk.Crash([] { return false; });
  LogBoot again(&disk);
  EXPECT_EQ(again.recovery().log.base, At(1, 4));
  EXPECT_EQ(again.recovery().log.entries, Entries(1, 5, 6));
}

TEST(LogStore, DroppingBeyondTheEndReplacesTheLog) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    boot.Append(1, 1, 3);
    boot.Do([](LogStore& s) { s.SubmitDropPrefix(At(4, 10)); });
    EXPECT_EQ(boot.store().last(), At(4, 10));
    EXPECT_EQ(boot.store().durable().log, At(4, 10));
    boot.Append(4, 11, 11);
  }
  LogBoot again(&disk);
  EXPECT_EQ(again.recovery().log.base, At(4, 10));
  EXPECT_EQ(again.recovery().log.entries, Entries(4, 11, 11));
}

TEST(LogStore, DroppingAnEntryTheLogDisagreesWithReplacesTheLog) {
  FakeDisk disk;
  LogBoot boot(&disk);
  boot.Append(1, 1, 5);
  boot.Do([](LogStore& s) { s.SubmitDropPrefix(At(2, 3)); });
  EXPECT_EQ(boot.store().base(), At(2, 3));
  EXPECT_EQ(boot.store().last(), At(2, 3));
}

TEST(LogStore, SegmentsBehindTheDroppedPrefixAreRemoved) {
  FakeDisk disk;
  const wal::WalOptions options{.segment_bytes =
                                    wal::kSegmentHeaderBytes + 200};
  LogBoot boot(&disk, options);
  for (std::uint64_t i = 1; i <= 40; ++i) boot.Append(1, i, i);
  const std::size_t before = disk.Files().size();
  boot.Do([](LogStore& s) { s.SubmitDropPrefix(At(1, 35)); });
  EXPECT_LT(disk.Files().size(), before / 2);
  boot.Do([](LogStore& s) { s.SubmitDropPrefix(At(1, 40)); });
  EXPECT_LE(disk.Files().size(), 3u);
  disk.Crash([] { return true; });
  LogBoot again(&disk, options);
  EXPECT_EQ(again.recovery().log.base, At(1, 40));
  EXPECT_TRUE(again.recovery().log.damaged.empty());
}

TEST(LogStore, OldEntriesAreReadBackFromDisk) {
  FakeDisk disk;
  const wal::WalOptions options{.segment_bytes =
                                    wal::kSegmentHeaderBytes + 300};
  LogBoot boot(&disk, options, /*cached=*/4);
  for (std::uint64_t i = 1; i <= 30; ++i) boot.Append(1, i, i);
  EXPECT_FALSE(boot.store().Cached(LogIndex{20}, LogIndex{30}));
  EXPECT_TRUE(boot.store().Cached(LogIndex{27}, LogIndex{30}));
  boot.Do([](LogStore& s) {
    const auto all = s.ReadEntries(LogIndex{1}, LogIndex{30}, 1 << 20);
    ASSERT_TRUE(all.ok()) << all.status();
    EXPECT_EQ(*all, Entries(1, 1, 30));
    const auto one = s.ReadEntries(LogIndex{5}, LogIndex{30}, 1);
    EXPECT_EQ(*one, Entries(1, 5, 5));
  });
}

TEST(LogStore, DamagedEntryOnDiskIsNotServed) {
  FakeDisk disk;
  LogBoot boot(&disk, {}, /*cached=*/1);
  boot.Append(1, 1, 3);
  const std::string path = disk.Files().back();
  disk.set_hook(nullptr);
  auto file = disk.Open(path, {});
  const std::string bytes = disk.Contents(path);
  const std::size_t at = bytes.find("e1.2");
  ASSERT_NE(at, std::string::npos);
  ASSERT_TRUE((*file)->WriteAt(at, "XXXX").ok());
  boot.Do([](LogStore& s) {
    const auto read = s.ReadEntries(LogIndex{2}, LogIndex{3}, 1 << 20);
    EXPECT_TRUE(absl::IsDataLoss(read.status()));
  });
}

TEST(LogStore, FailedSyncLatchesOnce) {
  FakeDisk disk;
  LogBoot boot(&disk);
  boot.Append(1, 1, 1);
  disk.set_hook([](FakeDisk::Op op, const std::string&) {
    return op == FakeDisk::Op::kSync ? absl::UnavailableError("EIO")
                                     : absl::OkStatus();
  });
  boot.Append(1, 2, 2);
  disk.set_hook(nullptr);
  EXPECT_EQ(boot.listener().errors.size(), 1u);
  EXPECT_EQ(boot.store().durable().log, At(1, 1));
  boot.Append(1, 3, 3);
  boot.Do([](LogStore& s) { s.SubmitMeta(MetaOf(1)); });
  EXPECT_EQ(boot.listener().errors.size(), 1u);
  EXPECT_EQ(boot.store().durable(), (DurableMark{At(1, 1), MetaVersion{0}}));
}

TEST(LogStore, FailedMetaPutLatchesAndNothingLaterIsPromised) {
  FakeDisk disk;
  LogBoot boot(&disk);
  disk.set_hook([](FakeDisk::Op op, const std::string& path) {
    const bool hit =
        op == FakeDisk::Op::kSync && path.find("meta") != std::string::npos;
    return hit ? absl::UnavailableError("EIO") : absl::OkStatus();
  });
  boot.Do([](LogStore& s) {
    s.SubmitMeta(MetaOf(1));
    s.SubmitAppend(Entries(1, 1, 1));
  });
  EXPECT_EQ(boot.listener().errors.size(), 1u);
  EXPECT_EQ(boot.store().durable(), DurableMark{});
}

TEST(LogStore, FullDiskIsADistinctErrorAndARestartGoesOn) {
  FakeDisk disk;
  {
    LogBoot boot(&disk);
    boot.Append(1, 1, 1);
    disk.set_capacity(1);
    boot.Append(1, 2, 2);
    ASSERT_EQ(boot.listener().errors.size(), 1u);
    EXPECT_TRUE(absl::IsResourceExhausted(boot.listener().errors[0]));
  }
  disk.set_capacity(1 << 30);
  LogBoot again(&disk);
  ASSERT_TRUE(again.opened()) << again.status();
  EXPECT_EQ(again.recovery().log.entries, Entries(1, 1, 1));
  again.Append(1, 2, 2);
  EXPECT_EQ(again.store().durable().log, At(1, 2));
}

}  // namespace
}  // namespace wringer::log_store
