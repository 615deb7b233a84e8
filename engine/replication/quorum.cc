#include "engine/replication/quorum.h"

namespace wringer::replication {
namespace {

bool HasMajority(const std::vector<NodeId>& nodes,
                 const std::set<NodeId>& agreed) {
  const auto count =
      std::count_if(nodes.begin(), nodes.end(),
                    [&](NodeId node) { return agreed.contains(node); });
  return static_cast<std::size_t>(count) >= Majority(nodes.size());
}

}  // namespace

bool HasQuorum(const VoterSets& voters, const std::set<NodeId>& agreed) {
  if (!HasMajority(voters.incoming, agreed)) return false;
  return !voters.joint() || HasMajority(voters.outgoing, agreed);
}

}  // namespace wringer::replication
