// The whole map in one file, readable only if all of it is there.
//
//   header  u64 magic, u32 format version, u64 number, u64 generation,
//           u64 sequence, u64 WAL id, u32 CRC-32C of the fields before
//   block   u32 payload bytes (> 0), u32 CRC-32C of (u64 number, u64 file
//           offset, payload), payload: (bytes key, bytes value)*
//   footer  u32 0, u64 keys, u64 blocks, u32 CRC-32C of (u64 number, u64 file
//           offset, keys, blocks), u64 magic; then the file ends
// Integers are little-endian; bytes is a varint length and the bytes. Keys
// ascend over the whole file. The number is the one in the file's name, so a
// block of another checkpoint does not pass for one of this.
#ifndef WR_ENGINE_STORAGE_MEMORY_CHECKPOINT_FILE_H_
#define WR_ENGINE_STORAGE_MEMORY_CHECKPOINT_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/file_system.h"
#include "engine/wal/log_format.h"

namespace wringer::storage::memory {

struct CheckpointHeader {
  std::uint64_t number = 0;      // of the file; grows
  std::uint64_t generation = 0;  // of the contents: see journal_record.h
  SequenceNumber sequence{};
  wal::WalId wal{};  // of the journal; 0: none
  bool operator==(const CheckpointHeader&) const = default;
};

// "checkpoint-00000007"; the reverse accepts exactly what the former makes.
std::string CheckpointFileName(std::uint64_t number);
std::optional<std::uint64_t> ParseCheckpointFileName(Slice name);

// Writes one checkpoint, a block at a time.
class CheckpointWriter {
 public:
  // `file` is empty. May yield.
  static absl::StatusOr<std::unique_ptr<CheckpointWriter>> Start(
      std::unique_ptr<env::File> file, const CheckpointHeader& header);
  // REQUIRES: keys ascend. May yield.
  absl::Status Add(Slice key, Slice value);
  // Writes what is left and the footer, and syncs. May yield.
  absl::Status Finish();
  std::uint64_t bytes() const { return offset_ + block_.size(); }

 private:
  CheckpointWriter() = default;
  absl::Status FlushBlock();
  absl::Status Write(Slice bytes);

  std::unique_ptr<env::File> file_;
  std::uint64_t number_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t keys_ = 0;
  std::uint64_t blocks_ = 0;
  std::string block_;
};

// Parses a whole checkpoint, calling `put` per key. kDataLoss, saying where, if
// anything is wrong; `put` may have been called by then. Pure.
absl::StatusOr<CheckpointHeader> ParseCheckpoint(
    Slice bytes, std::uint64_t number,
    absl::FunctionRef<void(Slice key, Slice value)> put);

// Reads `path` and parses it. May yield.
absl::StatusOr<CheckpointHeader> ReadCheckpoint(
    env::FileSystem* files, Slice path, std::uint64_t number,
    absl::FunctionRef<void(Slice key, Slice value)> put);

}  // namespace wringer::storage::memory

#endif  // WR_ENGINE_STORAGE_MEMORY_CHECKPOINT_FILE_H_
