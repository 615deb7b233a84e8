// engine/log_store/meta_cell: no single fault brings an older value back.
#include "engine/log_store/meta_cell.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/engine/fake_disk.h"

namespace wringer::log_store {
namespace {

using testing::FakeDisk;

constexpr char kPath[] = "/meta";

MetaContents Contents(std::uint64_t version) {
  return {.incarnation = Incarnation{1},
          .wal = wal::WalId{9},
          .meta = {MetaVersion{version}, "vote " + std::to_string(version)}};
}

MetaContents Reopened(FakeDisk* disk) {
  const auto cell = MetaCell::Open(disk, kPath);
  EXPECT_TRUE(cell.ok()) << cell.status();
  return cell.ok() ? (*cell)->contents() : MetaContents{};
}

std::unique_ptr<FakeDisk> WithPuts(std::uint64_t n) {
  auto disk = std::make_unique<FakeDisk>();
  const auto cell = MetaCell::Open(disk.get(), kPath);
  for (std::uint64_t v = 1; v <= n; ++v) {
    EXPECT_TRUE((*cell)->Put(Contents(v)).ok());
  }
  return disk;
}

TEST(MetaCell, NewCellIsEmptyAndSaysSo) {
  FakeDisk disk;
  const auto cell = MetaCell::Open(&disk, kPath);
  ASSERT_TRUE(cell.ok());
  EXPECT_TRUE((*cell)->created());
  EXPECT_EQ((*cell)->contents(), MetaContents{});
  const auto again = MetaCell::Open(&disk, kPath);
  EXPECT_FALSE((*again)->created());
}

TEST(MetaCell, PutSurvivesAPowerLoss) {
  for (std::uint64_t n = 1; n <= 4; ++n) {
    const auto disk = WithPuts(n);
    disk->Crash([] { return false; });
    EXPECT_EQ(Reopened(disk.get()), Contents(n));
  }
}

// Every subset of the unsynced sectors of the third put, including none.
TEST(MetaCell, TornPutLeavesTheOldOrTheNewValue) {
  auto base = WithPuts(2);
  auto cell = MetaCell::Open(base.get(), kPath);
  base->FreezeAt(base->mutations() + 1);  // the write, not the sync
  EXPECT_FALSE((*cell)->Put(Contents(3)).ok());
  const std::size_t units = base->unsynced_units();
  ASSERT_LE(units, 16u);
  int older = 0, newer = 0;
  for (std::uint64_t mask = 0; mask < (std::uint64_t{1} << units); ++mask) {
    auto image = base->Clone();
    std::uint64_t bit = 0;
    image->Crash([&] { return ((mask >> bit++) & 1) != 0; });
    const MetaContents found = Reopened(image.get());
    ASSERT_TRUE(found == Contents(2) || found == Contents(3)) << mask;
    ++(found == Contents(2) ? older : newer);
  }
  EXPECT_GT(older, 0);
  EXPECT_GT(newer, 0);
}

TEST(MetaCell, NoSingleDamagedByteBringsAnOlderValueBack) {
  const auto base = WithPuts(3);
  const std::string bytes = base->Contents(kPath);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    base->SetContents(kPath, bad);
    ASSERT_EQ(Reopened(base.get()), Contents(3)) << at;
  }
}

TEST(MetaCell, EveryTruncationOpensOrSaysDataLoss) {
  const auto base = WithPuts(3);
  const std::string bytes = base->Contents(kPath);
  for (std::size_t n = 0; n < bytes.size(); n += 37) {
    base->SetContents(kPath, bytes.substr(0, n));
    const auto cell = MetaCell::Open(base.get(), kPath);
    if (!cell.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(cell.status())) << n;
    }
  }
}

TEST(MetaCell, DestroyedCellIsDataLoss) {
  FakeDisk disk;
  disk.SetContents(kPath, std::string(4 * kMetaCopyBytes, '\x5a'));
  EXPECT_TRUE(absl::IsDataLoss(MetaCell::Open(&disk, kPath).status()));
}

TEST(MetaCell, CopyIsRefusedInAnotherCopysPlace) {
  const std::string copy = EncodeMetaCopy(1, 7, Contents(3));
  EXPECT_TRUE(DecodeMetaCopy(1, copy).has_value());
  EXPECT_FALSE(DecodeMetaCopy(0, copy).has_value());
}

TEST(MetaCell, FailedPutLatches) {
  FakeDisk disk;
  const auto cell = MetaCell::Open(&disk, kPath);
  disk.set_hook([](FakeDisk::Op op, const std::string&) {
    return op == FakeDisk::Op::kSync ? absl::UnavailableError("EIO")
                                     : absl::OkStatus();
  });
  EXPECT_FALSE((*cell)->Put(Contents(1)).ok());
  disk.set_hook(nullptr);
  EXPECT_TRUE(absl::IsFailedPrecondition((*cell)->Put(Contents(2))));
}

TEST(MetaCell, ReopeningMakesDurableWhatOnlyThePageCacheHeld) {
  FakeDisk disk;
  {
    const auto cell = MetaCell::Open(&disk, kPath);
    ASSERT_TRUE((*cell)->Put(Contents(1)).ok());
    disk.set_hook([](FakeDisk::Op op, const std::string&) {
      return op == FakeDisk::Op::kSync ? absl::UnavailableError("EIO")
                                       : absl::OkStatus();
    });
    EXPECT_FALSE((*cell)->Put(Contents(2)).ok());
    disk.set_hook(nullptr);
  }
  const MetaContents seen = Reopened(&disk);
  disk.Crash([] { return false; });
  EXPECT_EQ(Reopened(&disk), seen);
}

}  // namespace
}  // namespace wringer::log_store
