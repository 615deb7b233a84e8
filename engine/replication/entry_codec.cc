#include "engine/replication/entry_codec.h"

#include <utility>

namespace wringer::replication {

namespace {
// Term, kind and payload length of an entry take at least this many bytes.
constexpr std::size_t kMinEntryBytes = 3;
// No honest log comes near; keeps index arithmetic from overflowing.
constexpr std::uint64_t kMaxIndex = std::uint64_t{1} << 62;

void EncodeEntry(const LogEntry& entry, Writer& w) {
  w.Id(entry.term);
  w.U8(static_cast<std::uint8_t>(entry.kind));
  w.Bytes(entry.payload);
}
}  // namespace

void EncodePosition(LogPosition position, Writer& w) {
  w.Id(position.term);
  w.Id(position.index);
}

LogPosition DecodePosition(Reader& r) {
  LogPosition position;
  position.term = r.As<Term>();
  position.index = r.As<LogIndex>();
  if (position.index.value() > kMaxIndex) r.Fail();
  return position;
}

void EncodeEntries(const std::vector<LogEntry>& entries, Writer& w) {
  w.Varint(entries.size());
  for (const LogEntry& entry : entries) EncodeEntry(entry, w);
}

void EncodeEntries(const LogView& log, LogIndex from, LogIndex to, Writer& w) {
  if (to < from) {
    w.Varint(0);
    return;
  }
  w.Varint(to - from + 1);
  for (LogIndex i = from; i <= to; ++i) EncodeEntry(log.At(i), w);
}

std::vector<LogEntry> DecodeEntries(Reader& r, LogPosition prev) {
  std::vector<LogEntry> entries(r.Count(kMinEntryBytes));
  for (LogEntry& entry : entries) {
    entry.term = r.As<Term>();
    entry.index = prev.index.next();
    const std::uint8_t kind = r.U8();
    if (kind > static_cast<std::uint8_t>(EntryKind::kConfig)) r.Fail();
    entry.kind = static_cast<EntryKind>(kind);

    entry.payload = r.Bytes();
    if (entry.term < prev.term) r.Fail();
    if (!r.ok()) return {};
    prev = entry.position();
  }
  return entries;
}

}  // namespace wringer::replication
