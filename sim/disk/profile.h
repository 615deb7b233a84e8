// Which file system this is: the ordering edges between persist units.
//
// All profiles share one mechanism (README.md); a profile only says which
// units must be durable before which others. Behaviour of real systems in the
// comments follows the kernel's own option descriptions.
#ifndef WR_SIM_DISK_PROFILE_H_
#define WR_SIM_DISK_PROFILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::sim {

// What a failed write-back leaves behind (Rebello et al., "Can Applications
// Recover from fsync Failures?", ATC 2020).
enum class SyncFailure : std::uint8_t {
  kCleanButLost,  // page marked clean, new bytes until eviction (ext4, XFS)
  kReverts,       // cache goes back to the last durable bytes (Btrfs)
  kStaysDirty,    // a retry really retries (ZFS, FreeBSD)
  kSticky,        // every later sync of the file fails until the next mount
};

struct DiskProfile {
  std::string name;
  // Every unit before every later one: only prefixes survive.
  bool total_order = false;
  // Names and sizes form one journal: committed in order, all together, every
  // `commit_interval` and at any sync that needs metadata.
  bool journal = false;
  // A file's growth joins the journal only when its data has been written back
  // (delayed allocation), so syncing one file does not grow another.
  bool delayed_size = false;
  // Data that extends a file is durable before its new size is.
  bool data_before_size = false;
  // Replacing a file by rename, or by truncation to zero and rewriting, forces
  // the new data before that journal commit (auto_da_alloc).
  bool replace_forces_data = false;
  // A size that survived without its data may show stale bytes, not zeros.
  bool stale_tail = false;
  // Damaged file data is noticed: it reads as an error, never as bytes.
  bool checksummed = false;
  // An overwrite of an aligned block of this many bytes is atomic; 0: of a
  // logical sector.
  std::uint32_t atomic_bytes = 0;
  SyncFailure sync_failure = SyncFailure::kCleanButLost;
  // 0: names become durable by directory syncs only.
  Nanos commit_interval = 0;
  Nanos expire = 30 * kSecond;  // dirty for longer: written back
  Nanos flusher_wake = 5 * kSecond;
};

// kNotFound if there is no such profile.
absl::StatusOr<DiskProfile> FindDiskProfile(Slice name);
// In the order of README.md: ext4-ordered first.
std::vector<std::string> DiskProfileNames();

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_PROFILE_H_
