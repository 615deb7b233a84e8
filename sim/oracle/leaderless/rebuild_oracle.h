// I-REBUILD: an owner of a leaderless group that has lost its disk does not
// answer as if it had everything.
//
// What it held when the disk went, and enough others hold for its rebuilding
// to meet one of them, it owes to whoever reads from it. An answer with less
// is a lie that a quorum counts: R owners no longer meet W.
//
// Only one disk at a time: a second one that goes, or is damaged, may take with
// it what the first could have been rebuilt from, so all debts are released.
#ifndef WR_SIM_ORACLE_LEADERLESS_REBUILD_ORACLE_H_
#define WR_SIM_ORACLE_LEADERLESS_REBUILD_ORACLE_H_

#include <cstddef>
#include <cstdint>

#include "sim/oracle/leaderless/store_mirror.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class RebuildOracle final : public Oracle {
 public:
  // `mirror` is told of every event before this is, and outlives it. `w` is the
  // design's write quorum. Without `synced` nothing that was rebuilt is held to
  // stay.
  RebuildOracle(std::size_t w, bool synced, StoreMirror* mirror,
                FindingLog* log)
      : w_(w), synced_(synced), mirror_(mirror), log_(log) {}

  void OnStoreRead(const node::StoreRead& read) override;
  void OnDeath(const DeathNotice& death) override;
  void OnDiskDamaged(NodeId) override { owed_.clear(); }

  std::uint64_t checked() const { return checked_; }

 private:
  // Enough others hold it that no set the rebuilding asks can miss them all.
  bool Rebuilds(NodeId node, Slice key, const replication::Version& version);

  const std::size_t w_;
  const bool synced_;
  StoreMirror* const mirror_;
  FindingLog* const log_;
  NodeId debtor_ = kNoNode;
  StoreMirror::Items owed_;  // by debtor_
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADERLESS_REBUILD_ORACLE_H_
