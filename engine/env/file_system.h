// The node's disk, with POSIX semantics: the rules of the page cache, not of a
// friendlier world.
//
// Visibility is immediate for every handle of the node. Durability is not:
//   * Written bytes survive a process crash at once and a power loss only after
//     Sync or DataSync of that file.
//   * A created, renamed or removed name survives a power loss only after
//     SyncDirectory of its directory (both directories for a cross-directory
//     rename). Syncing a file promises nothing about its name.
//   * Closing (destroying) a file syncs nothing.
//   * Unsynced writes may persist in any order, sector by sector; Rename is
//     atomic: afterwards the target is the old or the new file.
//   * After a failed sync the unsynced suffix is unknown and must never be
//     trusted again: the next sync may succeed without having written it.
//
// Errors: kNotFound, kAlreadyExists, kResourceExhausted (no space: nothing or a
// prefix was written), kDataLoss (media error on read), kUnavailable (an I/O
// error whose effect is unknown), kInvalidArgument (our own misuse). Paths are
// absolute, '/'-separated. Every call on File and FileSystem may yield unless
// it says otherwise, so all of them belong on a fiber. Crash: the caller is
// unwound at the call; whether the effect took place follows the rules above.
#ifndef WR_ENGINE_ENV_FILE_SYSTEM_H_
#define WR_ENGINE_ENV_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"

namespace wringer::env {

struct OpenOptions {
  bool create = false;     // create if absent
  bool exclusive = false;  // with create: kAlreadyExists if present
  bool truncate = false;   // drop the contents
  bool read_only = false;
  bool direct = false;  // bypass the page cache: sector-aligned, no read-ahead
  bool data_sync = false;  // every write is durable when it returns (O_DSYNC)
};

enum class Advice : std::uint8_t {
  kNormal,
  kSequential,
  kRandom,
  kWillNeed,
  kDontNeed
};

class File {
 public:
  virtual ~File() = default;  // closes; does not sync, does not yield

  // Reads up to `n` bytes at `offset` into `*out` (replaced). Fewer bytes mean
  // end of file. kDataLoss on a media error.
  virtual absl::Status ReadAt(std::uint64_t offset, std::size_t n,
                              std::string* out) = 0;
  // Writes `bytes` at `offset`, extending the file; a gap reads as zeros.
  // On an error a prefix may have been written.
  virtual absl::Status WriteAt(std::uint64_t offset, Slice bytes) = 0;
  virtual absl::Status Truncate(std::uint64_t size) = 0;
  // Reserves space, so that later writes below `size` do not fail for space.
  virtual absl::Status Allocate(std::uint64_t size) = 0;
  // fsync and fdatasync. On success all earlier writes are durable.
  virtual absl::Status Sync() = 0;
  virtual absl::Status DataSync() = 0;
  // Does not yield.
  virtual std::uint64_t Size() const = 0;
  // Does not yield; a hint.
  virtual void Advise(Advice advice) = 0;
};

struct FileStat {
  std::uint64_t size = 0;
  bool is_directory = false;
};

// What the device under the file system admits to.
struct DeviceInfo {
  std::uint32_t logical_sector = 512;
  std::uint32_t physical_sector = 4096;  // promised to be written atomically
  bool power_safe_overwrite = true;      // bytes beside a write are never hurt
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(Slice path,
                                                     const OpenOptions&) = 0;
  // The file lives on until its last handle is closed; gone after any crash.
  virtual absl::Status Remove(Slice path) = 0;
  // Replaces `to` atomically if it exists.
  virtual absl::Status Rename(Slice from, Slice to) = 0;
  virtual absl::Status Link(Slice from, Slice to) = 0;
  // kAlreadyExists if present. Parents must exist.
  virtual absl::Status MakeDirectory(Slice path) = 0;
  // Names in `path`, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(Slice path) = 0;
  virtual absl::StatusOr<FileStat> Stat(Slice path) = 0;
  virtual absl::Status SyncDirectory(Slice path) = 0;

  // None of these yields.
  virtual std::uint64_t FreeBytes() const = 0;
  virtual DeviceInfo Device() const = 0;
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_FILE_SYSTEM_H_
