// Failure detectors: who seems to be down. Advice, never authority: it may
// start a failover or an election, or move work elsewhere, but nothing is
// written, read or truncated because of it (replication.md A2.9).
//
//   timeout  everybody sends heartbeats; silent for longer than a fixed time
//   phi      the same heartbeats, judged by their history (phi_estimator.h)
//   swim     a ping to one member at a time, help from others before a
//            suspicion, and gossip (swim_detector.h)
//
// A part: this contract, its implementations beside it, a factory. Pure: the
// inputs are ticks and messages with the time of the node's monotonic clock.
#ifndef WR_ENGINE_MEMBERSHIP_DETECTOR_H_
#define WR_ENGINE_MEMBERSHIP_DETECTOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::membership {

struct DetectorOptions {
  enum class Kind : std::uint8_t { kNone, kTimeout, kPhi, kSwim };
  Kind kind = Kind::kNone;
  NodeId self{};
  std::vector<NodeId> members{};       // ascending, with self
  Nanos interval = 50 * kMillisecond;  // heartbeats; swim: protocol period
  Nanos timeout = 500 * kMillisecond;  // timeout, swim: until it is certain
  std::uint32_t phi = 8;               // phi: suspicion level
  std::uint32_t indirect = 2;          // swim: helpers asked to ping
  std::uint64_t random_key = 0;        // of this node's keyed streams
};

class FailureDetector {
 public:
  struct Change {
    NodeId peer;
    bool alive = false;
    bool operator==(const Change&) const = default;
  };
  struct Output {
    std::vector<std::pair<NodeId, std::string>> sends;
    std::vector<Change> changes;
  };

  virtual ~FailureDetector() = default;
  // First call of a life. `incarnation` is greater than in any former one.
  virtual void Start(Nanos now, Incarnation incarnation, Output* out) = 0;
  // Call every tick_every().
  virtual void OnTick(Nanos now, Output* out) = 0;
  // Garbage is ignored.
  virtual void OnMessage(Nanos now, NodeId from, Slice body, Output* out) = 0;
  virtual bool Suspects(NodeId peer) const = 0;
  virtual Nanos tick_every() const = 0;
};

// Null for kNone: models rely on their own timeouts.
std::unique_ptr<FailureDetector> NewFailureDetector(
    const DetectorOptions& options);

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_DETECTOR_H_
