// engine/storage/memory: journal and checkpoint together, and damage to them.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/engine/storage/storage_testing.h"

namespace wringer::storage {
namespace {

using testing::FakeDisk;

const EngineOptions kOptions{.engine = "memory",
                             .directory = {},
                             .journal = true,
                             .wal = {.segment_bytes = 9000},
                             .checkpoint_bytes = 1 << 20};

std::string OnlyFile(const FakeDisk& disk, const std::string& part) {
  std::string found;
  for (const std::string& path : disk.Files()) {
    if (path.find(part) == std::string::npos) continue;
    EXPECT_TRUE(found.empty()) << part << " is not unique";
    found = path;
  }
  return found;
}

TEST(MemoryEngine, CheckpointFreesTheJournalAndTheOlderFile) {
  FakeDisk disk;
  {
    EngineBoot boot(&disk, kOptions);
    for (std::uint64_t seq = 1; seq <= 40; ++seq) {
      ASSERT_TRUE(boot.Put("k", std::string(300, 'v'), seq).ok());
    }
    const std::size_t before = disk.Files().size();
    for (int i = 0; i < 2; ++i) {
      boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
    }
    EXPECT_LT(disk.Files().size(), before);
    EXPECT_FALSE(OnlyFile(disk, "checkpoint-").empty());
    ASSERT_TRUE(boot.Put("after", "1", 41).ok());
  }
  disk.Crash([] { return true; });
  EngineBoot again(&disk, kOptions);
  ASSERT_TRUE(again.opened()) << again.status();
  EXPECT_EQ(again.report().recovered, Seq(41));
  EXPECT_EQ(again.Contents().size(), 2u);
}

TEST(MemoryEngine, TheLogComesBeforeTheStateItCarries) {
  FakeDisk disk;
  EngineOptions options = kOptions;
  options.journal = false;
  std::vector<SequenceNumber> asked;
  std::size_t published = 0;
  options.log_barrier = [&](SequenceNumber upto) {
    asked.push_back(upto);
    for (const std::string& path : disk.Files()) {
      if (!absl::EndsWith(path, ".tmp")) ++published;
    }
  };
  EngineBoot boot(&disk, options);
  ASSERT_TRUE(boot.Put("k", "v", 7).ok());
  boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
  EXPECT_EQ(asked, std::vector<SequenceNumber>{Seq(7)});
  EXPECT_EQ(published, 0u);
  EXPECT_FALSE(OnlyFile(disk, "checkpoint-").empty());
}

TEST(MemoryEngine, WritesGoOnDuringACheckpoint) {
  FakeDisk disk;
  EngineOptions options = kOptions;
  options.checkpoint_bytes = 100;
  Model model;
  {
    EngineBoot boot(&disk, options);
    for (int i = 0; i < 2000; ++i) {
      model["key" + std::to_string(10000 + i)] = std::string(300, 'a');
    }
    ASSERT_TRUE(boot.Apply(BatchOf(model), 1).ok());
    std::uint64_t seq = 2;
    boot.Do([&](StorageEngine& e) {
      int steps = 0;
      while (e.HasWork() && steps++ < 50) {
        ASSERT_TRUE(e.Work().ok());
        if (steps > 3) continue;
        WriteBatch batch;
        batch.DeleteRange("key1" + std::to_string(steps),
                          "key1" + std::to_string(steps + 1));
        batch.Put("step" + std::to_string(steps), "x");
        ApplyToModel(batch, &model);
        ASSERT_TRUE(e.Apply(batch, Seq(seq++), Durability::kDurable).ok());
      }
    });
    EXPECT_GE(boot.engine().stats().checkpoints, 1u);
  }
  disk.Crash([] { return false; });
  EngineBoot again(&disk, options);
  ASSERT_TRUE(again.opened()) << again.status();
  EXPECT_EQ(again.Contents(), model);
}

TEST(MemoryEngine, DamagedCheckpointIsNeverServed) {
  FakeDisk disk;
  {
    EngineBoot boot(&disk, kOptions);
    ASSERT_TRUE(boot.Put("a", "1", 1).ok());
    boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
  }
  const std::string path = OnlyFile(disk, "checkpoint-");
  std::string bytes = disk.Contents(path);
  bytes[bytes.size() / 2] ^= 1;
  disk.SetContents(path, bytes);
  EXPECT_TRUE(absl::IsDataLoss(EngineBoot(&disk, kOptions).status()));
}

TEST(MemoryEngine, DamageBehindTheCheckpointIsDataLossAndBeforeItIsNot) {
  for (const bool behind : {false, true}) {
    FakeDisk disk;
    {
      EngineBoot boot(&disk, kOptions);
      ASSERT_TRUE(boot.Put("a", "first", 1).ok());
      ASSERT_TRUE(boot.Put("b", "second", 2).ok());
      boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
      ASSERT_TRUE(boot.Put("c", "third", 3).ok());
      ASSERT_TRUE(boot.Put("d", "fourth", 4).ok());
      boot.node().Wait(kSecond);
    }
    const std::string path = OnlyFile(disk, "wal-");
    std::string bytes = disk.Contents(path);
    bytes[bytes.find(behind ? "third" : "first")] ^= 1;
    disk.SetContents(path, bytes);
    EngineBoot again(&disk, kOptions);
    EXPECT_EQ(absl::IsDataLoss(again.status()), behind) << again.status();
    if (behind) continue;
    EXPECT_EQ(again.Contents().size(), 4u);
    EXPECT_EQ(again.report().quarantined.size(), 1u);
  }
}

TEST(MemoryEngine, LostJournalBesideItsCheckpointIsDataLoss) {
  FakeDisk disk;
  {
    EngineBoot boot(&disk, kOptions);
    ASSERT_TRUE(boot.Put("a", "1", 1).ok());
    boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
  }
  disk.Erase(OnlyFile(disk, "wal-"));
  EXPECT_TRUE(absl::IsDataLoss(EngineBoot(&disk, kOptions).status()));
}

TEST(MemoryEngine, FullDiskDuringACheckpointLeavesTheFormerOne) {
  FakeDisk disk;
  EngineBoot boot(&disk, kOptions);
  ASSERT_TRUE(boot.Put("a", std::string(200, 'x'), 1).ok());
  boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
  const std::string former = OnlyFile(disk, "checkpoint-");
  disk.set_capacity(1);
  boot.Do([](StorageEngine& e) {
    EXPECT_TRUE(absl::IsResourceExhausted(e.Checkpoint()));
  });
  EXPECT_EQ(OnlyFile(disk, "checkpoint-"), former);
  disk.set_capacity(1 << 24);
  boot.Do([](StorageEngine& e) { EXPECT_TRUE(e.Checkpoint().ok()); });
  ASSERT_TRUE(boot.Put("b", "2", 2).ok());
}

// A batch that did not wait is in the map; the disk then refuses its record.
// Nothing later may be accepted, or recovery would skip it.
TEST(MemoryEngine, RefusedRecordOfAnAppliedBatchLatches) {
  FakeDisk disk;
  EngineBoot boot(&disk, kOptions);
  disk.set_capacity(1);
  EXPECT_TRUE(boot.Put("a", "1", 1, Durability::kMemory).ok());
  disk.set_capacity(1 << 24);
  EXPECT_TRUE(absl::IsFailedPrecondition(boot.Put("b", "2", 2)));
}

TEST(MemoryEngine, UnsyncedJournalClaimsNothingDurable) {
  FakeDisk disk;
  EngineOptions options = kOptions;
  options.wal.sync = wal::SyncPolicy::kNone;
  EngineBoot boot(&disk, options);
  ASSERT_TRUE(boot.Put("a", "1", 1).ok());
  EXPECT_EQ(boot.engine().durable_sequence(), Seq(0));
  boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
  EXPECT_EQ(boot.engine().durable_sequence(), Seq(1));
}

}  // namespace
}  // namespace wringer::storage
