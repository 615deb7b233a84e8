// A flat Merkle tree: one digest for each of a fixed number of hash ranges of
// the key space. A leaf changes with every key, version and tombstone mark in
// its range, and does not depend on the order in which items are added.
#ifndef WR_ENGINE_REPLICATION_QUORUM_MERKLE_H_
#define WR_ENGINE_REPLICATION_QUORUM_MERKLE_H_

#include <cstdint>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "engine/replication/replicator.h"

namespace wringer::replication::quorum {

inline constexpr std::uint32_t kMerkleLeaves = 256;

inline std::uint32_t MerkleLeaf(Slice key) {
  return static_cast<std::uint32_t>(Hash64(key, /*seed=*/1) >> 56);
}

class MerkleTree {
 public:
  MerkleTree() : leaves_(kMerkleLeaves, 0) {}

  void Add(Slice key, const Versioned& value) {
    std::uint64_t h = Hash64(key, /*seed=*/2);
    h = Mix64(h ^ value.version.time);
    h = Mix64(h ^ value.version.node.value());
    h = Mix64(h ^ value.version.op.value());
    h = Mix64(h ^ (value.tombstone ? 1u : 0u));
    leaves_[MerkleLeaf(key)] += h;  // a sum: order does not matter
  }
  const std::vector<std::uint64_t>& leaves() const { return leaves_; }

 private:
  std::vector<std::uint64_t> leaves_;
};

}  // namespace wringer::replication::quorum

#endif  // WR_ENGINE_REPLICATION_QUORUM_MERKLE_H_
