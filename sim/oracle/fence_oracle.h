// I-FENCE for granted epochs: an epoch has one primary that acknowledges, it is
// the one that was granted it, and a replica that has adopted an epoch accepts
// nothing in an older one.
//
//   fence  the epoch a replica acts in never goes back within a life
//   fence  replies to writes of one epoch come from one replica
//   grant  whoever leads an epoch is the primary the config service named
//
// Rules of designs in which epochs are granted; nothing is held against a
// design that lets anybody take one.
#ifndef WR_SIM_ORACLE_FENCE_ORACLE_H_
#define WR_SIM_ORACLE_FENCE_ORACLE_H_

#include <utility>

#include "absl/container/btree_map.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class FenceOracle final : public Oracle {
 public:
  FenceOracle(const OraclePromises& promises, FindingLog* log)
      : promises_(promises), log_(log) {}

  void OnPromise(const node::PromiseSent& promise) override;
  void OnRole(const node::RoleChanged& role) override;
  // A wiped disk counts its lives anew: only the boot tells them apart.
  void OnBoot(NodeId node, Incarnation) override { acting_.erase(node); }
  void OnView(const node::ViewInstalled& installed) override;

 private:
  const OraclePromises promises_;
  FindingLog* const log_;
  absl::btree_map<Term, NodeId> acknowledged_by_;
  absl::btree_map<NodeId, Term> acting_;  // of this life
  absl::btree_map<Term, NodeId> granted_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_FENCE_ORACLE_H_
