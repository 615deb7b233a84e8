// How long a device takes: one queue per device, for all its files.
//
// A request goes to the channel that is free first and takes its operation
// cost plus bytes / bandwidth (plus seek and rotation on a disk). Writes are
// acknowledged from the write cache while it has room; a flush costs its base
// plus what is in the cache, unless the cache is protected against power loss.
// Integer nanoseconds; jitter and stalls are keyed draws by request number.
#ifndef WR_SIM_DISK_DEVICE_MODEL_H_
#define WR_SIM_DISK_DEVICE_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::sim {

struct DeviceOptions {
  std::string name;
  std::uint32_t channels = 1;
  std::uint32_t logical_sector = 512;
  std::uint32_t physical_sector = 4096;
  bool power_safe_overwrite = true;  // what the device claims
  Nanos read_op = 0;
  Nanos write_op = 0;
  std::uint64_t read_bytes_per_second = 0;   // 0: no limit
  std::uint64_t write_bytes_per_second = 0;  // 0: no limit
  Nanos seek_min = 0;                        // track to track
  Nanos seek_max = 0;
  Nanos rotation = 0;
  Nanos flush_min = 0;
  Nanos flush_max = 0;
  std::uint64_t flush_bytes_per_second = 0;  // 0: no limit
  std::uint64_t cache_bytes = 0;             // 0: every write goes through
  bool power_loss_protected = false;
  std::uint32_t request_bytes_max = 1 << 20;
  // Service times are stretched by an exponential with this mean.
  std::uint32_t jitter_permille = 0;
  // Rare stalls (garbage collection, retries): chance and mean length.
  std::uint32_t stall_ppm = 0;
  Nanos stall_mean = 0;

  // Whether a completed write survives a power loss without a flush.
  bool writes_are_durable() const {
    return power_loss_protected || cache_bytes == 0;
  }
};

// kNotFound if there is no such preset. `perfect` takes no time at all.
absl::StatusOr<DeviceOptions> FindDevicePreset(Slice name);
std::vector<std::string> DevicePresetNames();

class DeviceModel {
 public:
  DeviceModel(const DeviceOptions& options, std::uint64_t seed,
              std::uint64_t disk);

  // Each takes the request's arrival and returns its completion. `address` is
  // a place on the media: adjacent requests need no seek.
  Nanos Read(Nanos at, std::uint64_t address, std::uint64_t bytes);
  // `runs` is the number of discontiguous pieces.
  Nanos Write(Nanos at, std::uint64_t address, std::uint64_t bytes,
              std::uint64_t runs);
  Nanos Flush(Nanos at);

  // A limping disk: all service times times `percent` / 100.
  void SetSlow(std::uint32_t percent) { slow_percent_ = percent; }
  std::uint32_t slow_percent() const { return slow_percent_; }
  // Nothing starts before `until`.
  void StallUntil(Nanos until) { stalled_until_ = until; }
  Nanos stalled_until() const { return stalled_until_; }
  // Power was lost: the queue and the cache are empty.
  void Reset();

  const DeviceOptions& options() const { return options_; }
  std::uint64_t requests() const { return requests_; }
  // What SetSlow and StallUntil have cost so far.
  std::uint64_t requests_slowed() const { return requests_slowed_; }
  Nanos delay_total() const { return delay_total_; }

 private:
  Nanos Run(Nanos at, Nanos service);
  Nanos Stretched(Nanos service);
  Nanos Position(std::uint64_t address, std::uint64_t bytes);
  void Drain(Nanos now);

  DeviceOptions options_;
  Random jitter_;
  Random stall_;
  Random seek_;
  Random flush_;
  std::vector<Nanos> channels_free_at_;
  std::uint64_t requests_ = 0;
  std::uint64_t head_ = 0;  // address after the last request
  std::uint64_t cache_dirty_ = 0;
  Nanos cache_drained_at_ = 0;
  std::uint32_t slow_percent_ = 100;
  Nanos stalled_until_ = 0;
  std::uint64_t requests_slowed_ = 0;
  Nanos delay_total_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_DEVICE_MODEL_H_
