#include "sim/disk/device_model.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/mul_div.h"

namespace wringer::sim {
namespace {

// bytes / rate in ns, rounded up: no transfer is free.
Nanos TransferTime(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return 0;
  return static_cast<Nanos>(MulDivUp(bytes, kSecond, bytes_per_second));
}

}  // namespace

DeviceModel::DeviceModel(const DeviceOptions& options, std::uint64_t seed,
                         std::uint64_t disk)
    : options_(options),
      jitter_(seed, Purpose("disk.jitter"), disk),
      stall_(seed, Purpose("disk.stall"), disk),
      seek_(seed, Purpose("disk.seek"), disk),
      flush_(seed, Purpose("disk.flush"), disk),
      channels_free_at_(options.channels, 0) {
  WR_CHECK(options.channels > 0);
  WR_CHECK(options.seek_min <= options.seek_max);
  WR_CHECK(options.flush_min <= options.flush_max);
}

Nanos DeviceModel::Stretched(Nanos service) {
  const std::uint64_t ordinal = requests_;
  if (options_.jitter_permille > 0 && service > 0) {
    const Nanos extra =
        jitter_.At(ordinal).Exponential(options_.jitter_permille);
    service += service * extra / 1000;
  }
  if (options_.stall_ppm > 0) {
    RandomDraw draw = stall_.At(ordinal);
    if (draw.Chance(options_.stall_ppm)) {
      service += draw.Exponential(options_.stall_mean);
    }
  }
  return service;
}

Nanos DeviceModel::Run(Nanos at, Nanos service) {
  // The first idle channel, or the one that will be idle first.
  auto channel = channels_free_at_.begin();
  if (*channel > at) {
    channel = std::find_if(channels_free_at_.begin(), channels_free_at_.end(),
                           [at](Nanos free_at) { return free_at <= at; });
  }
  if (channel == channels_free_at_.end()) {
    channel =
        std::min_element(channels_free_at_.begin(), channels_free_at_.end());
  }
  const Nanos ready = std::max(at, *channel);
  const Nanos nominal = Stretched(service);
  *channel = std::max(ready, stalled_until_) + nominal * slow_percent_ / 100;
  ++requests_;
  const Nanos delay = *channel - ready - nominal;
  if (delay > 0) {
    ++requests_slowed_;
    delay_total_ += delay;
  }
  return *channel;
}

Nanos DeviceModel::Position(std::uint64_t address, std::uint64_t bytes) {
  const bool adjacent = address == head_;
  head_ = address + bytes;
  if (adjacent || options_.seek_max == 0) return 0;
  RandomDraw draw = seek_.At(requests_);
  const Nanos seek = draw.Between(options_.seek_min, options_.seek_max);
  const Nanos turn = draw.Between(0, options_.rotation);
  return seek + turn;
}

Nanos DeviceModel::Read(Nanos at, std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t pieces = std::max<std::uint64_t>(
      1, (bytes + options_.request_bytes_max - 1) / options_.request_bytes_max);
  const Nanos position = Position(address, bytes);
  return Run(at, position + options_.read_op * static_cast<Nanos>(pieces) +
                     TransferTime(bytes, options_.read_bytes_per_second));
}

void DeviceModel::Drain(Nanos now) {
  const Nanos passed = now - cache_drained_at_;
  if (passed <= 0) return;
  cache_drained_at_ = now;
  if (cache_dirty_ == 0) return;
  if (options_.flush_bytes_per_second == 0) {
    cache_dirty_ = 0;
    return;
  }
  const std::uint64_t drained =
      MulDiv(static_cast<std::uint64_t>(passed),
             options_.flush_bytes_per_second, kSecond);
  cache_dirty_ -= std::min(drained, cache_dirty_);
}

Nanos DeviceModel::Write(Nanos at, std::uint64_t address, std::uint64_t bytes,
                         std::uint64_t runs) {
  Nanos service = options_.write_op * static_cast<Nanos>(runs) +
                  TransferTime(bytes, options_.write_bytes_per_second);
  if (options_.cache_bytes == 0) {
    service += Position(address, bytes);
    return Run(at, service);
  }
  Drain(at);
  cache_dirty_ += bytes;
  if (cache_dirty_ > options_.cache_bytes) {
    // Room must be made first: as much as this write is over.
    const std::uint64_t over = cache_dirty_ - options_.cache_bytes;
    service += Position(address, bytes) +
               TransferTime(over, options_.flush_bytes_per_second);
    cache_dirty_ = options_.cache_bytes;
  }
  return Run(at, service);
}

Nanos DeviceModel::Flush(Nanos at) {
  Drain(at);
  Nanos service = options_.flush_min;
  if (options_.flush_max > options_.flush_min) {
    service =
        flush_.At(requests_).Between(options_.flush_min, options_.flush_max);
  }
  if (!options_.power_loss_protected) {
    service += TransferTime(cache_dirty_, options_.flush_bytes_per_second);
    cache_dirty_ = 0;
  }
  return Run(at, service);
}

void DeviceModel::Reset() {
  std::fill(channels_free_at_.begin(), channels_free_at_.end(), 0);
  cache_dirty_ = 0;
}

}  // namespace wringer::sim
