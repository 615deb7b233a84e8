// What every leaderless node's store holds, as the stores themselves say: which
// version of which key is durable where, and whether its owners agree.
//
// Data and hints of a node are forgotten when it boots, for the boot tells anew
// of everything it finds. Whether all owners of all keys hold the same is kept
// up to date with every change, so asking costs nothing.
#ifndef WR_SIM_ORACLE_LEADERLESS_STORE_MIRROR_H_
#define WR_SIM_ORACLE_LEADERLESS_STORE_MIRROR_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class StoreMirror final : public Oracle {
 public:
  using OwnersOf = std::function<std::vector<NodeId>(Slice key)>;
  struct Held {
    replication::Version version;
    bool tombstone = false;
  };
  using Items = absl::btree_map<std::string, Held>;
  using HintKey = std::pair<NodeId, std::string>;  // owner, key
  using Hints = absl::btree_map<HintKey, replication::Version>;

  // `owners_of` gives the same answer for a key throughout.
  explicit StoreMirror(OwnersOf owners_of) : owners_of_(std::move(owners_of)) {}

  void OnBoot(NodeId node, Incarnation) override;
  void OnStoreChanged(const node::StoreChanged& change) override;

  // The owners of every key that was ever stored hold the same version of it.
  bool Agree() const { return apart_ == 0; }
  // No hint is kept that would still change what its owner holds.
  bool HintsDelivered() const;
  // Both of the owners that are in `nodes`, and of hints for them that one of
  // `nodes` keeps. Looks at everything.
  bool AgreeAmong(const std::set<NodeId>& nodes) const;
  const std::vector<NodeId>& Owners(Slice key) { return Key(key).owners; }
  // Null if the node holds nothing of it.
  const Held* Find(NodeId node, Slice key) const;
  const Items& ItemsOf(NodeId node) { return At(node).items; }
  const Hints& HintsOf(NodeId node) { return At(node).hints; }

 private:
  struct KeyState {
    std::vector<NodeId> owners;
    bool apart = false;
  };
  struct Store {
    Items items;
    Hints hints;
  };

  Store& At(NodeId node);
  KeyState& Key(Slice key);
  bool Delivered(const Store& store, const std::set<NodeId>* owners) const;
  // Looks again at what the owners of `key` hold.
  void Compare(Slice key);

  const OwnersOf owners_of_;
  std::vector<Store> stores_;  // by node number
  absl::btree_map<std::string, KeyState> keys_;
  std::size_t apart_ = 0;  // keys whose owners hold different versions
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADERLESS_STORE_MIRROR_H_
