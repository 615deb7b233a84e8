// What the members of a Raft group say to each other.
#ifndef WR_ENGINE_REPLICATION_RAFT_MESSAGES_H_
#define WR_ENGINE_REPLICATION_RAFT_MESSAGES_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/types.h"

namespace wringer::replication::raft {

struct VoteRequest {
  bool pre = false;       // would you vote for me in `term`?
  bool transfer = false;  // the leader asked for it: leases do not forbid
  LogPosition last;       // the candidate's
};
struct VoteReply {
  bool pre = false;
  bool granted = false;
};

// Log shipping, heartbeat and the probe of a read round.
struct Append {
  LogPosition prev;
  LogIndex commit;
  std::uint64_t round = 0;
  std::vector<LogEntry> entries;
};
struct AppendReply {
  bool ok = false;
  // ok: the log agrees with the leader's and is durable up to here: a promise.
  LogIndex match;
  LogIndex rejected;  // !ok: `Append.prev.index`
  LogPosition hint;   // !ok: the logs may agree here
  std::uint64_t round = 0;
  // Non-zero: the sender has lost its disk and forgotten what it promised, and
  // asks to be demoted; names this life.
  std::uint64_t forgot = 0;
};

struct SnapshotChunk {
  LogPosition at;
  std::string membership;  // as of `at`
  std::uint64_t offset = 0;
  bool last = false;
  std::string bytes;
};
struct SnapshotReply {
  LogPosition at;
  std::uint64_t next_offset = 0;
  bool installed = false;
};

struct TimeoutNow {};  // campaign at once

// A follower asks how far a read must wait, and is told.
struct ReadIndexRequest {
  std::uint64_t id = 0;
};
struct ReadIndexReply {
  std::uint64_t id = 0;
  bool ok = false;
  LogIndex index;
};

struct Message {
  Term term;  // the sender's; a pre-vote's is the one it would campaign in
  std::variant<VoteRequest, VoteReply, Append, AppendReply, SnapshotChunk,
               SnapshotReply, TimeoutNow, ReadIndexRequest, ReadIndexReply>
      body;
};

void Encode(const Message& message, std::string* out);
// The Append of entries [prev.index + 1, to] straight from the log.
void EncodeAppend(Term term, const Append& head, const LogView& log,
                  LogIndex to, std::string* out);
// kInvalidArgument on anything that Encode did not make.
absl::Status Decode(Slice bytes, Message* message);

}  // namespace wringer::replication::raft

#endif  // WR_ENGINE_REPLICATION_RAFT_MESSAGES_H_
