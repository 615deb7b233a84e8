#include "engine/node/config_link.h"

#include <algorithm>
#include <utility>

#include "engine/base/marks.h"

namespace wringer::node {

using membership::ConfigReply;
using membership::ConfigRequest;
using membership::LeaseGrant;

ConfigLink::ConfigLink(const NodeOptions& options, env::Env* env,
                       Outbox* outbox, const log_store::LogStore* log,
                       const replication::Replicator* replicator, Host* host)
    : options_(options),
      env_(env),
      outbox_(outbox),
      log_(log),
      replicator_(replicator),
      host_(host) {}

void ConfigLink::Start() {
  if (!options_.config_nodes.empty()) OnTimer(0);
}

void ConfigLink::OnTimer(std::uint64_t cookie) {
  if (stopped_) return;
  redirected_ = false;
  if (++silent_beats_ > kSilentBeats) {
    silent_beats_ = 1;
    target_ = (target_ + 1) % options_.config_nodes.size();
  }
  SendRequest();
  env_->fibers->ArmTimer(options_.config_heartbeat, this, cookie);
}

void ConfigLink::Propose(replication::ConfigPropose propose) {
  propose_ = std::move(propose);
  SendRequest();
}

Nanos ConfigLink::LeaseClock() const {
  return WR_MUTANT(kLeaseOnWallClock) ? env_->clock->Wall()
                                      : env_->clock->Monotonic();
}

void ConfigLink::SendRequest() {
  const replication::Status& status = replicator_->status();
  ConfigRequest request;
  request.from = options_.replication.self;
  if (view_.has_value()) request.known = view_->epoch;
  request.kept = status.kept_epoch;
  request.durable = log_->durable().log;
  request.leads = status.role == replication::Role::kLeader &&
                  status.term.value() == request.known.value();
  request.forgot = status.forgot;
  const bool leases = options_.replication.primary_backup.lease > 0;
  if (leases && request.leads) request.lease_from = LeaseClock();
  request.propose = propose_;
  body_.clear();
  membership::EncodeConfigRequest(request, &body_);
  outbox_->Send(options_.config_nodes[target_], wire::FrameKind::kConfigRequest,
                body_);
}

bool ConfigLink::OnReply(NodeId from, Slice body) {
  const auto& known = options_.config_nodes;
  if (std::find(known.begin(), known.end(), from) == known.end()) return false;
  ConfigReply reply;
  if (!membership::DecodeConfigReply(body, &reply).ok()) return false;
  if (reply.view.epoch == Epoch{0}) {
    FollowRedirect(reply.leader);
    return true;
  }
  silent_beats_ = 0;
  // A member that speaks for the group leads it.
  target_ = static_cast<std::size_t>(
      std::find(known.begin(), known.end(), from) - known.begin());
  if (view_.has_value() && reply.view.epoch < view_->epoch) return true;
  if (propose_.has_value() && reply.view.epoch > propose_->expected) {
    propose_.reset();
  }
  const Nanos lease_until = reply.lease ? LeaseUntil(*reply.lease) : 0;
  const bool news = !view_.has_value() || reply.view != *view_;
  if (!news && lease_until == 0) return true;
  view_ = reply.view;
  host_->Step(replication::ConfigChanged{.view = std::move(reply.view),
                                         .lease_until = lease_until});
  return true;
}

void ConfigLink::FollowRedirect(NodeId leader) {
  const auto& known = options_.config_nodes;
  const auto it = std::find(known.begin(), known.end(), leader);
  if (it == known.end() || redirected_) return;
  redirected_ = true;
  target_ = static_cast<std::size_t>(it - known.begin());
  silent_beats_ = 0;
  SendRequest();
}

Nanos ConfigLink::LeaseUntil(const LeaseGrant& lease) const {
  if (lease.incarnation != outbox_->incarnation()) return 0;
  // Counted from the asking (Gray, Cheriton 1989): the service's promise began
  // no earlier. Shortened by what the two clocks may differ.
  Nanos from = lease.from;
  if (WR_MUTANT(kLeaseFromReceipt)) from = LeaseClock();
  const Nanos margin = lease.length / 1'000'000 * 2 *
                           options_.replication.primary_backup.clock_drift_ppm +
                       1;
  return from + lease.length - margin;
}

}  // namespace wringer::node
