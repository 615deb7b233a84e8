// I-HINT: an acknowledged write of a leaderless group is durable on as many
// owners as its level says, or, where level and design let hints count, on
// owners and in hints together; and what is durable stays.
//
//   hint  at the acknowledgement, enough owners hold the version or a greater
//   hint  a reply claims `any` only if that was asked for, or hints count
//   hint  a hint goes when its owner has it, or when it is too old
//   store a boot finds every version that was durable before, or a greater
//
// An owner that held a version counts even if it has lost its disk since: that
// is a fault's doing. Clocks that run fast age hints, hence half the time to
// live is already "too old".
#ifndef WR_SIM_ORACLE_LEADERLESS_HINT_ORACLE_H_
#define WR_SIM_ORACLE_LEADERLESS_HINT_ORACLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/oracle/leaderless/store_mirror.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

// What a leaderless design promises about copies.
struct CopyPromises {
  std::size_t n = 0;
  std::size_t w = 0;
  bool hints_count = false;  // sloppy: toward w
  Nanos hint_ttl = 0;
  bool synced = true;  // survives a power loss
};

class HintOracle final : public Oracle {
 public:
  // `mirror` is told of every event before this is; both outlive the run.
  HintOracle(const CopyPromises& promises, StoreMirror* mirror,
             const World* world, FindingLog* log)
      : promises_(promises), mirror_(mirror), world_(world), log_(log) {}

  void OnStoreChanged(const node::StoreChanged& change) override;
  void OnWriteAnswered(const node::WriteAnswered& answer) override;
  void OnDeath(const DeathNotice& death) override;
  // Who finds its store damaged does not serve. Without syncs damage passes for
  // a torn tail.
  void OnDiskDamaged(NodeId node) override {
    LifeOf(node).damaged |= !promises_.synced;
  }
  void OnServing(const node::NodeView& view) override;

  std::uint64_t answers_checked() const { return checked_; }

 private:
  using Place = std::pair<NodeId, std::string>;  // node, key
  struct Life {
    StoreMirror::Items before;  // held at the last death
    bool died = false;
    bool damaged = false;  // nothing can be held to what the disk held
  };
  struct Hint {
    replication::Version version;
    Nanos since = 0;
  };

  Life& LifeOf(NodeId node);
  void OnHint(const node::StoreChanged& change);
  bool EverHeld(NodeId node, Slice key,
                const replication::Version& version) const;
  // Copies that `answer` has to have, by its level.
  std::size_t Need(const node::WriteAnswered& answer) const;

  const CopyPromises promises_;
  StoreMirror* const mirror_;
  const World* const world_;
  FindingLog* const log_;
  // The greatest version a node ever held durably.
  absl::btree_map<Place, replication::Version> ever_;
  // Hints a node keeps, by (owner, key).
  absl::btree_map<std::pair<NodeId, Place>, Hint> hints_;
  std::vector<Life> lives_;  // by node number
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADERLESS_HINT_ORACLE_H_
