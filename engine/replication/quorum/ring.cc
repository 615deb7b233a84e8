#include "engine/replication/quorum/ring.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/base/random.h"

namespace wringer::replication::quorum {

namespace {
// Points a node takes on the ring, so that shares are even.
constexpr std::uint64_t kPointsPerNode = 16;
}  // namespace

Ring::Ring(const std::vector<NodeId>& members, std::size_t owners)
    : owners_(owners), all_(owners == members.size()), members_(members) {
  WR_CHECK(owners > 0);
  WR_CHECK(owners <= members.size());
  if (all_) return;
  for (NodeId node : members) {
    for (std::uint64_t i = 0; i < kPointsPerNode; ++i) {
      points_.emplace_back(Mix64(node.value() * kPointsPerNode + i), node);
    }
  }
  std::sort(points_.begin(), points_.end());
}

std::vector<NodeId> Ring::Owners(Slice key) const {
  if (all_) return members_;
  const std::uint64_t hash = Hash64(key);
  auto at = std::lower_bound(points_.begin(), points_.end(),
                             std::make_pair(hash, kNoNode));
  std::vector<NodeId> out;
  while (out.size() < owners_) {
    if (at == points_.end()) at = points_.begin();
    if (std::find(out.begin(), out.end(), at->second) == out.end()) {
      out.push_back(at->second);
    }
    ++at;
  }
  return out;
}

bool Ring::Owns(NodeId node, Slice key) const {
  const std::vector<NodeId> owners = Owners(key);
  return std::find(owners.begin(), owners.end(), node) != owners.end();
}

}  // namespace wringer::replication::quorum
