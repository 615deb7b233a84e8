// What a failed sync leaves behind: VD-17 to VD-19 and the other behaviours.
#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

IoFault SyncFault() {
  IoFault fault;
  fault.op = DiskOp::kSync;
  return fault;
}

TestDisk WithFailure(SyncFailure failure) {
  DiskOptions options = TestOptions();
  options.profile.sync_failure = failure;
  return TestDisk(options);
}

TEST(SyncFailure, VD_17_TheNextSyncSucceedsAndTheDataIsNotDurable) {
  TestDisk d;
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "new").ok());
  const IoFaultId id = d.disk().AddFault(SyncFault());
  const absl::Status failed = file->DataSync();
  EXPECT_EQ(failed.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(failed.ToString().find("fault 1"), std::string::npos) << failed;
  EXPECT_EQ(d.disk().fault_count(id).fired, 1u);
  EXPECT_EQ(d.Read("/f"), "new");
  EXPECT_TRUE(file->DataSync().ok());
  d.PowerLoss(1'000'000);
  EXPECT_EQ(d.Read("/f"), "old");
}

TEST(SyncFailure, VD_17_GrowthIsCommittedLaterWithoutItsData) {
  TestDisk d;
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(3, "new").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_TRUE(file->Sync().ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), std::string("old\0\0\0", 6));
}

TEST(SyncFailure, VD_17_ARewriteOfThePageWritesTheLostBytesToo) {
  TestDisk d;
  d.Install("/f", Fill('a', 8192));
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(100, "lost").ok());
  ASSERT_TRUE(file->WriteAt(5000, "lost").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(file->DataSync().ok());
  ASSERT_TRUE(file->WriteAt(2000, "again").ok());
  ASSERT_TRUE(file->DataSync().ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f").substr(100, 4), "lost");
  EXPECT_EQ(d.Read("/f").substr(5000, 4), "aaaa");
}

TEST(SyncFailure, VD_18_EveryDescriptionOpenAtTheTimeSeesTheErrorOnce) {
  TestDisk d;
  d.Install("/f", "old");
  auto one = d.Open("/f");
  auto two = d.Open("/f");
  ASSERT_TRUE(one->WriteAt(0, "new").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(one->Sync().ok());
  auto late = d.Open("/f");
  EXPECT_TRUE(one->Sync().ok());
  EXPECT_FALSE(two->Sync().ok());
  EXPECT_TRUE(two->Sync().ok());
  EXPECT_TRUE(late->Sync().ok());
}

TEST(SyncFailure, VD_18_AnErrorNobodySawIsReportedToTheNextToOpen) {
  TestDisk d;
  d.Install("/f", "old");
  {
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "new").ok());
  }
  IoFault fault;
  fault.op = DiskOp::kWriteBack;
  d.disk().AddFault(fault);
  d.untimed().AdvanceTo(60 * kSecond);
  EXPECT_EQ(d.disk().stats().syncs_failed, 1u);
  EXPECT_FALSE(d.Open("/f")->Sync().ok());
  EXPECT_TRUE(d.Open("/f")->Sync().ok());
}

TEST(SyncFailure, VD_18_OlderKernelsTellOnlyTheFirst) {
  DiskOptions options = TestOptions();
  options.reporting = SyncReporting::kFirstOnly;
  TestDisk d(options);
  d.Install("/f", "old");
  auto one = d.Open("/f");
  auto two = d.Open("/f");
  ASSERT_TRUE(one->WriteAt(0, "new").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(one->Sync().ok());
  EXPECT_TRUE(two->Sync().ok());
}

TEST(SyncFailure, VD_18_LateReportingTellsAtTheNextSync) {
  DiskOptions options = TestOptions();
  options.reporting = SyncReporting::kLate;
  TestDisk d(options);
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "new").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_TRUE(file->Sync().ok());
}

TEST(SyncFailure, VD_19_AfterEvictionAFailedPageReadsOldBytes) {
  TestDisk d;
  d.Install("/f", Fill('a', 8192));
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(10, Fill('b', 6000)).ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_EQ(d.Read("/f").substr(10, 6000), Fill('b', 6000));
  file->Advise(env::Advice::kDontNeed);
  EXPECT_EQ(d.Read("/f"), Fill('a', 8192));
  d.PowerLoss(1'000'000);
  EXPECT_EQ(d.Read("/f"), Fill('a', 8192));
}

TEST(SyncFailure, VD_19_TheRevertingProfileShowsOldBytesAtOnce) {
  TestDisk d("cow-like", 1);
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "newer").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_EQ(d.Read("/f"), "old");
  EXPECT_EQ(d.disk().dirty_pages(), 0u);
}

TEST(SyncFailure, StaysDirtyMakesARetryRetry) {
  TestDisk d = WithFailure(SyncFailure::kStaysDirty);
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "new").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_TRUE(file->Sync().ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), "new");
}

TEST(SyncFailure, StickyFailsUntilTheNextMount) {
  TestDisk d = WithFailure(SyncFailure::kSticky);
  d.Install("/f", "old");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "new").ok());
  d.disk().AddFault(SyncFault());
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(file->Sync().ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), "old");
  EXPECT_TRUE(d.Open("/f")->Sync().ok());
}

TEST(SyncFailure, AMixedFailureLosesSomePagesAndWritesOthers) {
  std::set<char> first;
  std::set<char> second;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    TestDisk d("ext4-ordered", seed);
    d.Install("/f", Fill('a', 8192));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, Fill('b', 8192)).ok());
    IoFault fault = SyncFault();
    fault.lose_ppm = 500'000;
    d.disk().AddFault(fault);
    EXPECT_FALSE(file->Sync().ok());
    d.PowerLoss(0);
    first.insert(d.Read("/f")[0]);
    second.insert(d.Read("/f")[5000]);
  }
  EXPECT_EQ(first.size(), 2u);
  EXPECT_EQ(second.size(), 2u);
}

TEST(SyncFailure, AFailedDirectorySyncLeavesTheNamesPending) {
  TestDisk d("posix-strict", 1);
  d.Install("/f", "x");
  ASSERT_TRUE(d.fs().Rename("/f", "/g").ok());
  d.disk().AddFault(SyncFault());
  EXPECT_FALSE(d.fs().SyncDirectory("/").ok());
  d.PowerLoss(0);
  EXPECT_TRUE(d.Exists("/f"));
}

TEST(SyncFailure, AFailedJournalWriteTurnsTheFileSystemReadOnly) {
  TestDisk d;
  d.Install("/f", "x");
  auto file = d.Open("/g");
  ASSERT_TRUE(file->WriteAt(0, "y").ok());
  IoFault fault;
  fault.op = DiskOp::kJournal;
  d.disk().AddFault(fault);
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_FALSE(file->WriteAt(0, "z").ok());
  EXPECT_FALSE(d.fs().Remove("/f").ok());
  EXPECT_EQ(d.Read("/f"), "x");
  d.PowerLoss(0);
  EXPECT_FALSE(d.Exists("/g"));
  EXPECT_TRUE(d.fs().Remove("/f").ok());
}

TEST(SyncFailure, TruncationAcrossLostBytesStaysExact) {
  for (const std::int32_t keep : {0, 1'000'000}) {
    TestDisk d;
    d.Install("/f", Fill('a', 8192));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(4096, Fill('b', 4096)).ok());
    d.disk().AddFault(SyncFault());
    EXPECT_FALSE(file->Sync().ok());
    ASSERT_TRUE(file->Truncate(4000).ok());
    ASSERT_TRUE(file->Truncate(8192).ok());
    EXPECT_EQ(d.Read("/f"), Fill('a', 4000) + Fill('\0', 4192));
    d.disk().DropCaches();
    EXPECT_EQ(d.Read("/f"), Fill('a', 4000) + Fill('\0', 4192));
    d.PowerLoss(keep);
    EXPECT_EQ(d.Read("/f"),
              keep == 0 ? Fill('a', 8192) : Fill('a', 4000) + Fill('\0', 4192));
  }
}

}  // namespace
}  // namespace wringer::sim
