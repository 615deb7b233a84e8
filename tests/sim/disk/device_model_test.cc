// Service times: one queue per device, presets, limping and stalled disks.
#include "sim/disk/device_model.h"

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

DeviceOptions Preset(Slice name) { return FindDevicePreset(name).value(); }

DeviceOptions Exact(Slice name) {
  DeviceOptions options = Preset(name);
  options.jitter_permille = options.stall_ppm = 0;
  return options;
}

TEST(DeviceModel, VD_29_TwoFilesOnOneDeviceShareItsQueueTwoDevicesDoNot) {
  DeviceOptions options = Exact("sata-ssd");
  options.channels = 1;
  DeviceModel one(options, 1, 1);
  DeviceModel two(options, 1, 2);
  const std::uint64_t other_file = std::uint64_t{2} << 40;
  const Nanos alone = one.Read(0, 0, 4096);
  EXPECT_EQ(one.Read(0, other_file, 4096), 2 * alone);
  EXPECT_EQ(two.Read(0, other_file, 4096), alone);
}

TEST(DeviceModel, ChannelsServeRequestsInParallel) {
  DeviceModel device(Exact("sata-ssd"), 1, 1);
  const Nanos alone = device.Read(0, 0, 4096);
  for (std::uint32_t i = 1; i < device.options().channels; ++i) {
    EXPECT_EQ(device.Read(0, 0, 4096), alone);
  }
  EXPECT_EQ(device.Read(0, 0, 4096), 2 * alone);
}

TEST(DeviceModel, VD_30_ALimpingDiskSlowsReadsWritesAndFlushesAlike) {
  for (const std::string& name : DevicePresetNames()) {
    if (name == "perfect") continue;
    DeviceModel healthy(Exact(name), 1, 1);
    DeviceModel limping(Exact(name), 1, 1);
    limping.SetSlow(1000);
    EXPECT_EQ(limping.Read(0, 0, 4096), 10 * healthy.Read(0, 0, 4096)) << name;
    const Nanos at = kSecond;
    EXPECT_EQ(limping.Write(at, 0, 4096, 1) - at,
              10 * (healthy.Write(at, 0, 4096, 1) - at))
        << name;
    EXPECT_EQ(limping.Flush(2 * at) - 2 * at,
              10 * (healthy.Flush(2 * at) - 2 * at))
        << name;
    EXPECT_EQ(limping.requests_slowed(), 3u);
    EXPECT_GT(limping.delay_total(), 0);
    EXPECT_EQ(healthy.requests_slowed(), 0u);
  }
}

TEST(DeviceModel, PresetsMeetTheirFigures) {
  const auto within = [](Nanos value, Nanos low, Nanos high) {
    return value >= low && value <= high;
  };
  DeviceModel sata(Exact("sata-ssd"), 1, 1);
  EXPECT_TRUE(within(sata.Read(0, 0, 4096), 115'000, 125'000));
  EXPECT_TRUE(
      within(sata.Write(kSecond, 0, 4096, 1) - kSecond, 45'000, 55'000));
  DeviceModel nvme(Exact("nvme-datacenter"), 1, 1);
  EXPECT_TRUE(within(nvme.Read(0, 0, 4096), 70'000, 80'000));
  EXPECT_TRUE(within(nvme.Flush(0), 12'000, 60'000));
  DeviceModel hdd(Exact("hdd-7200"), 1, 1);
  Nanos total = 0;
  Nanos at = 0;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    const Nanos done = hdd.Read(at, i << 40, 4096);
    total += done - at;
    at = done;
  }
  EXPECT_TRUE(within(total / 1000, 12'000'000, 13'500'000)) << total / 1000;
  EXPECT_EQ(DeviceModel(Preset("perfect"), 1, 1).Read(5, 0, 1 << 20), 5);
}

TEST(DeviceModel, SequentialTransferRunsAtTheStatedBandwidth) {
  DeviceModel hdd(Exact("hdd-7200"), 1, 1);
  Nanos at = hdd.Read(0, 0, 1 << 20);
  const Nanos start = at;
  for (std::uint64_t i = 1; i <= 100; ++i) at = hdd.Read(at, i << 20, 1 << 20);
  const double mb_per_s = 100.0 * 1.048576 / (double(at - start) / 1e9);
  EXPECT_NEAR(mb_per_s, 250, 5);
}

TEST(DeviceModel, NoTransferIsFree) {
  DeviceOptions options = Exact("sata-ssd");
  options.read_op = 0;
  EXPECT_GT(DeviceModel(options, 1, 1).Read(0, 0, 1), 0);
}

TEST(DeviceModel, AFlushPaysForWhatIsInTheCache) {
  DeviceOptions options = Exact("nvme-consumer");
  options.flush_max = options.flush_min;
  options.flush_bytes_per_second /= 10;
  DeviceModel empty(options, 1, 1);
  DeviceModel full(options, 1, 1);
  const Nanos at = full.Write(0, 0, 30 << 20, 30);
  EXPECT_GT(full.Flush(at) - at, empty.Flush(at) - at);
}

TEST(DeviceModel, AFullWriteCacheSlowsWrites) {
  DeviceModel hdd(Exact("hdd-7200"), 1, 1);
  const Nanos first = hdd.Write(0, 0, 1 << 20, 1);
  Nanos at = first;
  for (int i = 0; i < 200; ++i) at = hdd.Write(at, 0, 1 << 20, 1);
  const Nanos full = at;
  for (int i = 0; i < 100; ++i) at = hdd.Write(at, 0, 1 << 20, 1);
  EXPECT_GT(at - full, 2 * 100 * first);
}

TEST(DeviceModel, NothingStartsDuringAStall) {
  DeviceModel device(Exact("sata-ssd"), 1, 1);
  device.StallUntil(kSecond);
  EXPECT_GT(device.Read(0, 0, 4096), kSecond);
}

TEST(DeviceModel, AStallDelaysChangesOfNamesToo) {
  TestDisk d;
  d.Install("/f", "x");
  d.disk().StallUntil(3 * kSecond);
  ASSERT_TRUE(d.fs().Rename("/f", "/g").ok());
  EXPECT_GE(d.untimed().now(), 3 * kSecond);
}

TEST(DeviceModel, JitterIsKeyedByRequest) {
  DeviceModel one(Preset("cloud-volume"), 7, 1);
  DeviceModel same(Preset("cloud-volume"), 7, 1);
  DeviceModel other(Preset("cloud-volume"), 7, 2);
  bool differs = false;
  for (int i = 0; i < 20; ++i) {
    const Nanos at = i * kSecond;
    const Nanos done = one.Read(at, 0, 4096);
    EXPECT_EQ(done, same.Read(at, 0, 4096));
    differs |= done != other.Read(at, 0, 4096);
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace wringer::sim
