#include "engine/log_store/log_records.h"

#include "engine/base/coding.h"

namespace wringer::log_store {
namespace {

void PutHead(Writer* w, RecordKind kind, const Lineage& lineage) {
  w->U8(static_cast<std::uint8_t>(kind));
  w->Varint(lineage.truncations);
  w->Id(lineage.kept);
}

void PutPosition(Writer* w, LogPosition position) {
  w->Id(position.term);
  w->Id(position.index);
}

LogPosition GetPosition(Reader* r) {
  LogPosition position;
  position.term = r->As<Term>();
  position.index = r->As<LogIndex>();
  return position;
}

bool GetEntry(Reader* r, LogRecord* out) {
  out->last = GetPosition(r);
  const std::uint8_t kind = r->U8();
  out->entry_kind = static_cast<replication::EntryKind>(kind);
  out->payload = r->Raw(r->remaining());
  return kind <= static_cast<std::uint8_t>(replication::EntryKind::kConfig) &&
         out->last.index.value() > 0;
}

}  // namespace

void EncodeEntryHead(const Lineage& lineage, const replication::LogEntry& entry,
                     std::string* out) {
  Writer w(out);
  PutHead(&w, RecordKind::kEntry, lineage);
  PutPosition(&w, entry.position());
  w.U8(static_cast<std::uint8_t>(entry.kind));
}

std::string EncodeTruncate(const Lineage& lineage, LogPosition last) {
  std::string out;
  Writer w(&out);
  PutHead(&w, RecordKind::kTruncate, lineage);
  PutPosition(&w, last);
  w.Flush();
  return out;
}

std::string EncodeState(const Lineage& lineage, LogPosition base,
                        LogPosition last) {
  std::string out;
  Writer w(&out);
  PutHead(&w, RecordKind::kState, lineage);
  PutPosition(&w, base);
  PutPosition(&w, last);
  w.Flush();
  return out;
}

std::optional<LogRecord> DecodeRecord(Slice bytes) {
  Reader r(bytes);
  LogRecord out;
  const std::uint8_t kind = r.U8();
  out.kind = static_cast<RecordKind>(kind);
  out.lineage.truncations = r.Varint();
  out.lineage.kept = r.As<LogIndex>();
  bool known = true;
  switch (out.kind) {
    case RecordKind::kEntry:
      known = GetEntry(&r, &out);
      break;
    case RecordKind::kTruncate:
      out.last = GetPosition(&r);
      break;
    case RecordKind::kState:
      out.base = GetPosition(&r);
      out.last = GetPosition(&r);
      known = out.base.index <= out.last.index;
      break;
    default:
      known = false;
  }
  if (!known || !r.done()) return std::nullopt;
  return out;
}

}  // namespace wringer::log_store
