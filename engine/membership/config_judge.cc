#include "engine/membership/config_judge.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"

namespace wringer::membership {

ConfigJudge::ConfigJudge(const ConfigServiceOptions& options)
    : options_(options), claims_(options.heartbeat) {
  WR_CHECK(Contains(options.members, options.first_primary));
  for (NodeId node : options.members) {
    members_.emplace(node, options.heartbeat);
  }
}

void ConfigJudge::Begin(Nanos now, bool successor) {
  for (auto& [node, member] : members_) member = Member(options_.heartbeat);
  claims_ = PhiEstimator(options_.heartbeat);
  wish_.reset();
  started_at_ = now;
  led_at_ = -1;
  leased_until_ = -1;
  // What the former leader of the group granted is not known: the longest it
  // can have been.
  if (successor && options_.lease > 0 && !WR_MUTANT(kConfigForgetsLease)) {
    leased_until_ = now + options_.lease;
  }
}

std::optional<ConfigCommand> ConfigJudge::OnRequest(
    Nanos now, const ConfigRequest& request, const View& view) {
  if (started_at_ < 0) started_at_ = now;
  if (!members_.contains(request.from)) return std::nullopt;
  Hear(now, request, view);
  if (!request.propose || request.from != view.primary) return std::nullopt;
  // Only the primary of the epoch in force may change its in-sync set, and
  // never give the epoch to somebody else.
  const View& asked = request.propose->view;
  if (asked.primary != view.primary || asked.members != view.members) {
    return std::nullopt;
  }
  ConfigCommand command{ConfigCommand::Kind::kInSync, request.propose->expected,
                        view.primary, asked.in_sync};
  if (Counts()) command.floor = request.durable;
  if (Judge(command, view) != ConfigVerdict::kInstalled) return std::nullopt;
  return command;
}

void ConfigJudge::Hear(Nanos now, const ConfigRequest& request,
                       const View& view) {
  Member& member = members_.at(request.from);
  member.arrivals.OnArrival(now);
  member.heard_at = now;
  member.known = request.known;
  member.kept = request.kept;
  member.leads = request.leads;
  member.says_forgot = request.forgot;
  if (request.durable < member.durable) {
    member.amnesiac = true;
    member.forgot = std::max(member.forgot, member.durable);
  } else if (member.amnesiac && request.durable >= member.forgot) {
    member.amnesiac = false;
  }
  member.durable = request.durable;
  if (request.from == view.primary && request.leads &&
      request.known == view.epoch) {
    claims_.OnArrival(now);
    led_at_ = now;
  }
}

std::optional<ConfigCommand> ConfigJudge::OnTick(Nanos now, const View& view) {
  if (started_at_ < 0) started_at_ = now;
  if (wish_) return Propose(now, wish_->primary, wish_->in_sync, view);
  if (!options_.automatic) return std::nullopt;
  // A service that has only just begun to listen knows of nobody's silence.
  if (now - started_at_ < options_.failover_after) return std::nullopt;
  const bool sealed = view.primary == kNoNode;
  if (!sealed && !Silent(now, led_at_, claims_)) return std::nullopt;
  NodeId candidate = Candidate(now, view, sealed);
  if (candidate == kNoNode && options_.unsynced) {
    candidate = LastResort(now, view, sealed);
  }
  if (candidate == kNoNode) return std::nullopt;
  if (Counts() && !sealed && !Resigned(now, view)) {
    WR_MARK(kConfigSeals);
    return ConfigCommand{ConfigCommand::Kind::kSeal, view.epoch, kNoNode,
                         view.in_sync};
  }
  return Propose(now, candidate, {}, view);
}

bool ConfigJudge::Appoint(const View& view, NodeId primary,
                          std::vector<NodeId> in_sync) {
  const std::vector<NodeId>& set = in_sync.empty() ? view.in_sync : in_sync;
  const ConfigCommand command{ConfigCommand::Kind::kAppoint, view.epoch,
                              primary, set};
  if (Judge(command, view) != ConfigVerdict::kInstalled) return false;
  wish_ = Wish{primary, std::move(in_sync)};
  return true;
}

std::optional<ConfigCommand> ConfigJudge::Propose(Nanos now, NodeId primary,
                                                  std::vector<NodeId> in_sync,
                                                  const View& view) {
  if (primary != view.primary && now < leased_until_) {
    WR_MARK(kConfigWaitsForLease);
    return std::nullopt;
  }
  // Members that are silent leave the in-sync set with the change, so that the
  // new epoch can acknowledge writes; they rejoin once they have caught up.
  if (in_sync.empty()) {
    for (NodeId node : view.members) {
      const bool kept = node == primary ||
                        (Contains(view.in_sync, node) && MayLead(node, now));
      if (kept) in_sync.push_back(node);
    }
  }
  wish_.reset();
  ConfigCommand command{ConfigCommand::Kind::kAppoint, view.epoch, primary,
                        std::move(in_sync)};
  if (Counts()) command.floor = members_.at(primary).durable;
  if (Judge(command, view) != ConfigVerdict::kInstalled) return std::nullopt;
  return command;
}

bool ConfigJudge::GrantLease(Nanos now, const ConfigRequest& request,
                             const View& view) {
  const bool may = options_.lease > 0 && request.lease_from.has_value() &&
                   request.leads && request.from == view.primary &&
                   request.known == view.epoch;
  if (!may) return false;
  leased_until_ = std::max(leased_until_, now + options_.lease);
  return true;
}

void ConfigJudge::OnInstalled(Nanos now, const ConfigCommand& command) {
  if (command.kind != ConfigCommand::Kind::kAppoint) return;
  WR_MARK(kConfigAppointed);
  // A new primary gets as long to begin as an old one to speak.
  led_at_ = now;
  claims_ = PhiEstimator(options_.heartbeat);
  claims_.OnArrival(now);
}

bool ConfigJudge::Silent(Nanos now, Nanos heard_at,
                         const PhiEstimator& arrivals) const {
  if (heard_at < 0) return true;
  if (options_.phi > 0) return arrivals.Phi(now) >= options_.phi * kPhiUnit;
  return now - heard_at >= options_.failover_after;
}

bool ConfigJudge::MayLead(NodeId node, Nanos now) const {
  const Member& member = members_.at(node);
  return !Silent(now, member.heard_at, member.arrivals) && !member.amnesiac &&
         !member.says_forgot;
}

bool ConfigJudge::Resigned(Nanos now, const View& view) const {
  if (view.primary == kNoNode || !MayLead(view.primary, now)) return false;
  const Member& primary = members_.at(view.primary);
  return primary.known == view.epoch && !primary.leads;
}

NodeId ConfigJudge::Candidate(Nanos now, const View& view, bool fenced) const {
  NodeId best = kNoNode;
  std::size_t heard = 0;
  for (NodeId node : view.in_sync) {
    const Member& member = members_.at(node);
    if (!MayLead(node, now) || (fenced && member.kept < view.epoch)) continue;
    ++heard;
    if (best == kNoNode || member.durable > members_.at(best).durable) {
      best = node;
    }
  }
  if (best == kNoNode || !Counts()) return best;
  if (members_.at(best).durable < view.floor) return kNoNode;
  // Whoever led the epoch holds all that was acknowledged in it.
  if (Resigned(now, view)) return best;
  const std::size_t members = view.in_sync.size();
  const std::size_t needed =
      members > options_.copies + 1 ? members - options_.copies : 1;
  return heard >= needed ? best : kNoNode;
}

NodeId ConfigJudge::LastResort(Nanos now, const View& view, bool fenced) const {
  NodeId best = kNoNode;
  for (NodeId node : view.in_sync) {
    const Member& member = members_.at(node);
    if (Silent(now, member.heard_at, member.arrivals)) return kNoNode;
    if (member.says_forgot || (fenced && member.kept < view.epoch)) continue;
    if (best == kNoNode || member.durable > members_.at(best).durable) {
      best = node;
    }
  }
  if (best != kNoNode) WR_MARK(kConfigLastResort);
  return best;
}

}  // namespace wringer::membership
