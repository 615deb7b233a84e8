// Faults of the media: they attach to places and stay until rewritten.
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

TEST(Media, VD_20_AnUnreadableSectorFailsReadsUntilRewritten) {
  TestDisk d;
  d.Install("/f", Fill('a', 8192));
  const MediaReport report = d.disk().BreakSector("/f", 5000, IoFaultId(9));
  EXPECT_TRUE(report.effective);
  auto file = d.Open("/f");
  std::string out;
  EXPECT_TRUE(file->ReadAt(0, 4096, &out).ok());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(file->ReadAt(4096, 100, &out).code(),
              absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(d.disk().damaged_reads(IoFaultId(9)), 2u);
  // Part of the page cannot be written without reading the rest.
  EXPECT_EQ(file->WriteAt(4100, "x").code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(file->WriteAt(4096, Fill('b', 4096)).ok());
  ASSERT_TRUE(file->DataSync().ok());
  d.disk().DropCaches();
  EXPECT_EQ(d.Read("/f"), Fill('a', 4096) + Fill('b', 4096));
}

TEST(Media, VD_20_ItStaysBrokenAcrossAPowerLoss) {
  TestDisk d;
  d.Install("/f", Fill('a', 512));
  d.disk().BreakSector("/f", 0, IoFaultId(1));
  d.PowerLoss();
  EXPECT_EQ(d.Read("/f"), "<error>");
}

TEST(Media, VD_21_AMisdirectedWriteDamagesExactlyTwoRanges) {
  TestDisk d;
  d.Install("/f", Fill('a', 4 * 4096));
  d.Install("/g", Fill('g', 4 * 4096));
  IoFault fault;
  fault.op = DiskOp::kMisdirect;
  fault.path = "/f";
  const IoFaultId id = d.disk().AddFault(fault);
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(4096, Fill('b', 4096)).ok());
  ASSERT_TRUE(file->DataSync().ok());
  EXPECT_EQ(d.disk().fault_count(id).fired, 1u);
  d.PowerLoss(1'000'000);
  const std::string all = d.Read("/f") + d.Read("/g");
  int strayed = 0;
  for (std::size_t page = 0; page < 8; ++page) {
    const std::string bytes = all.substr(page * 4096, 4096);
    if (bytes == Fill('b', 4096)) {
      EXPECT_NE(page, 1u) << "landed where it should";
      ++strayed;
    } else {
      EXPECT_EQ(bytes, Fill(page < 4 ? 'a' : 'g', 4096));
    }
  }
  EXPECT_EQ(strayed, 1);
  EXPECT_GT(d.disk().damaged_reads(id), 0u);
}

TEST(Media, ALostWriteShowsOldBytesOnceItLeftTheCache) {
  TestDisk d;
  d.Install("/f", Fill('a', 4096));
  IoFault fault;
  fault.op = DiskOp::kLoseWrite;
  const IoFaultId id = d.disk().AddFault(fault);
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, Fill('b', 4096)).ok());
  ASSERT_TRUE(file->DataSync().ok());
  EXPECT_EQ(d.Read("/f"), Fill('b', 4096));
  EXPECT_EQ(d.disk().damaged_reads(id), 0u);
  d.disk().DropCaches();
  EXPECT_EQ(d.Read("/f"), Fill('a', 4096));
  EXPECT_EQ(d.disk().damaged_reads(id), 1u);
}

TEST(Media, BitRotReadsTheSameWrongBytesUntilRewritten) {
  TestDisk d;
  d.Install("/f", Fill('a', 8192));
  const MediaReport report = d.disk().FlipBits("/f", 100, 3, IoFaultId(4));
  EXPECT_TRUE(report.effective);
  EXPECT_EQ(report.bits, 3u);
  const std::string wrong = d.Read("/f");
  EXPECT_EQ(wrong[100], 'a' ^ 7);
  EXPECT_EQ(wrong.substr(101), Fill('a', 8091));
  d.PowerLoss();
  EXPECT_EQ(d.Read("/f"), wrong);
  EXPECT_EQ(d.disk().damaged_reads(IoFaultId(4)), 2u);
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, Fill('c', 512)).ok());
  ASSERT_TRUE(file->DataSync().ok());
  EXPECT_EQ(d.Read("/f").substr(0, 600), Fill('c', 512) + Fill('a', 88));
  EXPECT_EQ(d.disk().damaged_reads(IoFaultId(4)), 2u);
}

TEST(Media, BitRotUnderPendingWritesIsReportedAsWithoutEffect) {
  TestDisk d;
  d.Install("/f", Fill('a', 1024));
  ASSERT_TRUE(d.Open("/f")->WriteAt(10, "b").ok());
  EXPECT_FALSE(d.disk().FlipBits("/f", 100, 1, IoFaultId(1)).effective);
  EXPECT_TRUE(d.disk().FlipBits("/f", 600, 1, IoFaultId(1)).effective);
  EXPECT_FALSE(d.disk().FlipBits("/f", 2000, 1, IoFaultId(1)).effective);
  EXPECT_FALSE(d.disk().FlipBits("/absent", 0, 1, IoFaultId(1)).effective);
}

TEST(Media, DrawnBitRotHitsMatchingFilesOnly) {
  TestDisk d;
  d.Install("/wal-1", Fill('w', 10000));
  d.Install("/table", Fill('t', 100000));
  for (std::uint64_t key = 1; key <= 20; ++key) {
    const MediaReport report =
        d.disk().FlipBitsSomewhere("wal", 1, IoFaultId(1), key);
    ASSERT_TRUE(report.effective);
    EXPECT_EQ(report.path, "/wal-1");
    EXPECT_LT(report.offset, 10000u);
  }
  EXPECT_FALSE(
      d.disk().FlipBitsSomewhere("none", 1, IoFaultId(1), 1).effective);
  EXPECT_TRUE(
      d.disk().BreakSectorSomewhere("table", IoFaultId(2), 1).effective);
  EXPECT_EQ(d.Read("/table"), "<error>");
}

TEST(Media, ChecksummedProfilesReportDamageInsteadOfServingIt) {
  TestDisk d("cow-like", 1);
  d.Install("/f", Fill('a', 4096));
  ASSERT_TRUE(d.disk().FlipBits("/f", 7, 1, IoFaultId(1)).effective);
  EXPECT_EQ(d.Read("/f"), "<error>");
}

}  // namespace
}  // namespace wringer::sim
