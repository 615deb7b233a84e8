// The disk in a world: fibers wait for it, a dying node is fenced, and the
// flusher's events come and go.
#include "sim/core/world.h"

#include "sim/core/node_runtime.h"
#include "sim/disk/world_binding.h"
#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

struct Node {
  explicit Node(World* world, Slice device = "sata-ssd")
      : runtime(world, NodeId(1)),
        disk(MakeDisk(world, TestOptions("ext4-ordered", device))) {
    Boot();
  }
  void Boot() {
    runtime.Boot();
    files = MakeFileSystem(disk.get(), &runtime);
  }
  void Die() {
    runtime.Fence();
    disk->PowerLoss();
    runtime.UnwindFibers();
    files.reset();
    runtime.Bury();
  }
  std::unique_ptr<env::File> Open(Slice path) {
    return std::move(files->Open(path, {.create = true})).value();
  }

  NodeRuntime runtime;
  std::unique_ptr<SimDisk> disk;
  std::unique_ptr<env::FileSystem> files;
};

TEST(DiskInWorld, ASyncTakesTheDevicesTime) {
  World world({});
  Node node(&world);
  Nanos done = 0;
  node.runtime.Spawn("writer", [&] {
    auto file = node.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "x").ok());
    EXPECT_EQ(world.now(), 0);
    ASSERT_TRUE(file->DataSync().ok());
    done = world.now();
  });
  world.RunUntil(kSecond);
  EXPECT_GT(done, kMillisecond);
  EXPECT_LT(done, 20 * kMillisecond);
}

TEST(DiskInWorld, AppendAndSyncIsOneEvent) {
  World world({});
  Node node(&world);
  constexpr int kSyncs = 100;
  node.runtime.Spawn("writer", [&] {
    auto file = node.Open("/f");
    for (int i = 0; i < kSyncs; ++i) {
      ASSERT_TRUE(file->WriteAt(file->Size(), Fill('x', 300)).ok());
      ASSERT_TRUE(file->DataSync().ok());
    }
  });
  world.RunUntil(4 * kSecond);
  // One to start the fiber, one a sync.
  EXPECT_LE(world.events_run(), 1u + kSyncs);
  EXPECT_EQ(node.disk->stats().syncs, std::uint64_t(kSyncs));
}

TEST(DiskInWorld, AnIdleDiskSchedulesNothing) {
  World world({});
  Node node(&world);
  node.runtime.Spawn("writer", [&] {
    auto file = node.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "x").ok());
    ASSERT_TRUE(file->Sync().ok());
  });
  world.RunUntil(100 * kSecond);
  EXPECT_EQ(world.events_pending(), 0u);
}

TEST(DiskInWorld, ANodeThatDiesInASyncIsUnwoundAndMayLoseIt) {
  bool lost = false;
  bool kept = false;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    WorldOptions options;
    options.seed = seed;
    World world(options);
    Node node(&world);
    DiskOptions disk = TestOptions("ext4-ordered", "sata-ssd", seed);
    node.files.reset();
    node.disk = MakeDisk(&world, disk);
    node.files = MakeFileSystem(node.disk.get(), &node.runtime);
    bool returned = false;
    node.runtime.Spawn("writer", [&] {
      auto file = node.Open("/f");
      ASSERT_TRUE(file->WriteAt(0, "x").ok());
      file->Sync().IgnoreError();
      returned = true;
    });
    world.RunUntil(100 * kMicrosecond);
    node.Die();
    EXPECT_FALSE(returned);
    EXPECT_TRUE(node.runtime.defects().empty());
    const bool there = node.disk->VisibleImage().Contains("/f");
    kept |= there;
    lost |= !there;
  }
  EXPECT_TRUE(lost);
  EXPECT_TRUE(kept);
}

TEST(DiskInWorld, ACompletedRequestSurvivesThoughItsFiberNeverRan) {
  World world({});
  Node node(&world);
  node.runtime.Spawn("writer", [&] {
    auto file = node.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "x").ok());
    file->Sync().IgnoreError();
  });
  world.RunUntil(10 * kMicrosecond);
  node.runtime.Pause();
  world.RunUntil(kSecond);
  node.runtime.Fence();
  CrashOptions nothing_kept;
  nothing_kept.keep_ppm = 0;
  node.disk->PowerLoss(nothing_kept);
  node.runtime.UnwindFibers();
  node.files.reset();
  node.runtime.Bury();
  EXPECT_TRUE(node.disk->VisibleImage().Contains("/f"));
}

TEST(DiskInWorld, ACallFromADyingIncarnationIsADefect) {
  struct Meddler {
    Node* node;
    std::unique_ptr<env::File> file;
    ~Meddler() { file->WriteAt(0, "evil").IgnoreError(); }
  };
  World world({});
  Node node(&world);
  node.runtime.Spawn("meddler", [&] {
    Meddler meddler{&node, node.Open("/f")};
    ASSERT_TRUE(meddler.file->Sync().ok());
    node.runtime.Sleep(kSecond);
  });
  world.RunUntil(kSecond / 2);
  node.Die();
  EXPECT_EQ(node.runtime.defects().size(), 1u);
  EXPECT_EQ(*node.disk->VisibleImage().Size("/f"), 0u);
}

TEST(DiskInWorld, EqualSeedsGiveEqualDigests) {
  const auto run = [](std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    World world(options);
    NodeRuntime runtime(&world, NodeId(1));
    auto disk =
        MakeDisk(&world, TestOptions("ext4-ordered", "cloud-volume", seed));
    runtime.Boot();
    auto files = MakeFileSystem(disk.get(), &runtime);
    for (int fiber = 0; fiber < 3; ++fiber) {
      runtime.Spawn("writer", [&, fiber] {
        auto file = std::move(files->Open("/" + std::to_string(fiber),
                                          {.create = true}))
                        .value();
        for (int i = 0; i < 50; ++i) {
          file->WriteAt(file->Size(), Fill('x', 700)).IgnoreError();
          file->DataSync().IgnoreError();
        }
      });
    }
    world.RunUntil(60 * kSecond);
    return std::pair(world.digest(), disk->trace_hash());
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

}  // namespace
}  // namespace wringer::sim
