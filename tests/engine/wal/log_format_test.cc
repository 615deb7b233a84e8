// engine/wal/log_format: records parse exactly where they were written.
#include "engine/wal/log_format.h"

#include <string>

#include "gtest/gtest.h"

namespace wringer::wal {
namespace {

const SegmentIdentity kHere(WalId{7}, SegmentNumber{3});

std::string Framed(std::uint64_t offset, Slice payload) {
  std::string bytes;
  FrameRecord(kHere, {.file_offset = offset, .unsynced = 40}, payload, Slice(),
              &bytes);
  return bytes;
}

TEST(LogFormat, RecordParsesBackFromItsPlace) {
  const std::string bytes = Framed(9000, "payload") + "what follows";
  const auto record = ParseRecord(kHere, 9000, bytes);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->payload, "payload");
  EXPECT_EQ(record->type, RecordType::kData);
  EXPECT_EQ(record->unsynced, 40u);
  EXPECT_EQ(record->size(), kRecordHeaderBytes + 7);
}

TEST(LogFormat, HeadAndBodyBecomeOnePayload) {
  std::string bytes;
  FrameRecord(kHere, {.file_offset = 1}, "head+", "body", &bytes);
  EXPECT_EQ(ParseRecord(kHere, 1, bytes)->payload, "head+body");
}

TEST(LogFormat, RecordIsRefusedAtEveryOtherPlace) {
  const std::string bytes = Framed(9000, "payload");
  EXPECT_FALSE(ParseRecord(kHere, 9001, bytes).has_value());
  EXPECT_FALSE(
      ParseRecord(SegmentIdentity(WalId{8}, SegmentNumber{3}), 9000, bytes));
  EXPECT_FALSE(
      ParseRecord(SegmentIdentity(WalId{7}, SegmentNumber{4}), 9000, bytes));
}

TEST(LogFormat, EveryBitFlipAndEveryCutIsRefused) {
  const std::string good = Framed(77, "some payload");
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(ParseRecord(kHere, 77, bad).has_value()) << bit;
  }
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(ParseRecord(kHere, 77, Slice(good).substr(0, n))) << n;
  }
}

TEST(LogFormat, DistanceTooLargeToStoreIsUnknown) {
  std::string bytes;
  FrameRecord(kHere, {.file_offset = 1, .unsynced = std::uint64_t{1} << 40},
              "x", Slice(), &bytes);
  EXPECT_EQ(ParseRecord(kHere, 1, bytes)->unsynced, kUnsyncedUnknown);
}

TEST(LogFormat, HeaderSurvivesTheLossOfEitherCopy) {
  const SegmentHeader header{WalId{1}, SegmentNumber{2}, Lsn{3}, Lsn{3}};
  const std::string good = EncodeSegmentHeader(header);
  ASSERT_EQ(good.size(), kSegmentHeaderBytes);
  EXPECT_EQ(DecodeSegmentHeader(good), header);
  std::string first = good, second = good, both = good;
  first.replace(0, kHeaderCopyBytes, kHeaderCopyBytes, '\0');
  second.resize(kHeaderCopyBytes);
  both[20] = both[kHeaderCopyBytes + 20] = '\x55';
  EXPECT_EQ(DecodeSegmentHeader(first), header);
  EXPECT_EQ(DecodeSegmentHeader(second), header);
  EXPECT_FALSE(DecodeSegmentHeader(both).has_value());
  EXPECT_FALSE(DecodeSegmentHeader("").has_value());
}

TEST(LogFormat, FileNamesHaveOneSpelling) {
  EXPECT_EQ(SegmentFileName(SegmentNumber{12}), "wal-00000012.seg");
  EXPECT_EQ(ParseSegmentFileName("wal-00000012.seg"), SegmentNumber{12});
  const SegmentNumber large{1'234'567'890};
  EXPECT_EQ(ParseSegmentFileName(SegmentFileName(large)), large);
  for (Slice bad : {"wal-12.seg", "wal-+0000012.seg", "wal-00000012.seg.tmp",
                    "wal-.seg", "meta", ""}) {
    EXPECT_FALSE(ParseSegmentFileName(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace wringer::wal
