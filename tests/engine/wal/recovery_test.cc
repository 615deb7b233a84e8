// engine/wal/recovery: torn tail, damaged middle and missing segment are three
// things, and no bytes whatever make recovery crash or invent a record.
#include "engine/wal/recovery.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/engine/wal/wal_fuzz_input.h"
#include "tests/engine/wal/wal_testing.h"

namespace wringer::wal {
namespace {

using testing::FakeDisk;
using Records = std::vector<std::string>;

constexpr std::size_t kRecords = 5;
const char kFirst[] = "/wal/wal-00000001.seg";

// Five records in groups of their own, with a marker behind the last.
std::unique_ptr<FakeDisk> SmallWal(const WalOptions& options = {}) {
  auto disk = std::make_unique<FakeDisk>();
  WalBoot boot(disk.get(), options);
  for (std::size_t i = 0; i < kRecords; ++i) boot.Put(NumberedRecord(i));
  boot.Wait(kSecond);
  return disk;
}

// Every record found is one that was written, in order.
void ExpectOnlyTrueRecords(const MemorySink& sink) {
  std::size_t next = 0;
  for (const std::string& record : sink.records) {
    while (next < kRecords && NumberedRecord(next) != record) ++next;
    ASSERT_LT(next, kRecords) << "a record nobody wrote: " << record;
    ++next;
  }
}

TEST(WalRecovery, EveryBitFlipIsFoundAndNothingElseIsLost) {
  const auto good = SmallWal();
  const std::string bytes = good->Contents(kFirst);
  // The marker itself is not covered by a later stamp: stop before it.
  const std::size_t data_end = bytes.size() - kRecordHeaderBytes;
  for (std::size_t at = kSegmentHeaderBytes; at < data_end; ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = bytes;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      good->SetContents(kFirst, bad);
      const Seen seen = Look(good.get());
      ASSERT_TRUE(seen.found.ok());
      ExpectOnlyTrueRecords(seen.sink);
      ASSERT_EQ(seen.sink.records.size(), kRecords - 1) << at;
      ASSERT_EQ(seen.sink.damage.size(), 1u) << at;
      EXPECT_EQ(seen.sink.damage[0].kind, DamageKind::kCorrupt);
      EXPECT_EQ(seen.found->torn_bytes, 0u);
      // The damage lies where the missing record was.
      EXPECT_EQ(
          NumberedRecord(seen.sink.damage_after[0]).size() + kRecordHeaderBytes,
          seen.sink.damage[0].end - seen.sink.damage[0].begin);
    }
  }
}

TEST(WalRecovery, FlipInTheHeaderCostsNothing) {
  const auto good = SmallWal();
  const std::string bytes = good->Contents(kFirst);
  for (std::size_t at = 0; at < 80; ++at) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    good->SetContents(kFirst, bad);
    const Seen seen = Look(good.get());
    EXPECT_EQ(seen.sink.records.size(), kRecords) << at;
    EXPECT_TRUE(seen.sink.damage.empty()) << at;
  }
}

TEST(WalRecovery, EveryTruncationIsATornTail) {
  const auto good = SmallWal();
  const std::string bytes = good->Contents(kFirst);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    good->SetContents(kFirst, bytes.substr(0, n));
    const Seen seen = Look(good.get());
    ASSERT_TRUE(seen.found.ok());
    ExpectOnlyTrueRecords(seen.sink);
    EXPECT_TRUE(seen.sink.damage.empty()) << n;
    for (std::size_t i = 0; i < seen.sink.records.size(); ++i) {
      EXPECT_EQ(seen.sink.records[i], NumberedRecord(i));
    }
  }
}

TEST(WalRecovery, DamageToTheLastGroupIsATornTailUntilAMarkerIsWritten) {
  for (const bool marked : {false, true}) {
    FakeDisk disk;
    WalBoot boot(&disk, {.marker_delay = marked ? kMillisecond : 0});
    boot.Put("one");
    boot.Put("two");
    boot.Wait(kSecond);
    std::string bytes = disk.Contents(kFirst);
    bytes[kSegmentHeaderBytes + 2 * kRecordHeaderBytes + 5] ^= 1;
    disk.SetContents(kFirst, bytes);
    const Seen seen = Look(&disk);
    EXPECT_EQ(seen.sink.records, Records{"one"});
    EXPECT_EQ(seen.sink.damage.empty(), !marked);
    EXPECT_EQ(seen.found->torn_bytes > 0, !marked);
  }
}

// Whichever sector of any size goes bad: what was vouched for is still there,
// or its loss is reported.
void ExpectVouchedKept(const FakeDisk& disk, Lsn vouched) {
  const std::unique_ptr<FakeDisk> copy = disk.Clone();
  Lsn owed;  // the end of a record
  for (const RecordPlace& place : Look(copy.get()).sink.places) {
    if (place.end <= vouched) owed = place.end;
  }
  for (const std::string& path : disk.Files()) {
    const std::string good = disk.Contents(path);
    for (const std::size_t sector : {512u, 4096u}) {
      for (std::size_t at = 0; at < good.size(); at += sector) {
        std::string bad = good;
        const auto begin = bad.begin() + std::ptrdiff_t(at);
        const std::size_t size = std::min(sector, good.size() - at);
        std::fill(begin, begin + std::ptrdiff_t(size), '\x5a');
        copy->SetContents(path, bad);
        const Seen seen = Look(copy.get());
        ASSERT_TRUE(seen.found.ok());
        EXPECT_TRUE(!seen.sink.damage.empty() || seen.found->end >= owed)
            << path << " at " << at << ": " << seen.found->end.value() << " of "
            << vouched.value();
      }
    }
    copy->SetContents(path, good);
  }
}

TEST(WalRecovery, WhatIsVouchedForSurvivesAnyBadSectorOrIsMissed) {
  for (const std::uint64_t segment : {20000u, 1u << 20}) {
    FakeDisk disk;
    WalBoot boot(&disk, {.segment_bytes = segment});
    for (std::size_t i = 0; i < 60; ++i) {
      boot.Put(std::string(1 + i * 97 % 1200, 'x'));
      if (i % 7 == 0) boot.Wait(kSecond);
      EXPECT_LE(boot.wal().vouched(), boot.wal().synced());
      ExpectVouchedKept(disk, boot.wal().vouched());
    }
    // All but about a sector and the last record.
    EXPECT_LT(boot.wal().synced() - boot.wal().vouched(), 3 * 4096u);
  }
}

TEST(WalRecovery, ZerosBehindTheLastRecordAreRoomNotTornRecords) {
  const auto disk = SmallWal();
  disk->SetContents(kFirst, disk->Contents(kFirst) + std::string(600, '\0'));
  {
    WalBoot boot(disk.get());
    ASSERT_TRUE(boot.opened());
    EXPECT_EQ(boot.found()->torn_bytes, 0u);
    EXPECT_EQ(boot.sink().records.size(), kRecords);
    boot.Put("more");
  }
  const Seen seen = Look(disk.get());
  EXPECT_EQ(seen.sink.records.size(), kRecords + 1);
  EXPECT_TRUE(seen.sink.damage.empty());
}

class ManySegments : public ::testing::Test {
 protected:
  ManySegments()
      : disk_(SmallWal({.segment_bytes = kSegmentHeaderBytes + 40})) {}
  std::unique_ptr<FakeDisk> disk_;
};

TEST_F(ManySegments, EachMissingSegmentIsReportedAsSuch) {
  const auto files = disk_->Files();
  ASSERT_GE(files.size(), 4u);
  // Nothing vouches for what came before the first; the caller must know.
  for (std::size_t i = 1; i < files.size(); ++i) {
    auto copy = disk_->Clone();
    copy->Erase(files[i]);
    const Seen seen = Look(copy.get());
    ASSERT_EQ(seen.sink.damage.size(), 1u) << files[i];
    EXPECT_EQ(seen.sink.damage[0].kind, DamageKind::kMissing);
    EXPECT_LT(seen.sink.records.size(), kRecords);
    ExpectOnlyTrueRecords(seen.sink);
  }
}

TEST_F(ManySegments, MissingSegmentIsStillReportedAfterTheNextBoots) {
  const auto files = disk_->Files();
  for (std::size_t i = 1; i < files.size(); ++i) {
    auto copy = disk_->Clone();
    copy->Erase(files[i]);
    for (std::size_t boots = 0; boots < 3; ++boots) {
      WalBoot boot(copy.get());
      ASSERT_TRUE(boot.opened());
      ASSERT_EQ(boot.sink().damage.size(), 1u) << files[i] << " " << boots;
      EXPECT_EQ(boot.sink().damage[0].kind, DamageKind::kMissing);
      boot.Put(NumberedRecord(boots));
    }
  }
}

TEST_F(ManySegments, UnreadableHeaderMakesASegmentMissing) {
  const auto files = disk_->Files();
  for (std::size_t i = 1; i < files.size(); ++i) {
    auto copy = disk_->Clone();
    std::string bytes = copy->Contents(files[i]);
    bytes[0] ^= 1;
    bytes[kHeaderCopyBytes] ^= 1;
    copy->SetContents(files[i], bytes);
    const Seen seen = Look(copy.get());
    ASSERT_EQ(seen.sink.damage.size(), 1u) << files[i];
    EXPECT_EQ(seen.sink.damage[0].kind, DamageKind::kMissing);
  }
}

TEST_F(ManySegments, SegmentOfAnotherWalIsNotReplayed) {
  // A twin with the same names but another id.
  FakeDisk other;
  {
    testing::TestNode node(&other, /*seed=*/99);
    MemoryListener listener;
    MemorySink sink;
    Wal wal({.segment_bytes = kSegmentHeaderBytes + 40}, kWalDirectory,
            node.env(), &listener);
    node.Run([&] { ASSERT_TRUE(wal.Open(&sink).ok()); });
    for (int i = 0; i < 5; ++i) {
      node.Run([&] { wal.Submit(Promise::kDurable, "foreign bytes here"); });
    }
    node.Kill();
  }
  const std::string victim = disk_->Files()[2];
  ASSERT_FALSE(other.Contents(victim).empty());
  disk_->SetContents(victim, other.Contents(victim));
  const Seen seen = Look(disk_.get());
  ExpectOnlyTrueRecords(seen.sink);
  ASSERT_EQ(seen.sink.damage.size(), 1u);
  EXPECT_EQ(seen.sink.damage[0].kind, DamageKind::kMissing);
}

TEST(WalRecovery, UnreadableSectorIsDamageNotAnError) {
  const auto disk = SmallWal();
  bool hit = false;
  disk->set_hook([&](FakeDisk::Op op, const std::string& path) {
    if (op != FakeDisk::Op::kRead || path != kFirst || hit) {
      return absl::OkStatus();
    }
    hit = true;
    return absl::DataLossError("bad sector");
  });
  const Seen seen = Look(disk.get());
  ASSERT_TRUE(seen.found.ok());
  EXPECT_TRUE(hit);
  EXPECT_EQ(seen.sink.records.size(), kRecords);
}

// Random damage of every kind: no crash, no invented record, and a boot after
// it goes on working.
TEST(WalRecovery, SurvivesRandomMutations) {
  const auto base = SmallWal({.segment_bytes = kSegmentHeaderBytes + 60});
  RandomStream random(7, Purpose("test.wal_mutation"));
  for (int round = 0; round < 1500; ++round) {
    auto disk = base->Clone();
    const std::uint64_t edits = 1 + random.Below(4);
    for (std::uint64_t e = 0; e < edits; ++e) {
      const auto files = disk->Files();
      if (files.empty()) break;
      const std::string path = files[random.Below(files.size())];
      std::string bytes = disk->Contents(path);
      const std::uint64_t at = random.Below(bytes.size() + 1);
      const std::uint64_t n = random.Below(64);
      switch (random.Below(6)) {
        case 0:
          if (at < bytes.size()) bytes[at] ^= '\x10';
          break;
        case 1:
          bytes.resize(at);
          break;
        case 2:
          bytes.insert(at, std::string(n, '\0'));
          break;
        case 3:
          bytes.erase(at, n);
          break;
        case 4:
          bytes += bytes.substr(at, n);
          break;
        case 5:
          bytes = disk->Contents(files[random.Below(files.size())]);
          break;
      }
      disk->SetContents(path, bytes);
    }
    const Seen seen = Look(disk.get());
    ASSERT_TRUE(seen.found.ok());
    ExpectOnlyTrueRecords(seen.sink);
    if (round % 10 != 0) continue;
    std::size_t before = seen.sink.records.size();
    {
      WalBoot boot(disk.get());
      ASSERT_TRUE(boot.opened()) << boot.found().status();
      EXPECT_EQ(boot.sink().records, seen.sink.records);
      boot.Put("new");
      EXPECT_EQ(boot.reported(), 1u);
    }
    const Seen after = Look(disk.get());
    ASSERT_EQ(after.sink.records.size(), before + 1);
    EXPECT_EQ(after.sink.records.back(), "new");
  }
}

// What fuzzing found or started from, as ordinary tests.
TEST(WalRecovery, FuzzCorpusIsHarmless) {
  const std::string folder = WR_SOURCE_DIR "/tests/testdata/fuzz/wal";
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    SCOPED_TRACE(entry.path().filename().string());
    RunWalFuzzInput(bytes);
    ++inputs;
  }
  EXPECT_GE(inputs, 8u);
}

TEST(WalRecovery, RandomEditScriptsAreHarmless) {
  RandomStream random(9, Purpose("test.wal_scripts"));
  for (int round = 0; round < 4000; ++round) {
    std::string input = "\x01";
    const std::uint64_t bytes = 5 * (1 + random.Below(6));
    for (std::uint64_t i = 0; i < bytes; ++i) {
      // Offsets beyond a few hundred only ever mean the end of the file.
      const bool high = i % 5 == 3;
      input += static_cast<char>(random.Below(high ? 2 : 256));
    }
    RunWalFuzzInput(input);
  }
}

}  // namespace
}  // namespace wringer::wal
