// What the names of devices and file systems stand for. Devices: vendor manuals
// and published measurements as noted in README.md; figures without a source
// are round numbers to be tuned.
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/disk/device_model.h"
#include "sim/disk/profile.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kMebibyte = 1 << 20;

// Rotation is arithmetic: 60 s / 7200. Seek and flush are typical figures.
DeviceOptions Hdd7200() {
  DeviceOptions d;
  d.name = "hdd-7200";
  d.physical_sector = 512;  // 512e: tears at the emulated sector
  d.write_op = 100 * kMicrosecond;
  d.read_bytes_per_second = d.write_bytes_per_second = 250 * kMegabyte;
  d.seek_min = 500 * kMicrosecond;
  d.seek_max = 16'500 * kMicrosecond;
  d.rotation = 8'333 * kMicrosecond;
  d.flush_min = 8 * kMillisecond;
  d.flush_max = 17 * kMillisecond;
  d.flush_bytes_per_second = 100 * kMegabyte;
  d.cache_bytes = 64 * kMebibyte;
  d.jitter_permille = 20;
  d.stall_ppm = 200;
  d.stall_mean = 100 * kMillisecond;
  return d;
}

DeviceOptions SataSsd() {
  DeviceOptions d;
  d.name = "sata-ssd";
  d.channels = 8;
  d.read_op = 113 * kMicrosecond;
  d.write_op = 42 * kMicrosecond;
  d.read_bytes_per_second = 550 * kMegabyte;
  d.write_bytes_per_second = 500 * kMegabyte;
  d.flush_min = 1 * kMillisecond;
  d.flush_max = 5 * kMillisecond;
  d.flush_bytes_per_second = 500 * kMegabyte;
  d.cache_bytes = 32 * kMebibyte;
  d.jitter_permille = 100;
  d.stall_ppm = 50;
  d.stall_mean = 10 * kMillisecond;
  return d;
}

DeviceOptions NvmeConsumer() {
  DeviceOptions d;
  d.name = "nvme-consumer";
  d.channels = 16;
  d.read_op = 69 * kMicrosecond;
  d.write_op = 14 * kMicrosecond;
  d.read_bytes_per_second = 3500 * kMegabyte;
  d.write_bytes_per_second = 3000 * kMegabyte;
  d.flush_min = 900 * kMicrosecond;
  d.flush_max = 5 * kMillisecond;
  d.flush_bytes_per_second = 3000 * kMegabyte;
  d.cache_bytes = 64 * kMebibyte;
  d.jitter_permille = 100;
  d.stall_ppm = 50;
  d.stall_mean = 5 * kMillisecond;
  return d;
}

DeviceOptions NvmeDatacenter() {
  DeviceOptions d;
  d.name = "nvme-datacenter";
  d.channels = 64;
  d.read_op = 74 * kMicrosecond;
  d.write_op = 14 * kMicrosecond;
  d.read_bytes_per_second = 7000 * kMegabyte;
  d.write_bytes_per_second = 4300 * kMegabyte;
  d.flush_min = 12 * kMicrosecond;
  d.flush_max = 60 * kMicrosecond;
  d.cache_bytes = 256 * kMebibyte;
  d.flush_bytes_per_second = 4300 * kMegabyte;
  d.power_loss_protected = true;
  d.jitter_permille = 50;
  d.stall_ppm = 10;
  d.stall_mean = 1 * kMillisecond;
  return d;
}

DeviceOptions CloudVolume() {
  DeviceOptions d;
  d.name = "cloud-volume";
  d.channels = 16;
  d.read_op = 600 * kMicrosecond;
  d.write_op = 600 * kMicrosecond;
  d.read_bytes_per_second = d.write_bytes_per_second = 250 * kMegabyte;
  d.flush_min = 500 * kMicrosecond;
  d.flush_max = 4 * kMillisecond;
  d.flush_bytes_per_second = 250 * kMegabyte;
  d.cache_bytes = 16 * kMebibyte;
  d.jitter_permille = 300;
  d.stall_ppm = 100;
  d.stall_mean = 50 * kMillisecond;
  return d;
}

// Takes no time; its cache is still volatile, so that syncs still matter.
DeviceOptions Perfect() {
  DeviceOptions d;
  d.name = "perfect";
  d.cache_bytes = 1 << 30;
  return d;
}

std::vector<DeviceOptions> AllPresets() {
  return {Hdd7200(),        SataSsd(),     NvmeConsumer(),
          NvmeDatacenter(), CloudVolume(), Perfect()};
}

}  // namespace

absl::StatusOr<DeviceOptions> FindDevicePreset(Slice name) {
  for (DeviceOptions& d : AllPresets()) {
    if (d.name == name) return std::move(d);
  }
  return absl::NotFoundError(absl::StrCat("no device preset \"", name, "\""));
}

std::vector<std::string> DevicePresetNames() {
  std::vector<std::string> names;
  for (DeviceOptions& d : AllPresets()) names.push_back(std::move(d.name));
  return names;
}

// --------------------------------------------------------------- profiles

namespace {

DiskProfile Journaled(Slice name) {
  DiskProfile p;
  p.name = std::string(name);
  p.journal = true;
  p.commit_interval = 5 * kSecond;
  return p;
}

DiskProfile Ext4Ordered() {
  DiskProfile p = Journaled("ext4-ordered");
  p.delayed_size = true;
  p.data_before_size = true;
  p.replace_forces_data = true;
  return p;
}

DiskProfile Ext4Writeback() {
  DiskProfile p = Journaled("ext4-writeback");
  p.replace_forces_data = true;
  p.stale_tail = true;
  return p;
}

// The size is updated when the data I/O completes; there is no heuristic for
// replacement by rename, so an unsynced replacement may come back empty.
DiskProfile XfsLike() {
  DiskProfile p = Journaled("xfs-like");
  p.delayed_size = true;
  p.data_before_size = true;
  return p;
}

DiskProfile CowLike() {
  DiskProfile p = Journaled("cow-like");
  p.delayed_size = true;
  p.data_before_size = true;
  p.checksummed = true;
  p.atomic_bytes = 4096;
  p.sync_failure = SyncFailure::kReverts;
  return p;
}

DiskProfile PosixStrict() {
  DiskProfile p;
  p.name = "posix-strict";
  return p;
}

DiskProfile Prefix() {
  DiskProfile p;
  p.name = "prefix";
  p.total_order = true;
  return p;
}

std::vector<DiskProfile> AllProfiles() {
  return {Ext4Ordered(), PosixStrict(), Ext4Writeback(),
          XfsLike(),     CowLike(),     Prefix()};
}

}  // namespace

absl::StatusOr<DiskProfile> FindDiskProfile(Slice name) {
  for (DiskProfile& p : AllProfiles()) {
    if (p.name == name) return std::move(p);
  }
  return absl::NotFoundError(absl::StrCat("no disk profile \"", name, "\""));
}

std::vector<std::string> DiskProfileNames() {
  std::vector<std::string> names;
  for (DiskProfile& p : AllProfiles()) names.push_back(std::move(p.name));
  return names;
}

}  // namespace wringer::sim
