// What the replicas of a primary-backup group say to each other.
#ifndef WR_ENGINE_REPLICATION_PRIMARY_BACKUP_MESSAGES_H_
#define WR_ENGINE_REPLICATION_PRIMARY_BACKUP_MESSAGES_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/types.h"

namespace wringer::replication::primary_backup {

// Primary to backup: log shipping, heartbeat and the probe of a strong read.
struct Append {
  LogPosition prev;         // the entry before the first of `entries`
  LogIndex safe;            // entries up to here may be executed
  std::uint64_t round = 0;  // the newest read round; 0 none
  std::vector<LogEntry> entries;
};

// Backup to primary. Positions say how far the backup agrees with the
// primary's log of this epoch.
struct Ack {
  LogIndex written;  // a promise: survives a crash of the process
  LogIndex durable;  // a promise: leaves only when it is true on disk
  LogIndex applied;
  std::uint64_t round = 0;  // of the Append answered
};

// Backup to primary: `Append.prev` does not match.
struct Reject {
  LogIndex rejected;  // Append.prev.index
  LogPosition hint;   // the logs may agree here
  // The hint is the base of the backup's log: there or nowhere.
  bool at_base = false;
  // The logs part below what this backup has executed: only the primary's
  // whole state can help.
  bool needs_snapshot = false;
  // The sender has lost its disk: what it acknowledged before is void.
  bool forgot = false;
};

// Anyone to a sender of an older epoch.
struct Stale {};

struct SnapshotChunk {
  LogPosition at;
  std::uint64_t offset = 0;
  bool last = false;
  // The base of the receiver's log is not in the sender's: what the receiver
  // has executed has to go.
  bool diverged = false;
  std::string bytes;
};
struct SnapshotAck {
  LogPosition at;
  std::uint64_t next_offset = 0;
  bool installed = false;
};

// Backup to primary: how far must I have executed to be as fresh as you are
// now? For bounded reads.
struct FreshAsk {
  std::uint64_t id = 0;  // of this life of the backup
};
// The answer, once the primary has proved that it still is one.
struct FreshAnswer {
  std::uint64_t id = 0;
  LogIndex index;
};

struct Message {
  Term epoch;  // the sender's
  std::variant<Append, Ack, Reject, Stale, SnapshotChunk, SnapshotAck, FreshAsk,
               FreshAnswer>
      body;
};

void Encode(const Message& message, std::string* out);
// The Append of entries [prev.index + 1, to] straight from the log.
void EncodeAppend(Term epoch, const Append& head, const LogView& log,
                  LogIndex to, std::string* out);
// kInvalidArgument on anything that Encode did not make.
absl::Status Decode(Slice bytes, Message* message);

}  // namespace wringer::replication::primary_backup

#endif  // WR_ENGINE_REPLICATION_PRIMARY_BACKUP_MESSAGES_H_
