// engine/wal/scanner: records and gaps, in order, without a byte left over.
#include "engine/wal/scanner.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace wringer::wal {
namespace {

const SegmentIdentity kHere(WalId{7}, SegmentNumber{3});

class Segment {
 public:
  Segment() : bytes_(kSegmentHeaderBytes, '\0') {}
  std::uint64_t Add(Slice payload, RecordType type = RecordType::kData) {
    const std::uint64_t at = bytes_.size();
    FrameRecord(kHere, {.file_offset = at, .type = type}, payload, Slice(),
                &bytes_);
    return at;
  }
  std::string bytes_;
};

// "record", "gap 20", ... as the scanner tells them.
std::vector<std::string> Scan(const std::string& bytes,
                              std::uint64_t limit = ~std::uint64_t{0}) {
  std::vector<std::string> out;
  SegmentScanner scanner(kHere, bytes, limit);
  std::uint64_t at = kSegmentHeaderBytes;
  while (scanner.Next()) {
    EXPECT_EQ(scanner.begin(), at);
    at = scanner.end();
    if (scanner.is_gap()) {
      out.push_back("gap " + std::to_string(scanner.end() - scanner.begin()));
    } else {
      const Slice payload = scanner.record().payload;
      out.emplace_back(payload.data(), payload.size());
    }
  }
  if (scanner.sealed()) out.push_back("sealed");
  return out;
}

using Items = std::vector<std::string>;

TEST(SegmentScanner, EmptySegmentHasNothing) {
  EXPECT_EQ(Scan(Segment().bytes_), Items());
  EXPECT_EQ(Scan("short"), Items());
}

TEST(SegmentScanner, TellsRecordsInOrder) {
  Segment s;
  s.Add("a");
  s.Add("bb");
  EXPECT_EQ(Scan(s.bytes_), (Items{"a", "bb"}));
}

TEST(SegmentScanner, FindsTheRecordsBehindADamagedOne) {
  Segment s;
  s.Add("a");
  const std::uint64_t bad = s.Add("bbbb");
  s.Add("c");
  s.bytes_[bad + 4] = '\x7f';  // its length
  EXPECT_EQ(Scan(s.bytes_), (Items{"a", "gap 20", "c"}));
}

TEST(SegmentScanner, TornTailIsOneGap) {
  Segment s;
  s.Add("a");
  s.Add("bbbb");
  s.bytes_.resize(s.bytes_.size() - 3);
  EXPECT_EQ(Scan(s.bytes_), (Items{"a", "gap 17"}));
}

TEST(SegmentScanner, SealEndsTheSegment) {
  Segment s;
  s.Add("a");
  s.Add("", RecordType::kSeal);
  s.Add("never");
  EXPECT_EQ(Scan(s.bytes_), (Items{"a", "sealed"}));
}

TEST(SegmentScanner, LimitHidesWhatLiesBeyond) {
  Segment s;
  s.Add("a");
  const std::uint64_t limit = s.Add("stale");
  EXPECT_EQ(Scan(s.bytes_, limit), (Items{"a"}));
}

}  // namespace
}  // namespace wringer::wal
