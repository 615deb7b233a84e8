#include "engine/wal/scanner.h"

#include <algorithm>
#include <cstddef>

namespace wringer::wal {

SegmentScanner::SegmentScanner(const SegmentIdentity& identity, Slice segment,
                               std::uint64_t limit)
    : identity_(identity), bytes_(segment.substr(0, limit)) {}

bool SegmentScanner::Next() {
  begin_ = end_;
  if (sealed_ || begin_ >= bytes_.size()) return false;
  if (ParseAt(begin_)) {
    is_gap_ = false;
    sealed_ = record_.type == RecordType::kSeal;
    end_ = begin_ + record_.size();
    return !sealed_;
  }
  is_gap_ = true;
  end_ = begin_ + 1;
  while (end_ < bytes_.size() && !ParseAt(end_)) ++end_;
  return true;
}

bool SegmentScanner::ParseAt(std::uint64_t offset) {
  const auto record =
      ParseRecord(identity_, offset, bytes_.substr(offset, Slice::npos));
  if (!record.has_value()) return false;
  record_ = *record;
  return true;
}

bool AllZero(Slice bytes) {
  return std::all_of(bytes.begin(), bytes.end(),
                     [](char c) { return c == '\0'; });
}

}  // namespace wringer::wal
