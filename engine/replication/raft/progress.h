// What a Raft leader knows of one member.
#ifndef WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_
#define WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_

#include <cstddef>
#include <cstdint>

#include "engine/base/types.h"
#include "engine/replication/retransmission.h"

namespace wringer::replication::raft {

struct Progress {
  // Durable at the member and agreeing with the leader's log. Never goes back
  // within a term.
  LogIndex match;
  // Next index to send. Entries in (match, next) are in flight.
  // Invariant: match < next.
  LogIndex next{1};
  std::size_t inflight = 0;  // Append messages with entries, unanswered
  // Where the logs agree is not known, or an answer is overdue: one message at
  // a time, so that a silent member is not flooded, and always with the same
  // `prev`, so that an answer to an older question is told from one to this.
  bool probing = true;
  LogIndex asked_upto;  // end of what went along with the question; 0: nothing
  Retransmission retransmission;
  bool fetching = false;          // older entries are being read for it
  std::uint64_t round = 0;        // newest round answered
  bool heard = false;             // answered since the last quorum check
  bool forgot = false;            // lost its disk; its answers decide nothing
  std::uint64_t forgot_life = 0;  // the life that said so
  // Being sent a snapshot: nothing is shipped meanwhile.
  bool snapshotting = false;
  LogPosition snapshot_at;  // 0 until the first part is read
  std::uint64_t snapshot_offset = 0;
};

}  // namespace wringer::replication::raft

#endif  // WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_
