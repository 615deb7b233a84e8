#include "engine/membership/heartbeat_detector.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/marks.h"

namespace wringer::membership {
namespace {

using Kind = DetectorOptions::Kind;

// There is nothing to say but that one is there.
constexpr Slice kHeartbeat = "h";

}  // namespace

HeartbeatDetector::HeartbeatDetector(const DetectorOptions& options)
    : options_(options) {
  WR_CHECK(options.kind == Kind::kTimeout || options.kind == Kind::kPhi);
  for (NodeId node : options_.members) {
    if (node == options_.self) continue;
    peers_.emplace(node, options_.interval);
  }
}

Nanos HeartbeatDetector::tick_every() const {
  return std::max<Nanos>(options_.interval / 2, 1);
}

void HeartbeatDetector::Start(Nanos now, Incarnation, Output* out) {
  for (auto& [node, peer] : peers_) {
    // Everybody is given the benefit of the doubt, and its first interval.
    peer.heard_at = now;
    peer.arrivals.OnArrival(now);
  }
  next_heartbeat_ = now;
  OnTick(now, out);
}

void HeartbeatDetector::OnTick(Nanos now, Output* out) {
  for (auto& [node, peer] : peers_) {
    if (peer.suspected || !Silent(peer, now)) continue;
    WR_MARK(kDetectorSuspects);
    peer.suspected = true;
    out->changes.push_back({node, false});
  }
  if (now < next_heartbeat_) return;
  next_heartbeat_ = now + options_.interval;
  for (const auto& [node, peer] : peers_) {
    out->sends.emplace_back(node, kHeartbeat);
  }
}

void HeartbeatDetector::OnMessage(Nanos now, NodeId from, Slice body,
                                  Output* out) {
  const auto it = peers_.find(from);
  if (it == peers_.end() || body != kHeartbeat) return;
  Peer& peer = it->second;
  peer.heard_at = now;
  peer.arrivals.OnArrival(now);
  if (!peer.suspected) return;
  WR_MARK(kDetectorRefuted);
  peer.suspected = false;
  out->changes.push_back({from, true});
}

bool HeartbeatDetector::Suspects(NodeId peer) const {
  const auto it = peers_.find(peer);
  return it != peers_.end() && it->second.suspected;
}

bool HeartbeatDetector::Silent(const Peer& peer, Nanos now) const {
  if (options_.kind == Kind::kPhi) {
    return peer.arrivals.Phi(now) >= options_.phi * kPhiUnit;
  }
  return now - peer.heard_at >= options_.timeout;
}

}  // namespace wringer::membership
