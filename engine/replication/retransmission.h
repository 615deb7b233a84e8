// When to send again what a peer has not acknowledged, counted in heartbeats.
//
// After one heartbeat without an acknowledgement, then after two, four, and so
// on; each heartbeat with one takes a step back. A link that is slower than its
// load holds what was sent in a queue, and sending it again at a fixed pace
// keeps the queue full for ever (Jacobson, "Congestion Avoidance and Control",
// SIGCOMM 1988, section 2: exponential backoff).
#ifndef WR_ENGINE_REPLICATION_RETRANSMISSION_H_
#define WR_ENGINE_REPLICATION_RETRANSMISSION_H_

#include <algorithm>
#include <cstdint>

namespace wringer::replication {

class Retransmission {
 public:
  // Called at every heartbeat. `acknowledged` changes with every
  // acknowledgement that tells something new; `complete`: nothing is left to be
  // acknowledged. True: nothing was heard for long enough, send again.
  bool Due(std::uint64_t acknowledged, bool complete) {
    const bool moved = acknowledged != acknowledged_;
    acknowledged_ = acknowledged;
    if (moved || complete) {
      quiet_ = 0;
      patience_ = std::max(patience_ - 1, 1);
      return false;
    }
    if (++quiet_ < patience_) return false;
    quiet_ = 0;
    patience_ = std::min(2 * patience_, kMostHeartbeats);
    return true;
  }

 private:
  static constexpr int kMostHeartbeats = 64;

  std::uint64_t acknowledged_ = 0;
  int quiet_ = 0;     // heartbeats since something moved or was sent again
  int patience_ = 1;  // so many are borne
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_RETRANSMISSION_H_
