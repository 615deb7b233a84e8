// Images: independent copies of what is durable, or visible; wiped and
// restored disks.
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

TEST(Image, TheSyncedImageHoldsWhatAPowerLossCannotTake) {
  TestDisk d;
  d.Install("/f", "synced");
  ASSERT_TRUE(d.Open("/f")->WriteAt(0, "UNSYNCED").ok());
  d.Open("/new");
  const DurableImage synced = d.disk().SyncedImage();
  EXPECT_EQ(synced.Files(), std::vector<std::string>{"/f"});
  EXPECT_EQ(*synced.Read("/f"), "synced");
  EXPECT_EQ(synced.Read("/new").status().code(), absl::StatusCode::kNotFound);
  const DurableImage visible = d.disk().VisibleImage();
  EXPECT_EQ(visible.Files(), (std::vector<std::string>{"/f", "/new"}));
  EXPECT_EQ(*visible.Read("/f"), "UNSYNCED");
}

TEST(Image, DoesNotChangeWithTheDisk) {
  TestDisk d;
  d.Install("/f", Fill('a', 10000));
  const DurableImage image = d.disk().SyncedImage();
  d.Install("/f", Fill('b', 10000));
  EXPECT_EQ(*image.Read("/f"), Fill('a', 10000));
}

TEST(Image, ADiskComesBackWithAnOldImage) {
  TestDisk d;
  ASSERT_TRUE(d.fs().MakeDirectory("/dir").ok());
  d.Install("/dir/f", "one");
  ASSERT_TRUE(d.fs().SyncDirectory("/dir").ok());
  ASSERT_TRUE(d.fs().Link("/dir/f", "/also").ok());
  ASSERT_TRUE(d.fs().SyncDirectory("/").ok());
  const DurableImage old = d.disk().SyncedImage();
  d.Install("/dir/f", "two");
  d.Install("/more", "x");
  d.disk().Restore(old);
  d.Remount();
  EXPECT_EQ(d.disk().VisibleImage().Digest(), old.Digest());
  EXPECT_EQ(d.Read("/dir/f"), "one");
  ASSERT_TRUE(d.Open("/also")->WriteAt(0, "ONE").ok());
  EXPECT_EQ(d.Read("/dir/f"), "ONE") << "hard links survive an image";
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/also"), "one");
}

TEST(Image, AWipedDiskIsEmpty) {
  TestDisk d;
  d.Install("/f", "x");
  d.Open("/g");
  d.disk().Wipe();
  d.Remount();
  EXPECT_EQ(d.fs().List("/")->size(), 0u);
  EXPECT_EQ(d.disk().free_bytes(), d.disk().options().capacity_bytes);
}

TEST(Image, IsSyncedAsksAboutBytesAndTheirName) {
  TestDisk d("posix-strict", 1);
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "0123456789").ok());
  EXPECT_FALSE(d.disk().IsSynced("/f", 0, 10));
  ASSERT_TRUE(file->DataSync().ok());
  EXPECT_FALSE(d.disk().IsSynced("/f", 0, 10)) << "its name is not durable";
  ASSERT_TRUE(d.fs().SyncDirectory("/").ok());
  EXPECT_TRUE(d.disk().IsSynced("/f", 0, 10));
  EXPECT_FALSE(d.disk().IsSynced("/f", 5, 6));
  ASSERT_TRUE(file->WriteAt(4, "x").ok());
  EXPECT_TRUE(d.disk().IsSynced("/f", 0, 4));
  EXPECT_FALSE(d.disk().IsSynced("/f", 0, 5));
  EXPECT_FALSE(d.disk().IsSynced("/absent", 0, 0));
}

TEST(Image, AnOracleRecoversACopyWithoutTouchingTheDisk) {
  TestDisk d;
  d.Install("/f", "synced");
  ASSERT_TRUE(d.Open("/f")->WriteAt(0, "x").ok());
  const std::uint64_t trace = d.disk().trace_hash();
  UntimedDisk shadow(TestOptions());
  shadow.disk().Restore(d.disk().SyncedImage());
  auto files = shadow.Mount();
  env::OpenOptions create;
  create.create = true;
  auto file = files->Open("/f", create);
  ASSERT_TRUE((*file)->WriteAt(0, "REPAIR").ok());
  EXPECT_EQ(d.Read("/f"), "xynced");
  EXPECT_EQ(d.disk().trace_hash(), trace);
}

}  // namespace
}  // namespace wringer::sim
