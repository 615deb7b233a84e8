// Bytes of log entries and positions, shared by the messages of log models.
#ifndef WR_ENGINE_REPLICATION_ENTRY_CODEC_H_
#define WR_ENGINE_REPLICATION_ENTRY_CODEC_H_

#include <vector>

#include "engine/base/coding.h"
#include "engine/replication/log_view.h"
#include "engine/replication/types.h"

namespace wringer::replication {

void EncodePosition(LogPosition position, Writer& w);
LogPosition DecodePosition(Reader& r);

// A run of contiguous entries; indexes are implied by the position before the
// first. REQUIRES: entries are contiguous.
void EncodeEntries(const std::vector<LogEntry>& entries, Writer& w);
// The same bytes straight from the log: entries [from, to], none if to < from.
void EncodeEntries(const LogView& log, LogIndex from, LogIndex to, Writer& w);
// Entries following `prev`. Fails the reader on terms that go back, an unknown
// kind or an index that overflows.
std::vector<LogEntry> DecodeEntries(Reader& r, LogPosition prev);

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_ENTRY_CODEC_H_
