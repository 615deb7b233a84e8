// Walks the bytes of one segment and tells records from gaps.
//
// After damage it searches for the next place at which a record parses; since a
// record's checksum covers its place, what it finds there was written there.
// Pure: no file, no judgement whether a gap matters.
#ifndef WR_ENGINE_WAL_SCANNER_H_
#define WR_ENGINE_WAL_SCANNER_H_

#include <cstdint>

#include "engine/base/slice.h"
#include "engine/wal/log_format.h"

namespace wringer::wal {

class SegmentScanner {
 public:
  // `segment` is the file from its first byte and must outlive the scanner;
  // offsets at or beyond `limit` are not looked at.
  SegmentScanner(const SegmentIdentity& identity, Slice segment,
                 std::uint64_t limit);

  // Moves to the next item. False at the end, which a seal also is.
  bool Next();

  // The item: a record, or the gap [begin, end) where none could be read.
  bool is_gap() const { return is_gap_; }
  std::uint64_t begin() const { return begin_; }
  std::uint64_t end() const { return end_; }
  const RecordView& record() const { return record_; }  // REQUIRES: !is_gap()

  // True once the end was reached at a seal.
  bool sealed() const { return sealed_; }

 private:
  bool ParseAt(std::uint64_t offset);

  const SegmentIdentity identity_;
  const Slice bytes_;
  bool is_gap_ = false;
  bool sealed_ = false;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = kSegmentHeaderBytes;
  RecordView record_;
};

// Whether every byte is zero: what an extended but unwritten file reads as.
bool AllZero(Slice bytes);

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_SCANNER_H_
