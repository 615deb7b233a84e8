#include "engine/membership/config_service.h"

#include <algorithm>

#include "engine/base/check.h"

namespace wringer::membership {

using replication::ClusterView;

namespace {

bool Contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool IsSubset(const std::vector<NodeId>& part, const std::vector<NodeId>& all) {
  return std::all_of(part.begin(), part.end(),
                     [&](NodeId node) { return Contains(all, node); });
}

}  // namespace

ConfigService::ConfigService(const ConfigServiceOptions& options)
    : options_(options) {
  WR_CHECK(Contains(options.members, options.first_primary));
  view_.epoch = Epoch{1};
  view_.primary = options.first_primary;
  view_.members = options.members;
  view_.in_sync = options.members;
  for (NodeId node : options.members) members_[node] = Member{};
}

void ConfigService::OnRequest(Nanos now, const ConfigRequest& request,
                              Output* out) {
  if (started_at_ < 0) started_at_ = now;
  if (!members_.contains(request.from)) return;
  Hear(now, request);
  if (request.propose && request.propose->expected == view_.epoch &&
      request.from == view_.primary) {
    // Only the primary of the epoch in force may change its in-sync set, and
    // never give the epoch to somebody else.
    ClusterView next = request.propose->view;
    const bool sane = next.primary == view_.primary &&
                      next.members == view_.members &&
                      Contains(next.in_sync, next.primary) &&
                      IsSubset(next.in_sync, next.members);
    if (sane) {
      next.epoch = view_.epoch.next();
      Install(std::move(next), out);
      return;
    }
  }
  out->push_back({request.from, ConfigReply{view_}});
}

void ConfigService::Hear(Nanos now, const ConfigRequest& request) {
  Member& member = members_.at(request.from);
  member.heard_at = now;
  if (request.durable < member.durable) {
    member.amnesiac = true;
    member.forgot = std::max(member.forgot, member.durable);
  } else if (member.amnesiac && request.durable >= member.forgot) {
    member.amnesiac = false;
  }
  member.durable = request.durable;
  if (request.from == view_.primary && request.leads &&
      request.known == view_.epoch) {
    led_at_ = now;
  }
}

void ConfigService::OnTick(Nanos now, Output* out) {
  if (started_at_ < 0) started_at_ = now;
  if (!options_.automatic) return;
  // A service that has only just begun to listen knows of nobody's silence.
  if (now - started_at_ < options_.failover_after) return;
  if (led_at_ >= 0 && now - led_at_ < options_.failover_after) return;
  const NodeId candidate = Candidate(now);
  if (candidate == kNoNode) return;
  Grant(now, candidate, out);
}

void ConfigService::Grant(Nanos now, NodeId primary, Output* out) {
  WR_CHECK(Contains(view_.members, primary));
  ClusterView next = view_;
  next.epoch = view_.epoch.next();
  next.primary = primary;
  // Members that are silent leave the in-sync set with the change, so that the
  // new epoch can acknowledge writes; they rejoin once they have caught up.
  next.in_sync.clear();
  for (NodeId node : view_.members) {
    const bool kept = node == primary ||
                      (Contains(view_.in_sync, node) && MayLead(node, now));
    if (kept) next.in_sync.push_back(node);
  }
  Install(std::move(next), out);
  led_at_ = now;  // a new primary gets as long to begin as an old one to speak
}

bool ConfigService::HeardRecently(NodeId node, Nanos now) const {
  const Nanos at = members_.at(node).heard_at;
  return at >= 0 && now - at < options_.failover_after;
}

bool ConfigService::MayLead(NodeId node, Nanos now) const {
  return HeardRecently(node, now) && !members_.at(node).amnesiac;
}

NodeId ConfigService::Candidate(Nanos now) const {
  NodeId best = kNoNode;
  std::size_t backups = 0;
  std::size_t heard = 0;
  for (NodeId node : view_.in_sync) {
    if (node != view_.primary) ++backups;
    if (!MayLead(node, now)) continue;
    if (node != view_.primary) ++heard;
    if (best == kNoNode ||
        members_.at(node).durable > members_.at(best).durable) {
      best = node;
    }
  }
  // Whoever led the epoch holds all that was acknowledged in it.
  if (options_.all_copies || options_.copies == 0) return best;
  if (MayLead(view_.primary, now)) return best;
  // Every acknowledged write is on `copies` of the backups: any
  // backups - copies + 1 of them include one that holds it.
  const std::size_t needed =
      backups >= options_.copies ? backups - options_.copies + 1 : backups;
  return heard >= needed ? best : kNoNode;
}

void ConfigService::Install(ClusterView view, Output* out) {
  WR_CHECK(view.epoch > view_.epoch);
  if (view.primary != view_.primary) led_at_ = -1;
  view_ = std::move(view);
  for (NodeId node : view_.members) out->push_back({node, ConfigReply{view_}});
}

}  // namespace wringer::membership
