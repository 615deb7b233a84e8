// How one follower is brought the leader's log: what was sent, what may be sent
// next, and what its answers tell of where the two logs agree.
//
// Three states, as in etcd's raft (package tracker): probing, one message at a
// time until the follower agrees with its `prev`; streaming, up to a window of
// messages; and snapshot, while it is rebuilt and nothing is shipped.
#ifndef WR_ENGINE_REPLICATION_SHIPPING_H_
#define WR_ENGINE_REPLICATION_SHIPPING_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/replicator.h"
#include "engine/replication/retransmission.h"

namespace wringer::replication {

struct ShipLimits {
  std::size_t window = 1;   // messages with entries, unanswered
  std::size_t bytes = 0;    // of payload in one, about
  std::size_t entries = 0;  // in one
};

struct Shipping {
  // Sends [next, upto]; nothing but `prev` if upto < next.
  using SendUpto = absl::FunctionRef<void(LogIndex upto)>;

  // Sends what the window allows. Entries that are in memory no more are asked
  // for (Ready::fetches). With `probe` at least one message leaves, empty if
  // need be. REQUIRES: not snapshotting, next > log.base().index.
  void Ship(NodeId to, const LogView& log, const ShipLimits& limits, bool probe,
            Ready& ready, SendUpto send);
  // [next, upto] has left. REQUIRES: upto >= next.
  void NoteSent(LogIndex upto);
  // What was asked for has been read. False if the log has moved on meanwhile.
  bool OnFetched(const LogView& log, const std::vector<LogEntry>& entries);
  // At every heartbeat: if no answer came for long enough, what is in flight
  // counts as lost, of a snapshot, too.
  void OnHeartbeat(NodeId to, LogIndex last, std::size_t chunk_bytes,
                   Ready& ready);

  // It accepted entries up to `accepted` and holds them durably up to
  // `durable`, which agrees with the leader's log.
  void OnAccepted(LogIndex accepted, LogIndex durable);
  // It does not hold `rejected`; the logs may meet at `hint`. False if that
  // answers nothing that is still asked: a late answer must not undo what later
  // ones told.
  bool OnRejected(LogIndex rejected, LogPosition hint, const LogView& log);

  // REQUIRES: not snapshotting.
  void BeginSnapshot(NodeId to, std::size_t chunk_bytes, Ready& ready);
  // It holds the image up to `offset`, and gets the next part; nothing happens
  // if it told so before. REQUIRES: snapshotting.
  void ContinueSnapshot(NodeId to, std::uint64_t offset,
                        std::size_t chunk_bytes, Ready& ready);
  // It has installed the image, which ends at `upto`. REQUIRES: snapshotting.
  void EndSnapshot(LogIndex upto);

  // Durable at the follower and agreeing with the leader's log. Goes back only
  // when the follower has lost it.
  LogIndex match;
  // Next index to send. Entries in (match, next) are in flight.
  // Invariant: match < next.
  LogIndex next{1};
  // Where the logs agree is not known, or an answer is overdue: one message at
  // a time, so that a silent follower is not flooded, and always with the same
  // `prev`, so that an answer to an older question is told from one to this.
  bool probing = true;
  LogIndex asked_upto;  // end of what went along with the question; 0: nothing
  // Ends of the messages with entries that are not known to have arrived,
  // ascending. An answer that tells of none of them makes no room in the
  // window: else what the network duplicates, and what is answered after it was
  // sent again, would each send one more, and a slow link never drained.
  std::deque<LogIndex> flying;
  bool fetching = false;  // older entries are being read for it
  bool snapshotting = false;
  LogPosition snapshot_at;  // 0 until the first part is read
  std::uint64_t snapshot_offset = 0;
  // The part there was sent again: the answer may be that less is held, by a
  // follower that started again. Unasked that is an answer of long ago.
  bool part_sent_again = false;
  Retransmission retransmission;
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_SHIPPING_H_
