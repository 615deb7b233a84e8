// Which nodes own a key: the next N on a ring of hashes (consistent hashing;
// Karger et al. 1997, Dynamo section 4.2).
#ifndef WR_ENGINE_REPLICATION_QUORUM_RING_H_
#define WR_ENGINE_REPLICATION_QUORUM_RING_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::replication::quorum {

class Ring {
 public:
  // REQUIRES: 0 < owners <= members.size().
  Ring(const std::vector<NodeId>& members, std::size_t owners);

  // The owners of `key`, the first in ring order first.
  std::vector<NodeId> Owners(Slice key) const;
  bool Owns(NodeId node, Slice key) const;

 private:
  std::size_t owners_;
  bool all_;  // every member owns every key
  std::vector<NodeId> members_;
  std::vector<std::pair<std::uint64_t, NodeId>> points_;  // by hash
};

}  // namespace wringer::replication::quorum

#endif  // WR_ENGINE_REPLICATION_QUORUM_RING_H_
