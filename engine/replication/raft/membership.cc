#include "engine/replication/raft/membership.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/coding.h"

namespace wringer::replication::raft {
namespace {

void EncodeNodes(const std::vector<NodeId>& nodes, Writer& w) {
  w.Varint(nodes.size());
  for (NodeId node : nodes) w.Id(node);
}

std::vector<NodeId> DecodeNodes(Reader& r) {
  std::vector<NodeId> nodes(r.Count(1));
  for (NodeId& node : nodes) node = r.As<NodeId>();
  const auto not_ascending = std::adjacent_find(
      nodes.begin(), nodes.end(), [](NodeId a, NodeId b) { return a >= b; });
  if (not_ascending != nodes.end()) r.Fail();
  return nodes;
}

}  // namespace

std::vector<NodeId> Membership::All() const {
  std::set<NodeId> all(voters.incoming.begin(), voters.incoming.end());
  all.insert(voters.outgoing.begin(), voters.outgoing.end());
  all.insert(learners.begin(), learners.end());
  return {all.begin(), all.end()};
}

void EncodeMembership(const Membership& membership, std::string* out) {
  Writer w(out);
  EncodeNodes(membership.voters.incoming, w);
  EncodeNodes(membership.voters.outgoing, w);
  EncodeNodes(membership.learners, w);
  w.Varint(membership.demoted.size());
  for (const auto& [node, life] : membership.demoted) {
    w.Id(node);
    w.U64(life);
  }
}

absl::Status DecodeMembership(Slice bytes, Membership* membership) {
  Reader r(bytes);
  membership->voters.incoming = DecodeNodes(r);
  membership->voters.outgoing = DecodeNodes(r);
  membership->learners = DecodeNodes(r);
  membership->demoted.clear();
  for (std::size_t n = r.Count(9); n > 0 && r.ok(); --n) {
    const NodeId node = r.As<NodeId>();
    const std::uint64_t life = r.U64();
    auto& demoted = membership->demoted;
    if (!demoted.empty() && node <= demoted.rbegin()->first) r.Fail();
    demoted[node] = life;
  }
  if (!r.done() || membership->voters.incoming.empty()) {
    return absl::InvalidArgumentError("malformed raft membership");
  }
  return absl::OkStatus();
}

void MembershipLog::Changed() {
  last_ = std::prev(changes_.end());
  ++version_;
}

void MembershipLog::Reset(LogIndex at, Membership membership) {
  changes_.clear();
  changes_.emplace(at, std::move(membership));
  Changed();
}

void MembershipLog::Append(LogIndex index, Membership membership) {
  WR_CHECK(!changes_.empty());
  WR_CHECK(index > current_index());
  changes_.emplace(index, std::move(membership));
  Changed();
}

void MembershipLog::TruncateAfter(LogIndex after) {
  WR_CHECK(changes_.begin()->first <= after);
  const auto first = changes_.upper_bound(after);
  if (first == changes_.end()) return;
  changes_.erase(first, changes_.end());
  Changed();
}

void MembershipLog::DropPrefix(LogIndex base) {
  const auto after = changes_.upper_bound(base);
  if (after == changes_.begin()) return;
  changes_.erase(changes_.begin(), std::prev(after));
}

const Membership& MembershipLog::At(LogIndex index) const {
  const auto after = changes_.upper_bound(index);
  WR_CHECK(after != changes_.begin());
  return std::prev(after)->second;
}

}  // namespace wringer::replication::raft
