// I-ELEC and I-FENCE: a term or epoch has one leader, and a replica never goes
// back to an older one, not even by dying.
#ifndef WR_SIM_ORACLE_LEADER_ORACLE_H_
#define WR_SIM_ORACLE_LEADER_ORACLE_H_

#include "absl/container/btree_map.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class LeaderOracle final : public Oracle {
 public:
  LeaderOracle(const OraclePromises& promises, FindingLog* log)
      : promises_(promises), log_(log) {}

  void OnRole(const node::RoleChanged& role) override;
  void OnPromise(const node::PromiseSent& sent) override;
  void OnDeath(const DeathNotice& death) override;
  void OnDiskDamaged(NodeId node) override { terms_.erase(node); }

 private:
  const OraclePromises promises_;
  FindingLog* const log_;
  absl::btree_map<Term, NodeId> leaders_;
  // The greatest term in which a replica acted as leader.
  absl::btree_map<NodeId, Term> terms_;
  absl::btree_map<NodeId, Term> leads_in_;  // now
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADER_ORACLE_H_
