// What the journaled profiles add: commits every 5 s, delayed allocation, and
// the heuristics for replaced files; and the flusher's manners.
#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

TEST(Journal, NamesAreDurableAfterTheCommitInterval) {
  for (const Slice profile : {"ext4-ordered", "posix-strict"}) {
    TestDisk d(profile, 1);
    d.Open("/f");
    d.untimed().AdvanceTo(11 * kSecond);
    d.PowerLoss(0);
    EXPECT_EQ(d.Exists("/f"), profile == "ext4-ordered") << profile;
  }
}

TEST(Journal, AnyFsyncCommitsAllNames) {
  TestDisk d;
  d.Install("/a", "a");
  d.Open("/new");
  ASSERT_TRUE(d.fs().Rename("/a", "/b").ok());
  ASSERT_TRUE(d.Open("/b")->Sync().ok());
  d.PowerLoss(0);
  EXPECT_TRUE(d.Exists("/new"));
  EXPECT_TRUE(d.Exists("/b"));
}

TEST(Journal, AnOverwriteAndDataSyncCommitsNothingElse) {
  TestDisk d;
  d.Install("/a", "a");
  d.Open("/new");
  auto file = d.Open("/a");
  ASSERT_TRUE(file->WriteAt(0, "b").ok());
  ASSERT_TRUE(file->DataSync().ok());
  d.PowerLoss(0);
  EXPECT_FALSE(d.Exists("/new"));
  EXPECT_EQ(d.Read("/a"), "b");
}

TEST(Journal, DelayedAllocationKeepsOtherFilesShort) {
  TestDisk d;
  d.Install("/a", "a");
  d.Install("/b", "b");
  ASSERT_TRUE(d.Open("/a")->WriteAt(1, "grown").ok());
  auto other = d.Open("/b");
  ASSERT_TRUE(other->WriteAt(1, "grown").ok());
  ASSERT_TRUE(other->Sync().ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/a"), "a");
  EXPECT_EQ(d.Read("/b"), "bgrown");
}

TEST(Journal, NamesPersistInOrder) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    TestDisk d("ext4-ordered", seed);
    d.Open("/1");
    d.Open("/2");
    d.Open("/3");
    d.PowerLoss();
    const auto listed = d.fs().List("/");
    std::string names;
    for (const std::string& name : *listed) names += name;
    seen.insert(names);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "1", "12", "123"}));
}

// Write a new file beside the old one and rename it over, without any sync.
std::set<std::string> ReplaceByRename(Slice profile) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    TestDisk d(profile, seed);
    d.Install("/f", "old");
    EXPECT_TRUE(d.Open("/tmp")->WriteAt(0, "new").ok());
    EXPECT_TRUE(d.fs().Rename("/tmp", "/f").ok());
    d.PowerLoss();
    seen.insert(d.Read("/f"));
  }
  return seen;
}

TEST(Journal, ReplacingByRenameIsForgivenInExt4Only) {
  EXPECT_EQ(ReplaceByRename("ext4-ordered"),
            (std::set<std::string>{"old", "new"}));
  EXPECT_TRUE(ReplaceByRename("xfs-like").contains(""));
  EXPECT_TRUE(ReplaceByRename("posix-strict").contains(""));
}

std::set<std::string> ReplaceByTruncation(Slice profile) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    TestDisk d(profile, seed);
    d.Install("/f", "old");
    env::OpenOptions options;
    options.truncate = true;
    EXPECT_TRUE(d.Open("/f", options)->WriteAt(0, "new").ok());
    d.PowerLoss();
    seen.insert(d.Read("/f"));
  }
  return seen;
}

TEST(Journal, ReplacingByTruncationIsForgivenInExt4Only) {
  EXPECT_EQ(ReplaceByTruncation("ext4-ordered"),
            (std::set<std::string>{"old", "new"}));
  EXPECT_TRUE(ReplaceByTruncation("xfs-like").contains(""));
}

TEST(Journal, ACommitTakesTheForcedDataAlong) {
  TestDisk d;
  d.Install("/f", "old");
  ASSERT_TRUE(d.Open("/tmp")->WriteAt(0, "new").ok());
  ASSERT_TRUE(d.fs().Rename("/tmp", "/f").ok());
  d.untimed().AdvanceTo(11 * kSecond);
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), "new");
}

TEST(Journal, ACommittedTruncationIsExactUnderLaterCrashes) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    TestDisk d("xfs-like", seed);
    d.Install("/f", Fill('a', 3000));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(2000, Fill('b', 3000)).ok());
    ASSERT_TRUE(file->Truncate(2500).ok());
    d.untimed().AdvanceTo(11 * kSecond);
    ASSERT_TRUE(file->WriteAt(2600, Fill('c', 1000)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    ASSERT_GE(now.size(), 2500u);
    ASSERT_EQ(now.substr(0, 2000), Fill('a', 2000));
    ASSERT_EQ(now.find('b', 2500), std::string::npos);
    for (std::size_t i = 2500; i < std::min<std::size_t>(2600, now.size());
         ++i) {
      ASSERT_EQ(now[i], '\0');
    }
  }
}

TEST(Flusher, WritesBackWhatIsDirtyForThirtySeconds) {
  for (const int seconds : {20, 60}) {
    TestDisk d;
    d.Install("/f", "old");
    ASSERT_TRUE(d.Open("/f")->WriteAt(0, "new").ok());
    d.untimed().AdvanceTo(seconds * kSecond);
    d.PowerLoss(0);
    EXPECT_EQ(d.Read("/f"), seconds == 60 ? "new" : "old");
  }
}

TEST(Flusher, WritesBackGrowthAndCommitsItsSize) {
  TestDisk d;
  d.Install("/f", "old");
  ASSERT_TRUE(d.Open("/f")->WriteAt(3, "new").ok());
  d.untimed().AdvanceTo(60 * kSecond);
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), "oldnew");
}

TEST(Flusher, SleepsWhenNothingIsDirty) {
  TestDisk d;
  d.Install("/f", "x");
  d.untimed().AdvanceTo(10 * kSecond);
  const std::uint64_t wakes = d.disk().stats().flusher_wakes;
  d.untimed().AdvanceTo(10'000 * kSecond);
  EXPECT_EQ(d.disk().stats().flusher_wakes, wakes);
}

TEST(Flusher, GoesBackToSleepInEveryProfile) {
  for (const std::string& profile : DiskProfileNames()) {
    TestDisk d(profile, 1);
    d.Install("/f", Fill('x', 5000));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(100, Fill('y', 9000)).ok());
    ASSERT_TRUE(file->Truncate(7000).ok());
    ASSERT_TRUE(file->Truncate(9000).ok());
    ASSERT_TRUE(d.fs().Rename("/f", "/g").ok());
    d.untimed().AdvanceTo(300 * kSecond);
    const std::uint64_t wakes = d.disk().stats().flusher_wakes;
    d.untimed().AdvanceTo(10'000 * kSecond);
    EXPECT_EQ(d.disk().stats().flusher_wakes, wakes) << profile;
  }
}

}  // namespace
}  // namespace wringer::sim
