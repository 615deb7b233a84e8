// The page cache: hits, eviction, read-ahead (VD-24), throttling (VD-25).
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

DiskOptions SmallCache(std::uint64_t bytes) {
  DiskOptions options = TestOptions("ext4-ordered", "sata-ssd");
  options.cache_bytes = bytes;
  return options;
}

// Reads all of "/f" in 4 KiB steps from a cold cache; returns the requests.
std::uint64_t ScanRequests(TestDisk* d, env::Advice advice, bool direct) {
  d->disk().DropCaches();
  auto file = d->Open("/f", {.direct = direct});
  file->Advise(advice);
  const std::uint64_t before = d->disk().stats().device_reads;
  std::string out;
  for (std::uint64_t at = 0; at < file->Size(); at += 4096) {
    EXPECT_TRUE(file->ReadAt(at, 4096, &out).ok());
    EXPECT_EQ(out, Fill('a', 4096));
  }
  return d->disk().stats().device_reads - before;
}

TEST(PageCache, VD_24_SequentialReadsRampTheWindowAndAdviceChangesIt) {
  TestDisk d(SmallCache(16 << 20));
  d.Install("/f", Fill('a', 4 << 20));
  const std::uint64_t normal = ScanRequests(&d, env::Advice::kNormal, false);
  const std::uint64_t wide = ScanRequests(&d, env::Advice::kSequential, false);
  EXPECT_EQ(ScanRequests(&d, env::Advice::kRandom, false), 1024u);
  EXPECT_EQ(ScanRequests(&d, env::Advice::kNormal, true), 1024u);
  EXPECT_LT(normal, 45u);
  EXPECT_GE(normal, 32u);
  EXPECT_LT(wide, normal);
}

TEST(PageCache, VD_24_ReadAheadMakesAScanFaster) {
  Nanos took[2];
  for (const bool random : {false, true}) {
    TestDisk d(SmallCache(16 << 20));
    d.Install("/f", Fill('a', 4 << 20));
    const Nanos start = d.untimed().now();
    ScanRequests(&d, random ? env::Advice::kRandom : env::Advice::kNormal,
                 false);
    took[random ? 1 : 0] = d.untimed().now() - start;
  }
  EXPECT_LT(took[0] * 3, took[1]);
}

TEST(PageCache, VD_24_RandomReadsReadWhatWasAsked) {
  TestDisk d(SmallCache(16 << 20));
  d.Install("/f", Fill('a', 4 << 20));
  d.disk().DropCaches();
  auto file = d.Open("/f");
  std::string out;
  for (const std::uint64_t page : {500u, 100u, 900u, 300u}) {
    ASSERT_TRUE(file->ReadAt(page * 4096, 4096, &out).ok());
  }
  EXPECT_EQ(d.disk().stats().pages_read_ahead, 0u);
}

TEST(PageCache, VD_24_ABadSectorAheadIsTheLaterReadersError) {
  TestDisk d(SmallCache(16 << 20));
  d.Install("/f", Fill('a', 64 << 10));
  d.disk().DropCaches();
  ASSERT_TRUE(d.disk().BreakSector("/f", 8192, IoFaultId(1)).effective);
  auto file = d.Open("/f");
  std::string out;
  EXPECT_TRUE(file->ReadAt(0, 4096, &out).ok());
  EXPECT_TRUE(file->ReadAt(4096, 4096, &out).ok());
  EXPECT_EQ(file->ReadAt(8192, 4096, &out).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(file->ReadAt(12288, 4096, &out).ok());
}

TEST(PageCache, VD_25_DirtyThrottlingMakesABufferedWriteWait) {
  TestDisk d(SmallCache(1 << 20));
  auto file = d.Open("/f");
  std::uint64_t free_writes = 0;
  while (d.untimed().waits() == 0 && free_writes < 10'000) {
    ASSERT_TRUE(file->WriteAt(free_writes * 4096, Fill('x', 4096)).ok());
    ++free_writes;
  }
  // 256 pages of cache: between a tenth and all of it.
  EXPECT_GT(free_writes, 25u);
  EXPECT_LT(free_writes, 256u);
}

TEST(PageCache, EvictsCleanPagesAndReadsThemBack) {
  TestDisk d(SmallCache(256 << 10));
  d.Install("/f", Fill('a', 1 << 20));
  EXPECT_LE(d.disk().cached_pages(), 64u + 64u);
  const std::uint64_t before = d.disk().stats().device_reads;
  EXPECT_EQ(d.Read("/f"), Fill('a', 1 << 20));
  EXPECT_GT(d.disk().stats().device_reads, before);
}

TEST(PageCache, IsEmptyAfterAPowerLossAndFullAfterAKill) {
  for (const bool power : {false, true}) {
    TestDisk d(SmallCache(1 << 20));
    d.Install("/f", Fill('a', 8192));
    const std::uint64_t before = d.disk().stats().device_reads;
    power ? (void)d.PowerLoss() : d.Kill();
    d.Read("/f");
    EXPECT_EQ(d.disk().stats().device_reads > before, power);
  }
}

TEST(PageCache, PagesTouchedTwiceOutliveAScan) {
  TestDisk d(SmallCache(256 << 10));
  d.Install("/hot", Fill('h', 8192));
  d.Install("/cold", Fill('c', 4 << 20));
  d.disk().DropCaches();
  d.Read("/hot");
  d.Read("/hot");
  auto cold = d.Open("/cold");
  std::string out;
  for (std::uint64_t at = 0; at < (1 << 20); at += 4096) {
    ASSERT_TRUE(cold->ReadAt(at, 4096, &out).ok());
  }
  const std::uint64_t before = d.disk().stats().device_reads;
  d.Read("/hot");
  EXPECT_EQ(d.disk().stats().device_reads, before);
}

TEST(PageCache, WriteBackCleansPagesForGood) {
  TestDisk d(SmallCache(1 << 20));
  auto file = d.Open("/f");
  for (std::uint64_t i = 0; i < 2000; ++i) {
    ASSERT_TRUE(file->WriteAt(i * 1000, Fill('x', 1000)).ok());
    ASSERT_LE(d.disk().dirty_pages(), 256u);
  }
  ASSERT_TRUE(file->Sync().ok());
  EXPECT_EQ(d.disk().dirty_pages(), 0u);
  d.PowerLoss(0);
  EXPECT_FALSE(d.Exists("/none"));
  EXPECT_EQ(d.Read("/f"), Fill('x', 2'000'000));
}

}  // namespace
}  // namespace wringer::sim
