// Whether what is left of a cluster, once every fault is healed, had to come
// back: the difference between a liveness bug and a contract that ran out.
//
// A node whose disk a fault has damaged may refuse its log for good; that is a
// promise kept, not a bug. Those are excused, as are nodes that failed for good
// (healthy_core.h), and the others, the core, must agree and serve. They need
// not if what the model needs is no longer among them: a majority of voters
// that forgot nothing (Raft), somebody in sync to appoint and somebody to
// appoint it (fenced primary-backup), the one primary there is, every owner of
// a key (leaderless).
#ifndef WR_SIM_RUN_RECOVERABILITY_H_
#define WR_SIM_RUN_RECOVERABILITY_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "sim/cluster/cluster.h"
#include "sim/fault/ledger.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

class Recoverability {
 public:
  // Of the faults that had an effect. Both must outlive it.
  Recoverability(const Scenario* scenario, const Cluster* cluster)
      : scenario_(scenario), cluster_(cluster) {}
  // The faults of the run; the last call counts.
  void Hear(const Ledger& ledger);

  // Nodes that nothing heals any more.
  void GiveUp(std::set<NodeId> lost) { lost_ = std::move(lost); }
  // Disks that may have lost something promised.
  const std::set<NodeId>& damaged() const { return damaged_; }

  // It failed for good, or has stopped for good and a fault on its own disk
  // explains that, or votes no more (Raft) and gets the log only by chance.
  bool Excused(const SimNode& node) const;
  // The replicas that are not excused.
  std::vector<const SimNode*> Core() const;
  // They agree, and can serve without the others.
  bool CoreConverged() const;
  // Grows while the core gets anywhere: what it has executed, in all.
  std::uint64_t Progress() const;
  // Why the core need not come back; empty if it must.
  std::string WhyNot() const;

 private:
  using Nodes = std::vector<const SimNode*>;

  // The fault may have taken something that was promised.
  bool Damages(const FaultSpec& fault) const;
  bool StoresAgree(const Nodes& core) const;
  bool IsMember(const SimNode& node) const;
  // Its own damaged disk explains why it has stopped.
  bool Refuses(const SimNode& node) const;
  const char* WhatHappened() const;
  // The others go on without a member, if they are enough.
  bool Heals() const;
  // What the core lacks to serve; empty if nothing is known of.
  std::string WhyCoreCannot() const;
  std::string RefusedText() const;
  std::string WhyNobodyLeads() const;
  std::string WhyNoQuorum() const;
  std::string WhyNotElected(const SimNode& candidate) const;
  std::string WhyNoPrimary() const;
  std::string WhyNobodyAppoints() const;
  std::string WhyNobodyInSync(const replication::ClusterView& view) const;

  const Scenario* const scenario_;
  const Cluster* const cluster_;
  std::set<NodeId> damaged_;
  std::set<NodeId> lost_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_RECOVERABILITY_H_
