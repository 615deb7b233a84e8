// I-COMMIT, I-LOGM, I-SMEQ, I-APPM: replicas execute the same log and reach the
// same state.
//
//   log    once an entry was executed at an index, no replica executes another
//          there (where the design promises that executed is final; else the
//          rule holds for entries of one term only)
//   state  replicas that have executed the same log up to an index hold the
//          same data; and no snapshot takes a replica back (where the design
//          rebuilds none that went another way)
//   fence  along a replica's log terms never go back, and its cursor moves by
//          one
//
// Keeps 32 bytes for each entry ever executed, once for all replicas.
#ifndef WR_SIM_ORACLE_STATE_ORACLE_H_
#define WR_SIM_ORACLE_STATE_ORACLE_H_

#include <vector>

#include "absl/container/btree_map.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class StateOracle final : public Oracle {
 public:
  StateOracle(const OraclePromises& promises, FindingLog* log)
      : promises_(promises), final_(promises.applied_is_final), log_(log) {}

  void OnApplied(const node::EntryApplied& applied) override;
  void OnInstalled(const node::SnapshotInstalledAt& installed) override;
  void OnBoot(NodeId node, Incarnation) override { cursors_.erase(node); }
  // Of an only copy nothing is left to compare with.
  void OnDeath(const DeathNotice& death) override {
    if (death.disk_wiped && promises_.only_copy) slots_.clear();
  }
  void OnDiskDamaged(NodeId) override { final_ &= !promises_.only_copy; }

  std::uint64_t entries_checked() const { return checked_; }

 private:
  struct Slot {
    Term term;  // 0: nobody has executed it yet
    std::uint64_t payload_hash = 0;
    std::uint64_t state_digest = 0;
    NodeId node;  // the first to execute it
  };

  Slot& At(LogIndex index);
  void CheckCursor(const node::EntryApplied& applied);

  const OraclePromises promises_;
  bool final_;  // what was executed
  FindingLog* const log_;
  std::vector<Slot> slots_;                       // by index, from 1
  absl::btree_map<NodeId, LogPosition> cursors_;  // of this life
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_STATE_ORACLE_H_
