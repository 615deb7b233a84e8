#include "engine/node/config_link.h"

#include <algorithm>
#include <utility>

#include "engine/membership/config_messages.h"

namespace wringer::node {

using membership::ConfigReply;
using membership::ConfigRequest;

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
  SendRequest();
  env_->fibers->ArmTimer(options_.config_heartbeat, this, cookie);
}

void ConfigLink::Propose(replication::ConfigPropose propose) {
  propose_ = std::move(propose);
  SendRequest();
}

void ConfigLink::SendRequest() {
  const replication::Status& status = replicator_->status();
  ConfigRequest request;
  request.from = options_.replication.self;
  if (view_.has_value()) request.known = view_->epoch;
  request.durable = log_->durable().log;
  request.leads = status.role == replication::Role::kLeader &&
                  status.term.value() == request.known.value();
  request.propose = propose_;
  body_.clear();
  membership::EncodeConfigRequest(request, &body_);
  for (const NodeId to : options_.config_nodes) {
    outbox_->Send(to, wire::FrameKind::kConfigRequest, body_);
  }
}

bool ConfigLink::OnReply(NodeId from, Slice body) {
  const auto& known = options_.config_nodes;
  if (std::find(known.begin(), known.end(), from) == known.end()) return false;
  ConfigReply reply;
  if (!membership::DecodeConfigReply(body, &reply).ok()) return false;
  if (view_.has_value() && reply.view.epoch < view_->epoch) return true;
  if (propose_.has_value() && reply.view.epoch > propose_->expected) {
    propose_.reset();
  }
  if (view_.has_value() && reply.view == *view_) return true;
  view_ = reply.view;
  host_->Step(replication::ConfigChanged{.view = std::move(reply.view)});
  return true;
}

}  // namespace wringer::node
