#include "engine/wal/log_format.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/crc32c.h"

namespace wringer::wal {
namespace {

constexpr std::size_t kHeaderFieldBytes = 8 + 4 + 4 * 8;

void PutFixed(char* to, std::uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) to[i] = static_cast<char>(v >> (8 * i));
}

// Checksum of the place and the header fields behind the CRC.
std::uint32_t HeaderCrc(const SegmentIdentity& identity,
                        std::uint64_t file_offset, Slice fields) {
  char place[8];
  PutFixed(place, file_offset, 8);
  return Crc32c(fields, Crc32c(Slice(place, 8), identity.seed()));
}

std::optional<SegmentHeader> DecodeHeaderCopy(Slice copy) {
  Reader r(copy);
  const std::uint64_t magic = r.U64();
  const std::uint32_t version = r.U32();
  SegmentHeader header;
  header.wal = WalId(r.U64());
  header.number = SegmentNumber(r.U64());
  header.start = Lsn(r.U64());
  header.durable = Lsn(r.U64());
  const std::uint32_t crc = r.U32();
  if (!r.ok() || magic != kSegmentMagic || version != kFormatVersion) {
    return std::nullopt;
  }
  if (crc != Crc32c(copy.substr(0, kHeaderFieldBytes))) return std::nullopt;
  return header;
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string copy;
  Writer w(&copy);
  w.U64(kSegmentMagic);
  w.U32(kFormatVersion);
  w.U64(header.wal.value());
  w.U64(header.number.value());
  w.U64(header.start.value());
  w.U64(header.durable.value());
  w.Flush();
  WR_CHECK(copy.size() == kHeaderFieldBytes);
  w.U32(Crc32c(copy));
  w.Flush();
  copy.resize(kHeaderCopyBytes, '\0');
  return copy + copy;
}

std::optional<SegmentHeader> DecodeSegmentHeader(Slice segment) {
  for (std::uint64_t at : {std::uint64_t{0}, kHeaderCopyBytes}) {
    if (at >= segment.size()) break;
    const auto header = DecodeHeaderCopy(segment.substr(at, kHeaderCopyBytes));
    if (header.has_value()) return header;
  }
  return std::nullopt;
}

SegmentIdentity::SegmentIdentity(WalId wal, SegmentNumber segment) {
  std::string bytes;
  Writer w(&bytes);
  w.U64(wal.value());
  w.U64(segment.value());
  w.Flush();
  seed_ = Crc32c(bytes);
}

void FrameRecord(const SegmentIdentity& identity, const RecordSpec& spec,
                 Slice head, Slice body, std::string* out) {
  const std::uint64_t length = head.size() + body.size();
  WR_CHECK(length <= kPayloadBytesMax);
  char header[kRecordHeaderBytes] = {};
  PutFixed(header + 4, length, 4);
  PutFixed(header + 8, std::min<std::uint64_t>(spec.unsynced, kUnsyncedUnknown),
           4);
  header[12] = static_cast<char>(spec.type);
  std::uint32_t crc = HeaderCrc(identity, spec.file_offset,
                                Slice(header + 4, kRecordHeaderBytes - 4));
  crc = Crc32c(body, Crc32c(head, crc));
  PutFixed(header, crc, 4);
  out->append(header, kRecordHeaderBytes);
  out->append(head.data(), head.size());
  out->append(body.data(), body.size());
}

std::optional<RecordView> ParseRecord(const SegmentIdentity& identity,
                                      std::uint64_t file_offset, Slice rest) {
  if (rest.size() < kRecordHeaderBytes) return std::nullopt;
  // The cheap test first: recovery asks this of every byte of a damaged area.
  const auto type = static_cast<std::uint8_t>(rest[12]);
  if (type < 1 || type > 4) return std::nullopt;
  if (rest[13] != 0 || rest[14] != 0 || rest[15] != 0) return std::nullopt;
  Reader r(rest);
  const std::uint32_t crc = r.U32();
  const std::uint64_t length = r.U32();
  RecordView record;
  record.unsynced = r.U32();
  record.type = static_cast<RecordType>(type);
  if (length > rest.size() - kRecordHeaderBytes) return std::nullopt;
  record.payload = rest.substr(kRecordHeaderBytes, length);
  const std::uint32_t want = Crc32c(
      record.payload,
      HeaderCrc(identity, file_offset, rest.substr(4, kRecordHeaderBytes - 4)));
  if (crc != want) return std::nullopt;
  return record;
}

std::string SegmentFileName(SegmentNumber number) {
  return absl::StrFormat("wal-%08d.seg", number.value());
}

std::optional<SegmentNumber> ParseSegmentFileName(Slice name) {
  if (!absl::StartsWith(name, "wal-") || !absl::EndsWith(name, ".seg")) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  if (!absl::SimpleAtoi(name.substr(4, name.size() - 8), &number)) {
    return std::nullopt;
  }
  // One spelling per number: " 1" and "+1" are somebody else's files.
  if (SegmentFileName(SegmentNumber(number)) != name) return std::nullopt;
  return SegmentNumber(number);
}

}  // namespace wringer::wal
