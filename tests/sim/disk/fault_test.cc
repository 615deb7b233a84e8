// Injected errors of calls, and running out of space.
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

IoFault On(DiskOp op) {
  IoFault fault;
  fault.op = op;
  return fault;
}

TEST(IoFaults, OneShotFailsOnce) {
  TestDisk d;
  d.Install("/f", "x");
  const IoFaultId id = d.disk().AddFault(On(DiskOp::kRead));
  EXPECT_EQ(d.Read("/f"), "<error>");
  EXPECT_EQ(d.Read("/f"), "x");
  EXPECT_EQ(d.disk().fault_count(id).fired, 1u);
}

TEST(IoFaults, TheNthMatchingWriteFailsWithoutEffect) {
  TestDisk d;
  IoFault fault = On(DiskOp::kWrite);
  fault.path = "wal/";
  fault.skip = 2;
  d.disk().AddFault(fault);
  ASSERT_TRUE(d.fs().MakeDirectory("/wal").ok());
  auto other = d.Open("/other");
  auto file = d.Open("/wal/1");
  EXPECT_TRUE(file->WriteAt(0, "a").ok());
  EXPECT_TRUE(other->WriteAt(0, "a").ok());
  EXPECT_TRUE(file->WriteAt(1, "b").ok());
  EXPECT_EQ(file->WriteAt(2, "c").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(d.Read("/wal/1"), "ab");
  EXPECT_TRUE(file->WriteAt(2, "d").ok());
}

TEST(IoFaults, StickyFailsUntilRemoved) {
  TestDisk d;
  d.Install("/f", "x");
  IoFault fault = On(DiskOp::kSync);
  fault.count = 0;
  const IoFaultId id = d.disk().AddFault(fault);
  auto file = d.Open("/f");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(file->Sync().ok());
  d.disk().RemoveFault(id);
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_EQ(d.disk().fault_count(id).fired, 5u);
}

TEST(IoFaults, MetadataFaultsHitChangesOfNames) {
  TestDisk d;
  d.Install("/f", "x");
  IoFault fault = On(DiskOp::kMetadata);
  fault.count = 5;
  d.disk().AddFault(fault);
  EXPECT_FALSE(d.fs().Rename("/f", "/g").ok());
  EXPECT_FALSE(d.fs().Remove("/f").ok());
  EXPECT_FALSE(d.fs().Link("/f", "/g").ok());
  EXPECT_FALSE(d.fs().MakeDirectory("/d").ok());
  EXPECT_FALSE(d.fs().SyncDirectory("/").ok());
  EXPECT_EQ(d.Read("/f"), "x");
  EXPECT_TRUE(d.fs().Rename("/f", "/g").ok());
}

TEST(IoFaults, AChanceFiresInItsShareOfCalls) {
  TestDisk d;
  d.Install("/f", "x");
  IoFault fault = On(DiskOp::kRead);
  fault.count = 0;
  fault.ppm = 250'000;
  const IoFaultId id = d.disk().AddFault(fault);
  for (int i = 0; i < 1000; ++i) d.Read("/f");
  EXPECT_EQ(d.disk().fault_count(id).matched, 1000u);
  EXPECT_GT(d.disk().fault_count(id).fired, 200u);
  EXPECT_LT(d.disk().fault_count(id).fired, 300u);
}

TEST(Space, VD_26_RunningOutOfSpaceLeavesAShortWriteVisible) {
  TestDisk d;
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, Fill('a', 1000)).ok());
  d.disk().SetFull(4096);
  const absl::Status status = file->WriteAt(1000, Fill('b', 20000));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(d.Read("/f"), Fill('a', 1000) + Fill('b', 2 * 4096 - 1000));
  EXPECT_EQ(d.fs().FreeBytes(), 0u);
  EXPECT_EQ(d.fs().Open("/new", {.create = true}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(file->WriteAt(0, "overwrite").ok());
}

TEST(Space, VD_27_FreeingSpaceLetsWritesProceed) {
  TestDisk d;
  d.Install("/big", Fill('a', 40960));
  auto file = d.Open("/f");
  d.disk().SetFull();
  EXPECT_FALSE(file->WriteAt(0, "x").ok());
  ASSERT_TRUE(d.fs().Remove("/big").ok());
  EXPECT_TRUE(file->WriteAt(0, Fill('x', 40960)).ok());
  EXPECT_FALSE(file->WriteAt(40960, "x").ok());
  d.disk().SetNotFull();
  EXPECT_TRUE(file->WriteAt(40960, "x").ok());
}

TEST(Space, AllocatedSpaceCannotRunOut) {
  TestDisk d;
  auto file = d.Open("/f");
  ASSERT_TRUE(file->Allocate(100'000).ok());
  EXPECT_EQ(file->Size(), 0u);
  d.disk().SetFull();
  EXPECT_TRUE(file->WriteAt(0, Fill('x', 100'000)).ok());
  EXPECT_FALSE(file->WriteAt(110'000, "x").ok());
}

TEST(Space, CapacityIsALimit) {
  DiskOptions options = TestOptions();
  options.capacity_bytes = 1 << 20;
  TestDisk d(options);
  EXPECT_FALSE(d.Open("/f")->WriteAt(0, Fill('x', 2 << 20)).ok());
  EXPECT_EQ(d.fs().Stat("/f")->size, 1u << 20);
  EXPECT_EQ(d.disk().stats().no_space_errors, 1u);
}

}  // namespace
}  // namespace wringer::sim
