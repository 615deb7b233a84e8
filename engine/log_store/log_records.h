// The log store's records, as payloads of WAL records.
//
//   entry     u8 1, lineage, term, index, u8 entry kind, payload to the end
//   truncate  u8 2, lineage, term and index of the new last entry
//   state     u8 3, lineage, base (term, index), last (term, index); a base
//             before the present one restarts the log there
// Integers are varints. A state record opens every segment and every boot, and
// is how a prefix is dropped; it says all there is to say except the entries.
//
// Lineage = (number of truncations so far, index the latest one kept). It lets
// replay notice a truncation whose record is among the damaged ones.
#ifndef WR_ENGINE_LOG_STORE_LOG_RECORDS_H_
#define WR_ENGINE_LOG_STORE_LOG_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/types.h"

namespace wringer::log_store {

struct Lineage {
  std::uint64_t truncations = 0;
  LogIndex kept{};
  bool operator==(const Lineage&) const = default;
};

enum class RecordKind : std::uint8_t { kEntry = 1, kTruncate = 2, kState = 3 };

struct LogRecord {
  RecordKind kind = RecordKind::kEntry;
  Lineage lineage;
  // kEntry: its place. kTruncate, kState: the last entry's.
  LogPosition last;
  LogPosition base;  // kState
  replication::EntryKind entry_kind = replication::EntryKind::kNoop;
  Slice payload;  // kEntry; points into the decoded bytes
};

// Everything of an entry's record before its payload, appended to `*out`.
void EncodeEntryHead(const Lineage& lineage, const replication::LogEntry& entry,
                     std::string* out);
std::string EncodeTruncate(const Lineage& lineage, LogPosition last);
std::string EncodeState(const Lineage& lineage, LogPosition base,
                        LogPosition last);

// Nothing if the bytes are not one of the above.
std::optional<LogRecord> DecodeRecord(Slice bytes);

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_LOG_RECORDS_H_
