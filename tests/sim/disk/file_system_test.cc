// POSIX manners: names, directories, handles, direct I/O, dead views.
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

using absl::StatusCode;

TEST(FileSystem, OpenFollowsItsOptions) {
  TestDisk d;
  EXPECT_EQ(d.fs().Open("/f", {}).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(d.fs().Open("/f", {.create = true}).ok());
  EXPECT_EQ(
      d.fs().Open("/f", {.create = true, .exclusive = true}).status().code(),
      StatusCode::kAlreadyExists);
  ASSERT_TRUE(d.Open("/f")->WriteAt(0, "abc").ok());
  auto cut = d.fs().Open("/f", {.truncate = true});
  EXPECT_EQ((*cut)->Size(), 0u);
  auto reader = d.fs().Open("/f", {.read_only = true});
  EXPECT_EQ((*reader)->WriteAt(0, "x").code(), StatusCode::kInvalidArgument);
}

TEST(FileSystem, PathsMustBeAbsoluteAndLeadThroughDirectories) {
  TestDisk d;
  d.Install("/f", "x");
  const env::OpenOptions create{.create = true};
  EXPECT_EQ(d.fs().Open("f", create).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(d.fs().Open("", create).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(d.fs().Open("/no/f", create).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(d.fs().Open("/f/g", create).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(d.fs().Open("/", create).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(FileSystem, ListIsSortedAndStatTellsKinds) {
  TestDisk d;
  ASSERT_TRUE(d.fs().MakeDirectory("/dir").ok());
  EXPECT_EQ(d.fs().MakeDirectory("/dir").code(), StatusCode::kAlreadyExists);
  d.Open("/dir/b");
  ASSERT_TRUE(d.Open("/dir/a")->WriteAt(9, "x").ok());
  EXPECT_EQ(*d.fs().List("/dir"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(d.fs().Stat("/dir")->is_directory);
  EXPECT_EQ(d.fs().Stat("/dir/a")->size, 10u);
  EXPECT_EQ(d.fs().List("/dir/a").status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(d.fs().List("/none").status().code(), StatusCode::kNotFound);
}

TEST(FileSystem, RenameReplacesAndRefusesNonsense) {
  TestDisk d;
  d.Install("/a", "a");
  d.Install("/b", "b");
  ASSERT_TRUE(d.fs().MakeDirectory("/dir").ok());
  ASSERT_TRUE(d.fs().Rename("/a", "/b").ok());
  EXPECT_EQ(d.Read("/b"), "a");
  EXPECT_FALSE(d.Exists("/a"));
  EXPECT_EQ(d.fs().Rename("/a", "/c").code(), StatusCode::kNotFound);
  EXPECT_FALSE(d.fs().Rename("/b", "/dir").ok());
  EXPECT_FALSE(d.fs().Rename("/dir", "/dir/sub").ok());
  EXPECT_TRUE(d.fs().Rename("/b", "/b").ok());
  EXPECT_TRUE(d.fs().Rename("/b", "/dir/b").ok());
  EXPECT_EQ(d.Read("/dir/b"), "a");
}

TEST(FileSystem, LinksShareBytesAndOutliveEachOther) {
  TestDisk d;
  d.Install("/a", "one");
  ASSERT_TRUE(d.fs().Link("/a", "/b").ok());
  EXPECT_EQ(d.fs().Link("/a", "/b").code(), StatusCode::kAlreadyExists);
  ASSERT_TRUE(d.Open("/b")->WriteAt(0, "ONE").ok());
  ASSERT_TRUE(d.fs().Remove("/a").ok());
  EXPECT_EQ(d.Read("/b"), "ONE");
}

TEST(FileSystem, OnlyEmptyDirectoriesCanBeRemoved) {
  TestDisk d;
  ASSERT_TRUE(d.fs().MakeDirectory("/dir").ok());
  d.Open("/dir/f");
  EXPECT_FALSE(d.fs().Remove("/dir").ok());
  ASSERT_TRUE(d.fs().Remove("/dir/f").ok());
  EXPECT_TRUE(d.fs().Remove("/dir").ok());
  EXPECT_EQ(d.fs().Remove("/dir").code(), StatusCode::kNotFound);
}

TEST(FileSystem, ReadsEndAtTheEndAndGapsAreZeros) {
  TestDisk d;
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(5000, "x").ok());
  std::string out = "stale";
  ASSERT_TRUE(file->ReadAt(4998, 100, &out).ok());
  EXPECT_EQ(out, std::string("\0\0x", 3));
  ASSERT_TRUE(file->ReadAt(9000, 10, &out).ok());
  EXPECT_EQ(out, "");
}

TEST(FileSystem, DirectIoMustBeAligned) {
  TestDisk d("ext4-ordered", 1, "sata-ssd");
  auto file = d.Open("/f", {.direct = true});
  EXPECT_EQ(file->WriteAt(0, Fill('x', 100)).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(file->WriteAt(100, Fill('x', 512)).code(),
            StatusCode::kInvalidArgument);
  ASSERT_TRUE(file->WriteAt(512, Fill('x', 1024)).ok());
  std::string out;
  EXPECT_FALSE(file->ReadAt(1, 512, &out).ok());
  ASSERT_TRUE(file->ReadAt(512, 1024, &out).ok());
  EXPECT_EQ(out, Fill('x', 1024));
}

TEST(FileSystem, BufferedAndDirectViewsAgree) {
  TestDisk d("ext4-ordered", 1, "sata-ssd");
  auto buffered = d.Open("/f");
  auto direct = d.Open("/f", {.direct = true});
  ASSERT_TRUE(buffered->WriteAt(0, Fill('b', 8192)).ok());
  std::string out;
  ASSERT_TRUE(direct->ReadAt(0, 4096, &out).ok());
  EXPECT_EQ(out, Fill('b', 4096));
  ASSERT_TRUE(direct->WriteAt(0, Fill('d', 4096)).ok());
  ASSERT_TRUE(buffered->ReadAt(0, 8192, &out).ok());
  EXPECT_EQ(out, Fill('d', 4096) + Fill('b', 4096));
}

TEST(FileSystem, AViewOfADeadMountHasNoEffectAndIsADefect) {
  TestDisk d;
  d.Install("/f", "x");
  auto view = d.untimed().Mount();
  auto file = view->Open("/f", {});
  d.PowerLoss(0);
  EXPECT_EQ((*file)->WriteAt(0, "y").code(), StatusCode::kUnavailable);
  EXPECT_FALSE((*file)->Sync().ok());
  EXPECT_FALSE(view->Remove("/f").ok());
  file->reset();  // closing is no defect
  EXPECT_EQ(d.Read("/f"), "x");
  EXPECT_EQ(d.untimed().defects().size(), 3u);
}

TEST(FileSystem, BufferedWritesAndCachedReadsDoNotWait) {
  TestDisk d("ext4-ordered", 1, "hdd-7200");
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, Fill('x', 10'000)).ok());
  std::string out;
  ASSERT_TRUE(file->ReadAt(0, 10'000, &out).ok());
  EXPECT_EQ(d.untimed().waits(), 0u);
  EXPECT_GT(d.untimed().cpu(), 0);
  ASSERT_TRUE(file->DataSync().ok());
  EXPECT_EQ(d.untimed().waits(), 1u);
}

TEST(FileSystem, DeviceFactsArePassedOn) {
  TestDisk d("ext4-ordered", 1, "hdd-7200");
  EXPECT_EQ(d.fs().Device().logical_sector, 512u);
  EXPECT_EQ(d.fs().Device().physical_sector, 512u);
}

}  // namespace
}  // namespace wringer::sim
