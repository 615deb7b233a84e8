// engine/log_store: what a damaged disk means for entries and hard state.
#include <string>
#include <vector>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "tests/engine/log_store/log_store_testing.h"

namespace wringer::log_store {
namespace {

using testing::FakeDisk;

// Ten entries of which only the marker comes after the last.
void TenEntries(FakeDisk* disk, const wal::WalOptions& options = {}) {
  LogBoot boot(disk, options);
  for (std::uint64_t i = 1; i <= 10; ++i) boot.Append(1, i, i);
  boot.node().Wait(kSecond);
}

void FlipByteOf(FakeDisk* disk, const std::string& payload) {
  for (const std::string& path : disk->Files()) {
    std::string bytes = disk->Contents(path);
    const std::size_t at = bytes.find(payload);
    if (at == std::string::npos) continue;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    disk->SetContents(path, bytes);
    return;
  }
  FAIL() << payload << " is nowhere";
}

TEST(LogStoreRecovery, EachDamagedEntryIsNamedAndTheRestIsServed) {
  for (std::uint64_t i = 1; i <= 10; ++i) {
    FakeDisk disk;
    TenEntries(&disk);
    FlipByteOf(&disk, i == 10 ? "e1.10" : "e1." + std::to_string(i));
    LogBoot boot(&disk);
    ASSERT_TRUE(boot.opened());
    const auto& log = boot.recovery().log;
    EXPECT_EQ(log.damaged, std::vector<LogIndex>{LogIndex{i}});
    EXPECT_EQ(log.entries.size(), 10u);
    EXPECT_EQ(log.torn_bytes, 0u);
    boot.Do([i](LogStore& s) {
      EXPECT_TRUE(absl::IsDataLoss(
          s.ReadEntries(LogIndex{i}, LogIndex{10}, 1 << 20).status()));
      if (i > 1) {
        EXPECT_EQ(*s.ReadEntries(LogIndex{1}, LogIndex{10}, 1 << 20),
                  Entries(1, 1, i - 1));
      }
    });
  }
}

TEST(LogStoreRecovery, DamagedEntryIsRepairedByTruncatingAndAppending) {
  FakeDisk disk;
  TenEntries(&disk);
  FlipByteOf(&disk, "e1.7");
  {
    LogBoot boot(&disk);
    boot.Do([](LogStore& s) {
      s.SubmitTruncateSuffix(LogIndex{6});
      s.SubmitAppend(Entries(1, 7, 10));
    });
  }
  LogBoot again(&disk);
  EXPECT_TRUE(again.recovery().log.damaged.empty());
  EXPECT_EQ(again.recovery().log.entries, Entries(1, 1, 10));
}

TEST(LogStoreRecovery, LostSegmentIsMissingSlots) {
  const wal::WalOptions options{.segment_bytes =
                                    wal::kSegmentHeaderBytes + 100};
  FakeDisk disk;
  TenEntries(&disk, options);
  const auto files = disk.Files();
  ASSERT_GT(files.size(), 4u);
  // /n1/log/meta sorts first; the first segment holds the first entries.
  for (std::size_t f = 1; f < files.size(); ++f) {
    auto copy = disk.Clone();
    copy->Erase(files[f]);
    LogBoot boot(copy.get(), options);
    ASSERT_TRUE(boot.opened()) << boot.status();
    const auto& log = boot.recovery().log;
    EXPECT_FALSE(log.damaged.empty()) << files[f];
    for (const auto& entry : log.entries) {
      const bool damaged = std::find(log.damaged.begin(), log.damaged.end(),
                                     entry.index) != log.damaged.end();
      if (!damaged) {
        EXPECT_EQ(entry, Entry(1, entry.index.value()));
      }
    }
  }
}

TEST(LogStoreRecovery, CellWithoutWalAndWalWithoutCellAreDataLoss) {
  FakeDisk disk;
  TenEntries(&disk);
  auto no_wal = disk.Clone();
  auto no_cell = disk.Clone();
  for (const std::string& path : disk.Files()) {
    (path == "/n1/log/meta" ? no_cell : no_wal)->Erase(path);
  }
  EXPECT_TRUE(absl::IsDataLoss(LogBoot(no_wal.get()).status()));
  EXPECT_TRUE(absl::IsDataLoss(LogBoot(no_cell.get()).status()));
}

TEST(LogStoreRecovery, TornTailIsCutAndCounted) {
  FakeDisk disk;
  TenEntries(&disk);
  const std::string path = disk.Files().back();
  disk.SetContents(path, disk.Contents(path) + "half a reco");
  LogBoot boot(&disk);
  EXPECT_EQ(boot.recovery().log.torn_bytes, 11u);
  EXPECT_TRUE(boot.recovery().log.damaged.empty());
  EXPECT_EQ(boot.recovery().log.entries, Entries(1, 1, 10));
}

TEST(LogStoreRecovery, MutantCutsTheLogAtTheFirstDamagedEntry) {
  for (const bool on : {false, true}) {
    FakeDisk disk;
    TenEntries(&disk);
    FlipByteOf(&disk, "e1.4");
    testing::TestNode node(&disk);
    node.world().mutants[std::size_t(Mutant::kLogTruncateAtCorrupt)].on = on;
    MemoryLogListener listener;
    auto store = NewLogStore({.directory = kDirectory, .wal = {}}, node.env());
    node.Run([&] {
      const auto recovery = store->Open(&listener);
      ASSERT_TRUE(recovery.ok());
      EXPECT_EQ(recovery->log.entries.size(), on ? 3u : 10u);
      EXPECT_EQ(recovery->log.damaged.empty(), on);
    });
    node.Kill();
    store.reset();
  }
}

}  // namespace
}  // namespace wringer::log_store
