#include "engine/client/router.h"

#include <algorithm>

#include "engine/base/check.h"

namespace wringer::client {

using wire::OpKind;
using wire::ReadLevelKind;

Router::Router(const ClientOptions& options, NodeId self, RandomStream draws)
    : options_(options), draws_(draws) {
  const std::size_t n = options.nodes.size();
  WR_CHECK(n > 0);
  leader_ = options.nodes[draws_.Below(n)];
  home_ = Knows(options.home) ? options.home : options.nodes[self.value() % n];
}

bool Router::Knows(NodeId node) const {
  return std::find(options_.nodes.begin(), options_.nodes.end(), node) !=
         options_.nodes.end();
}

bool Router::AnyNodeAnswers(const Operation& operation) const {
  if (options_.leaderless) return true;
  if (operation.kind != OpKind::kGet) return false;
  switch (operation.read_level.kind) {
    case ReadLevelKind::kLocal:
    case ReadLevelKind::kSession:
    case ReadLevelKind::kBounded:
      return options_.read_routing != ReadRouting::kLeader;
    case ReadLevelKind::kLeader:
    case ReadLevelKind::kLease:
    case ReadLevelKind::kQuorum:
    case ReadLevelKind::kStrong:
      return false;
  }
  return false;
}

NodeId Router::First(const Operation& operation, Nanos now) {
  if (!AnyNodeAnswers(operation)) return leader_;
  if (options_.read_routing == ReadRouting::kSpread &&
      operation.kind == OpKind::kGet) {
    return Open(options_.nodes[draws_.Below(options_.nodes.size())], now);
  }
  return Open(home_, now);
}

// The node after `node` in the ring of all nodes.
NodeId Router::After(NodeId node) const {
  const auto& nodes = options_.nodes;
  const auto it = std::find(nodes.begin(), nodes.end(), node);
  if (it == nodes.end() || it + 1 == nodes.end()) return nodes.front();
  return *(it + 1);
}

void Router::Shun(NodeId node, Nanos now) {
  if (IsShunned(node, now)) return;  // many may fail at once
  Shunned& shunned = shunned_[node];
  shunned.span = shunned.span == 0
                     ? options_.shun_min
                     : std::min(2 * shunned.span, options_.shun_max);
  shunned.until = now + shunned.span;
}

bool Router::IsShunned(NodeId node, Nanos now) const {
  const auto it = shunned_.find(node);
  return it != shunned_.end() && now < it->second.until;
}

NodeId Router::Open(NodeId node, Nanos now) const {
  NodeId open = node;
  for (std::size_t i = 0; i < options_.nodes.size(); ++i) {
    if (!IsShunned(open, now)) return open;
    open = After(open);
  }
  return node;
}

NodeId Router::Next(const Operation& operation, NodeId failed, NodeId hint,
                    Nanos now, NodeId* asked) {
  if (options_.leaderless) Shun(failed, now);
  NodeId& believed = AnyNodeAnswers(operation) ? home_ : leader_;
  // Another operation may have learned better meanwhile: follow it.
  if (believed != failed && hint == kNoNode && !silent_.contains(believed) &&
      !IsShunned(believed, now)) {
    return believed;
  }
  const bool believable =
      Knows(hint) && hint != failed && !silent_.contains(hint);
  if (!believable) *asked = Open(After(*asked), now);
  const NodeId next = believable ? hint : *asked;
  // A home is left for a time only: it is home.
  if (&believed == &leader_) leader_ = next;
  return next;
}

void Router::OnAnswered(const Operation& operation, NodeId node) {
  if (!AnyNodeAnswers(operation)) leader_ = node;
  shunned_.erase(node);
}

}  // namespace wringer::client
