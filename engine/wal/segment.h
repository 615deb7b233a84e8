// Segment files: names in a directory, creation that survives a power loss,
// and reading that survives bad sectors.
#ifndef WR_ENGINE_WAL_SEGMENT_H_
#define WR_ENGINE_WAL_SEGMENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/env/file_system.h"
#include "engine/wal/log_format.h"

namespace wringer::wal {

std::string SegmentPath(Slice directory, SegmentNumber number);

// Makes `path`, its name durable. REQUIRES: its parent is there and durable.
// May yield.
absl::Status MakeDirectory(env::FileSystem* files, Slice path);
// Likewise, with whatever is missing above it.
absl::Status MakeDirectories(env::FileSystem* files, Slice path);

// Numbers of the segment files in `directory`, ascending. May yield.
absl::StatusOr<std::vector<SegmentNumber>> ListSegments(env::FileSystem* files,
                                                        Slice directory);

// Creates the segment that `header` describes. When it returns, header and
// name are durable, so that a record synced later cannot lose its file. May
// yield. On an error the file may exist without a complete header.
absl::StatusOr<std::unique_ptr<env::File>> CreateSegment(
    env::FileSystem* files, Slice directory, const SegmentHeader& header);

// Says durably, at `offset` of `file`, that segment `next` follows. May yield.
absl::Status SealSegment(env::File* file, const SegmentIdentity& identity,
                         std::uint64_t offset, SegmentNumber next);

// Reads [begin, end) of `file`. Sectors the device cannot read come back as
// zeros, which never parse as a record; fewer bytes mean end of file. Errors
// other than kDataLoss are returned. May yield.
absl::StatusOr<std::string> ReadSalvaging(env::File* file, std::uint64_t begin,
                                          std::uint64_t end);

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_SEGMENT_H_
