// A tiny durable register: what a node must not forget even for a moment.
//
// Beside the replication model's hard state it holds the boot counter and the
// id of the WAL it belongs to, so that a replica that has lived knows it, and a
// disk that comes back empty, or with another node's WAL, is recognised.
//
// The file has two banks of two copies, each copy in a physical sector of its
// own. A put overwrites the bank that does not hold the newest value, in one
// write and one sync. A crash in it may tear that bank, and the other serves;
// a damaged sector costs one copy, and its twin serves. So a single fault never
// brings an older value back: an old vote that reappears is a second vote.
//
//   offset 0      4096     8192     12288
//          bank 0 bank 0   bank 1   bank 1
//
// A copy: u64 magic, u32 format version, u32 payload bytes, u32 CRC-32C of
// (u32 copy number, payload), then the payload:
//   u64 generation, u32 incarnation, u64 WAL id, u8 forgot, u64 meta version,
//   meta bytes.
// Generations grow by one per put; bank = generation mod 2.
#ifndef WR_ENGINE_LOG_STORE_META_CELL_H_
#define WR_ENGINE_LOG_STORE_META_CELL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/file_system.h"
#include "engine/replication/types.h"
#include "engine/wal/log_format.h"

namespace wringer::log_store {

inline constexpr std::uint64_t kMetaCopyBytes = 4096;
inline constexpr std::uint64_t kMetaCopies = 4;
// Limit of Meta::bytes.
inline constexpr std::size_t kMetaBytesMax = 4000;

struct MetaContents {
  // 0: the first boot has not completed; nothing was ever promised.
  Incarnation incarnation{};
  wal::WalId wal{};
  // The disk came back empty, and the replication model has kept nothing since:
  // whatever it does about it may not be known yet.
  bool forgot = false;
  replication::Meta meta{};
  bool operator==(const MetaContents&) const = default;
};

// One copy as bytes; exactly kMetaCopyBytes. REQUIRES: copy < kMetaCopies,
// contents.meta.bytes.size() <= kMetaBytesMax.
std::string EncodeMetaCopy(std::uint32_t copy, std::uint64_t generation,
                           const MetaContents& contents);
struct MetaCopy {
  std::uint64_t generation = 0;
  MetaContents contents;
};
// Nothing if `bytes` are not an intact copy with this number.
std::optional<MetaCopy> DecodeMetaCopy(std::uint32_t copy, Slice bytes);

class MetaCell {
 public:
  // Opens the cell at `path`, or creates it with empty contents, durably and
  // atomically. kDataLoss if the file is there and no copy is intact. On
  // return the contents are durable, wherever they were read from. May yield.
  static absl::StatusOr<std::unique_ptr<MetaCell>> Open(env::FileSystem* files,
                                                        Slice path);

  // The newest contents: the last put, or what was found.
  const MetaContents& contents() const { return contents_; }
  // The file did not exist.
  bool created() const { return created_; }

  // Replaces the contents durably. May yield. After an error the contents on
  // disk are the old or the new ones and every later put is refused.
  absl::Status Put(const MetaContents& contents);

 private:
  MetaCell() = default;
  static absl::Status Create(env::FileSystem* files, Slice path);
  absl::Status Load();
  absl::Status WriteBank();

  std::unique_ptr<env::File> file_;
  MetaContents contents_;
  std::uint64_t generation_ = 0;
  bool created_ = false;
  bool latched_ = false;
};

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_META_CELL_H_
