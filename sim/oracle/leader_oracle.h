// I-ELEC and I-FENCE: a term or epoch has one leader, and a replica never goes
// back to an older one, not even by dying.
#ifndef WR_SIM_ORACLE_LEADER_ORACLE_H_
#define WR_SIM_ORACLE_LEADER_ORACLE_H_

#include <vector>

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
  void OnDiskDamaged(NodeId node) override { Of(node).greatest = Term(); }

 private:
  struct Replica {
    Term greatest;     // in which it acted as leader
    Term term;         // in which it leads now
    MetaVersion meta;  // since it does
    bool leads = false;
  };
  Replica& Of(NodeId node) {
    if (node.value() >= replicas_.size()) replicas_.resize(node.value() + 1);
    return replicas_[node.value()];
  }

  const OraclePromises promises_;
  FindingLog* const log_;
  absl::btree_map<Term, NodeId> leaders_;
  std::vector<Replica> replicas_;  // by node number
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADER_ORACLE_H_
