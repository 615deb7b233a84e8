// The world the design runs in: network, disks, clocks, processors.
//
// A profile sets every other value of its table; keys written beside it win.
#ifndef WR_SIM_SCENARIO_WORLD_SPEC_H_
#define WR_SIM_SCENARIO_WORLD_SPEC_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/types.h"
#include "sim/scenario/target_spec.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

enum class NetworkProfile : std::uint8_t {
  kLan,
  kWan,
  kFlakyWifi,
  kPerfect,  // zero loss, a constant 1 us
};

enum class MessageOrder : std::uint8_t {
  kFifo,  // one connection per directed pair; resets at crashes and partitions
  kAny,   // datagrams
};

// What every directed link has unless `links` says otherwise.
struct LinkQuality {
  Delay latency{80 * kMicrosecond, 160 * kMicrosecond, 20 * kMicrosecond};
  Ppm loss = 0;
  Ppm duplicate = 0;
  Ppm reorder = 0;  // order = "any": share of messages that take a detour
  Nanos reorder_by = 1 * kMillisecond;      // greatest detour
  std::uint64_t bandwidth = 1'250'000'000;  // bytes per second; 0: unlimited
  bool operator==(const LinkQuality&) const = default;
};

// Overrides for the links of `between` (both ways, every pair across the two
// groups) or from `from` to `to` (one way). Later entries win.
struct LinkSpec {
  std::vector<Target> between;  // exactly two, or empty
  std::vector<Target> from;     // with `to`
  std::vector<Target> to;
  std::optional<Delay> latency;
  std::optional<Ppm> loss;
  std::optional<Ppm> duplicate;
  std::optional<Ppm> reorder;
  std::optional<std::uint64_t> bandwidth;
  bool operator==(const LinkSpec&) const = default;
};

struct NetworkSpec {
  NetworkProfile profile = NetworkProfile::kLan;
  MessageOrder order = MessageOrder::kFifo;
  LinkQuality quality;
  std::vector<LinkSpec> links;
  bool operator==(const NetworkSpec&) const = default;
};

// The quality a profile stands for.
LinkQuality QualityOf(NetworkProfile profile);

// Service times and capabilities behind each name: storage.md A.9, sim/disk.
enum class DiskDevice : std::uint8_t {
  kHdd7200,
  kSataSsd,
  kNvmeConsumer,
  kNvmeDatacenter,
  kCloudVolume,
  kPerfect,  // no time passes
};
// Which unsynced effects may survive a power loss without which others.
enum class FileSystemProfile : std::uint8_t { kExt4Ordered, kPosixStrict };
// What becomes of dirty pages whose sync failed (storage.md A.7).
enum class AfterFsyncError : std::uint8_t {
  kCleanButLost,  // ext4, XFS: marked clean, new bytes readable until evicted
  kStaysDirty,    // ZFS, FreeBSD: a retry really retries
  kSticky,        // every later sync of the file fails as well
};

struct DiskSpec {
  DiskDevice device = DiskDevice::kNvmeDatacenter;
  FileSystemProfile file_system = FileSystemProfile::kExt4Ordered;
  std::uint64_t capacity = 1 * kGiB;
  std::uint64_t sector = 512;       // logical sector
  std::uint64_t torn_writes = 512;  // unit a power loss can tear at; 0: none
  AfterFsyncError after_fsync_error = AfterFsyncError::kCleanButLost;
  std::uint64_t page_cache = 64 * kMiB;
  bool operator==(const DiskSpec&) const = default;
};

// Drawn once per node at the start of the run.
struct ClockSpec {
  NanosRange offset{-1 * kMillisecond, 1 * kMillisecond};  // of the wall clock
  PpmRange drift{-50, 50};  // rate error of both clocks
  bool operator==(const ClockSpec&) const = default;
};

// What work costs on a node's one core: constants, never measured.
struct CpuSpec {
  Nanos message = 3 * kMicrosecond;  // per message sent or handled
  Nanos apply = 2 * kMicrosecond;    // per command executed
  Nanos kib = 300;                   // per KiB encoded, decoded or checksummed
  bool operator==(const CpuSpec&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_WORLD_SPEC_H_
