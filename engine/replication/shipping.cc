#include "engine/replication/shipping.h"

#include <algorithm>

#include "engine/base/check.h"

namespace wringer::replication {

void Shipping::Ship(NodeId to, const LogView& log, const ShipLimits& limits,
                    bool probe, Ready& ready, SendUpto send) {
  WR_CHECK(match < next);
  WR_CHECK(!snapshotting);
  bool sent = false;
  const std::size_t window = probing ? 1 : limits.window;
  while (next <= log.last().index && flying.size() < window && !fetching) {
    if (!log.Cached(next)) {
      fetching = true;
      ready.fetches.push_back({to, next, log.last().index, limits.bytes});
      break;
    }
    const LogIndex upto = log.BatchEnd(next, limits.bytes, limits.entries);
    send(upto);
    NoteSent(upto);
    sent = true;
  }
  if (probe && !sent) send(next.prev());
}

void Shipping::NoteSent(LogIndex upto) {
  WR_CHECK(upto >= next);
  flying.push_back(upto);
  if (probing) {
    asked_upto = upto;
  } else {
    next = upto.next();
  }
}

bool Shipping::OnFetched(const LogView& log,
                         const std::vector<LogEntry>& entries) {
  fetching = false;
  return !entries.empty() && !snapshotting && entries.front().index == next &&
         next > log.base().index && log.Holds(entries.back().position());
}

void Shipping::OnHeartbeat(NodeId to, LogIndex last, std::size_t chunk_bytes,
                           Ready& ready) {
  if (!retransmission.Due(match.value() + snapshot_offset,
                          /*complete=*/match >= last)) {
    return;
  }
  probing = true;
  asked_upto = {};
  flying.clear();
  fetching = false;
  if (match.value() > 0) next = match.next();
  if (!snapshotting) return;
  part_sent_again = true;
  ready.snapshot_reads.push_back(
      {to, snapshot_at, snapshot_offset, chunk_bytes});
}

void Shipping::OnAccepted(LogIndex accepted, LogIndex durable) {
  if (probing && accepted >= next.prev()) {
    // It agrees with what was asked.
    probing = false;
    next = std::max(next, asked_upto.next());
  }
  if (durable > match) {
    probing = false;
    match = durable;
    next = std::max(next, durable.next());
  }
  const LogIndex arrived = std::max(accepted, match);
  while (!flying.empty() && flying.front() <= arrived) flying.pop_front();
}

bool Shipping::OnRejected(LogIndex rejected, LogPosition hint,
                          const LogView& log) {
  const bool late =
      probing ? rejected.next() != next : rejected < match || rejected >= next;
  if (snapshotting || late) return false;
  LogPosition meet = hint;
  if (meet.index >= log.base().index) {
    meet = log.LastAtOrBelow(hint.term, hint.index);
    // Not even at the base: only a snapshot reaches below it.
    if (meet.term > hint.term) meet.index = meet.index.prev();
  }
  // Who acknowledged more, and does not hold it, has lost it.
  if (rejected <= match) match = LogIndex{0};
  next = std::max(match, meet.index).next();
  flying.clear();
  probing = true;
  asked_upto = {};
  return true;
}

void Shipping::BeginSnapshot(NodeId to, std::size_t chunk_bytes, Ready& ready) {
  WR_CHECK(!snapshotting);
  snapshotting = true;
  snapshot_at = {};
  snapshot_offset = 0;
  part_sent_again = false;
  ready.snapshot_reads.push_back({to, {}, 0, chunk_bytes});
}

void Shipping::ContinueSnapshot(NodeId to, std::uint64_t offset,
                                std::size_t chunk_bytes, Ready& ready) {
  WR_CHECK(snapshotting);
  const bool back = offset < snapshot_offset && part_sent_again;
  if (offset <= snapshot_offset && !back) return;
  part_sent_again = false;
  snapshot_offset = offset;
  ready.snapshot_reads.push_back({to, snapshot_at, offset, chunk_bytes});
}

void Shipping::EndSnapshot(LogIndex upto) {
  WR_CHECK(snapshotting);
  snapshotting = false;
  flying.clear();
  next = std::max(match, upto).next();
}

}  // namespace wringer::replication
