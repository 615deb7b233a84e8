// Majority arithmetic, by sets of node ids, never by counters.
//
// A joint configuration (Raft, dissertation section 4.3) decides only if a
// majority of each of its two voter sets agrees.
#ifndef WR_ENGINE_REPLICATION_QUORUM_H_
#define WR_ENGINE_REPLICATION_QUORUM_H_

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/base/types.h"

namespace wringer::replication {

// Votes needed out of n.
inline std::size_t Majority(std::size_t n) { return n / 2 + 1; }

inline bool Contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::binary_search(nodes.begin(), nodes.end(), node);
}

// The nodes whose agreement decides. `outgoing` is empty unless joint.
struct VoterSets {
  std::vector<NodeId> incoming;  // ascending
  std::vector<NodeId> outgoing;  // ascending

  bool joint() const { return !outgoing.empty(); }
  bool Includes(NodeId node) const {
    return Contains(incoming, node) || Contains(outgoing, node);
  }
  bool operator==(const VoterSets&) const = default;
};

// Whether `agreed` holds a majority of each set.
bool HasQuorum(const VoterSets& voters, const std::set<NodeId>& agreed);

// The greatest value that a quorum has reached: of each set, the value at the
// majority's place when sorted; of both sets, the smaller. An empty set of
// voters has reached nothing (0).
template <typename Value, typename ValueOf>
Value QuorumValue(const VoterSets& voters, ValueOf value_of) {
  const auto of = [&](const std::vector<NodeId>& nodes) {
    // Descending, by insertion: they are few.
    absl::InlinedVector<Value, 8> values;
    for (const NodeId node : nodes) {
      values.push_back(value_of(node));
      for (std::size_t i = values.size() - 1; i > 0; --i) {
        if (!(values[i - 1] < values[i])) break;
        std::swap(values[i - 1], values[i]);
      }
    }
    return values.empty() ? Value{} : values[Majority(values.size()) - 1];
  };
  const Value incoming = of(voters.incoming);
  return voters.joint() ? std::min(incoming, of(voters.outgoing)) : incoming;
}

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_QUORUM_H_
