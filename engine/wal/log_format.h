// The bytes of a WAL: segment header and record. README.md beside this file is
// the specification; this is the only code that knows it.
//
// A record's checksum covers its own place (WAL id, segment, file offset), so
// bytes that are intact but not where they were written, left over from an
// older file or misdirected by the disk, never parse as a record.
//
// Everything here is pure: bytes in, values out, nothing yields. Parsing
// accepts any bytes and never fails louder than "this is not one".
#ifndef WR_ENGINE_WAL_LOG_FORMAT_H_
#define WR_ENGINE_WAL_LOG_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/slice.h"
#include "engine/base/strong_int.h"
#include "engine/base/types.h"

namespace wringer::wal {

// Drawn when a WAL is created: no other WAL's bytes are taken for this one's.
using WalId = StrongInt<struct WalIdTag>;
// From 1; grows by one per segment and is never used twice by one WAL.
using SegmentNumber = StrongInt<struct SegmentNumberTag>;

inline constexpr std::uint64_t kSegmentMagic = 0x314745534c415257;  // WRALSEG1
inline constexpr std::uint32_t kFormatVersion = 1;
// The header is written twice, each copy in a physical sector of its own.
inline constexpr std::uint64_t kHeaderCopyBytes = 4096;
inline constexpr std::uint64_t kSegmentHeaderBytes = 2 * kHeaderCopyBytes;
inline constexpr std::uint64_t kRecordHeaderBytes = 16;
// A seal's payload is the number of the next segment.
inline constexpr std::uint64_t kSealBytes = kRecordHeaderBytes + 8;
inline constexpr std::uint64_t kPayloadBytesMax = 1 << 30;

enum class RecordType : std::uint8_t {
  kData = 1,    // the client's bytes
  kPad = 2,     // fills a sector; no meaning
  kMarker = 3,  // only its durable stamp matters
  kSeal = 4,    // "another segment follows"; takes no LSN
};

struct SegmentHeader {
  WalId wal;
  SegmentNumber number;
  // LSN of the first record byte: what all earlier segments hold before it.
  Lsn start;
  // How far the stream was known durable when the segment was created.
  Lsn durable;
  bool operator==(const SegmentHeader&) const = default;
};

// Exactly kSegmentHeaderBytes.
std::string EncodeSegmentHeader(const SegmentHeader& header);
// The first intact copy in the first bytes of a segment, or nothing. Does not
// judge whether the header belongs there.
std::optional<SegmentHeader> DecodeSegmentHeader(Slice segment);

// Whose record, and in which segment: the part of a record's identity that is
// the same for a whole segment, digested once.
class SegmentIdentity {
 public:
  SegmentIdentity() = default;
  SegmentIdentity(WalId wal, SegmentNumber segment);
  std::uint32_t seed() const { return seed_; }

 private:
  std::uint32_t seed_ = 0;
};

// A record parsed in place; `payload` points into the bytes it was parsed from.
struct RecordView {
  RecordType type = RecordType::kData;
  // LSN of this record minus the durable LSN when it was framed.
  std::uint32_t unsynced = 0;
  Slice payload;
  std::uint64_t size() const { return kRecordHeaderBytes + payload.size(); }
};
// Value of `unsynced` for "too far behind to tell".
inline constexpr std::uint32_t kUnsyncedUnknown = 0xffffffff;

struct RecordSpec {
  std::uint64_t file_offset = 0;
  RecordType type = RecordType::kData;
  std::uint64_t unsynced = 0;  // clamped to kUnsyncedUnknown
};

// Appends one record, whose payload is `head` then `body`, to `*out`.
// REQUIRES: their sizes sum to at most kPayloadBytesMax.
void FrameRecord(const SegmentIdentity& identity, const RecordSpec& spec,
                 Slice head, Slice body, std::string* out);

// The record at `file_offset`, whose bytes `rest` begins with; nothing if these
// bytes are not a record written to exactly that place.
std::optional<RecordView> ParseRecord(const SegmentIdentity& identity,
                                      std::uint64_t file_offset, Slice rest);

// "wal-00000012.seg". The reverse accepts exactly what the former makes.
std::string SegmentFileName(SegmentNumber number);
std::optional<SegmentNumber> ParseSegmentFileName(Slice name);

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_LOG_FORMAT_H_
