// Detectors by heartbeat: every member sends one to every other each interval,
// and each judges the others' silence for itself: by a fixed timeout, or by
// phi. The next heartbeat of a suspected member clears it.
#ifndef WR_ENGINE_MEMBERSHIP_HEARTBEAT_DETECTOR_H_
#define WR_ENGINE_MEMBERSHIP_HEARTBEAT_DETECTOR_H_

#include "absl/container/btree_map.h"
#include "engine/membership/detector.h"
#include "engine/membership/phi_estimator.h"

namespace wringer::membership {

class HeartbeatDetector final : public FailureDetector {
 public:
  // REQUIRES: kind is kTimeout or kPhi.
  explicit HeartbeatDetector(const DetectorOptions& options);

  void Start(Nanos now, Incarnation incarnation, Output* out) override;
  void OnTick(Nanos now, Output* out) override;
  void OnMessage(Nanos now, NodeId from, Slice body, Output* out) override;
  bool Suspects(NodeId peer) const override;
  // Often enough to notice a silence soon after it became suspicious.
  Nanos tick_every() const override;

 private:
  struct Peer {
    explicit Peer(Nanos interval) : arrivals(interval) {}
    Nanos heard_at = 0;
    bool suspected = false;
    PhiEstimator arrivals;
  };
  bool Silent(const Peer& peer, Nanos now) const;

  const DetectorOptions options_;
  absl::btree_map<NodeId, Peer> peers_;
  Nanos next_heartbeat_ = 0;
};

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_HEARTBEAT_DETECTOR_H_
