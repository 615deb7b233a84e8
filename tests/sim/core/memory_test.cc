// What a world, an event, a fiber and an idle node cost in memory, and that
// nothing grows in the steady state.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "engine/base/random.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

#if defined(WR_ASAN) || defined(WR_TSAN)
constexpr bool kOwnAllocator = false;  // the sanitizer's counts otherwise
#else
constexpr bool kOwnAllocator = true;
#endif

// Bytes handed out by the allocator now.
std::size_t Allocated() {
  const struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t ResidentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long size = 0;
  unsigned long resident = 0;
  EXPECT_EQ(std::fscanf(file, "%lu %lu", &size, &resident), 2);
  std::fclose(file);
  return resident * std::size_t(::sysconf(_SC_PAGESIZE));
}

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kOwnAllocator) GTEST_SKIP() << "the sanitizer owns the allocator";
  }
  static void Nothing(void*, std::uint64_t) {}
};

struct Target : env::TimerTarget {
  void OnTimer(std::uint64_t) override {}
};

TEST_F(MemoryTest, AnEmptyWorldIsSmall) {
  const std::size_t before = Allocated();
  const auto world = std::make_unique<World>(WorldOptions{});
  const std::size_t bytes = Allocated() - before;
  std::printf("fixed per world: %zu bytes\n", bytes);
  EXPECT_LE(bytes, 64u * 1024);
}

TEST_F(MemoryTest, APendingEventCostsAtMost80Bytes) {
  constexpr std::size_t kEvents = 100'000;
  World world(WorldOptions{});
  const std::size_t before = Allocated();
  for (std::size_t i = 0; i < kEvents; ++i) {
    world.Schedule({.at = Nanos(i * 1000), .fn = &Nothing});
  }
  const std::size_t bytes = (Allocated() - before) / kEvents;
  std::printf("pending event: %zu bytes\n", bytes);
  EXPECT_LE(bytes, 80u);
}

TEST_F(MemoryTest, AParkedFiberCostsAtMost12Kibibytes) {
  constexpr std::size_t kFibers = 1000;
  World world(WorldOptions{});
  NodeRuntime node(&world, NodeId{1});
  node.Boot();
  for (std::size_t i = 0; i < kFibers; ++i) {
    node.Spawn("parked", [&node] { node.Park(); });
  }
  const std::size_t heap_before = Allocated();
  world.RunUntil(1);
  const std::size_t heap = Allocated() - heap_before;
  const std::size_t resident = world.fibers().stacks().resident_bytes();
  const std::size_t bytes = (resident + heap) / kFibers;
  std::printf("parked fiber: %zu bytes resident\n", bytes);
  EXPECT_LE(bytes, 12u * 1024);
}

TEST_F(MemoryTest, AnIdleNodeIsSmall) {
  World world(WorldOptions{});
  std::vector<std::unique_ptr<NodeRuntime>> nodes;
  nodes.reserve(100);
  const std::size_t before = Allocated();
  for (std::uint32_t i = 1; i <= 100; ++i) {
    nodes.push_back(std::make_unique<NodeRuntime>(&world, NodeId{i}));
    nodes.back()->Boot();
  }
  const std::size_t bytes = (Allocated() - before) / 100;
  std::printf("idle node, kernel's share: %zu bytes\n", bytes);
  EXPECT_LE(bytes, 4u * 1024);
}

TEST_F(MemoryTest, TenMillionCancelsLeaveTheMemoryFlat) {
  constexpr std::size_t kTimers = 1000;
  World world(WorldOptions{});
  NodeRuntime node(&world, NodeId{1});
  node.Boot();
  Target target;
  std::vector<env::TimerId> timers(kTimers);
  RandomStream random(1, Purpose("test.memory"));
  for (env::TimerId& timer : timers) {
    timer = node.ArmTimer(kSecond, &target, 0);
  }
  const auto churn = [&](int times) {
    for (int i = 0; i < times; ++i) {
      env::TimerId& timer = timers[random.Below(kTimers)];
      ASSERT_TRUE(node.CancelTimer(timer));
      timer = node.ArmTimer(kSecond, &target, 0);
    }
  };
  churn(1000);
  const std::size_t resident = ResidentBytes();
  const std::size_t allocated = Allocated();
  churn(10'000'000);
  EXPECT_EQ(Allocated(), allocated) << "arming allocates nothing";
  EXPECT_LE(ResidentBytes(), resident + 64 * 1024);
  EXPECT_EQ(world.events_pending(), kTimers);
}

TEST_F(MemoryTest, TheSteadyStateAllocatesNothing) {
  World world(WorldOptions{.digest_mark_shift = 40});
  NodeRuntime node(&world, NodeId{1});
  node.Boot();
  node.Spawn("sleeper", [&node] {
    for (;;) node.Sleep(kMicrosecond);
  });
  world.RunUntil(kMillisecond);
  const std::size_t allocated = Allocated();
  world.RunUntil(kSecond);
  EXPECT_EQ(Allocated(), allocated);
  EXPECT_GT(world.events_run(), 999'000u);
}

TEST_F(MemoryTest, ACrashGivesEverythingBack) {
  World world(WorldOptions{});
  NodeRuntime node(&world, NodeId{1});
  Target target;
  const auto live_and_die = [&] {
    node.Boot();
    for (int i = 0; i < 1000; ++i) {
      node.Spawn("worker", [&node] { node.Park(); });
      node.ArmTimer(kSecond, &target, 0);
    }
    world.RunUntil(world.now() + 1);
    node.Fence();
    node.UnwindFibers();
    node.Bury();
  };
  live_and_die();  // tables and stacks grow once
  const std::size_t allocated = Allocated();
  live_and_die();
  EXPECT_EQ(Allocated(), allocated);
  EXPECT_EQ(world.events_pending(), 0u);
  EXPECT_EQ(world.fibers().live(), 0u);
}

}  // namespace
}  // namespace wringer::sim
