// The oracles of one run: which of them watch whom, for what the design under
// test promises. Each is a file of its own in sim/oracle.
#ifndef WR_SIM_RUN_RUN_ORACLES_H_
#define WR_SIM_RUN_RUN_ORACLES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/cluster/cluster.h"
#include "sim/core/world.h"
#include "sim/oracle/claim_oracle.h"
#include "sim/oracle/config_oracle.h"
#include "sim/oracle/election/amnesia_oracle.h"
#include "sim/oracle/election/commit_oracle.h"
#include "sim/oracle/election/majority_oracle.h"
#include "sim/oracle/election/vote_oracle.h"
#include "sim/oracle/fence_oracle.h"
#include "sim/oracle/leader_oracle.h"
#include "sim/oracle/leaderless/hint_oracle.h"
#include "sim/oracle/leaderless/rebuild_oracle.h"
#include "sim/oracle/leaderless/version_oracle.h"
#include "sim/oracle/lease_oracle.h"
#include "sim/oracle/log_oracle.h"
#include "sim/oracle/promise_oracle.h"
#include "sim/oracle/state_oracle.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

class RunOracles {
 public:
  // All must outlive it, but for the cluster's nodes: the dying are heard. The
  // run's seed makes recoveries of copies what those of the originals are.
  RunOracles(const Scenario& scenario, std::uint64_t seed, Cluster* cluster,
             World* world);
  RunOracles(const RunOracles&) = delete;
  RunOracles& operator=(const RunOracles&) = delete;

  const FindingLog& findings() const { return findings_; }
  const PromiseOracle& promises() const { return promises_; }
  const StateOracle& states() const { return states_; }

 private:
  // Of the votes of either group of nodes that elects.
  struct Elections {
    std::unique_ptr<CommitOracle> commits;
    std::unique_ptr<MajorityOracle> majorities;
    std::unique_ptr<AmnesiaOracle> amnesias;
  };

  void WatchReplicas();
  void WatchStores();
  void WatchConfigGroup();
  void WatchLeases();
  void WatchElections();
  Elections NewElections(const std::vector<NodeId>& nodes);

  std::optional<node::NodeView> Look(NodeId id) const;
  const replication::Status* StatusOf(NodeId id) const;
  replication::ElectionView ElectionOf(NodeId id) const;
  VoteOracle::Ballot BallotOf(NodeId id) const;
  Nanos LeaseLeft(NodeId id) const;
  std::string MissingAfterPowerLoss(NodeId id, LogPosition log,
                                    MetaVersion meta) const;

  const Scenario& scenario_;
  const std::uint64_t seed_;
  Cluster* const cluster_;
  World* const world_;
  FindingLog findings_;
  PromiseOracle promises_;
  StateOracle states_;
  LogOracle logs_;
  LeaderOracle leaders_;
  FenceOracle fences_;
  LeaseOracle leases_;
  ConfigOracle configs_;
  VoteOracle votes_;  // in either group
  // Of the config group, whose log is its own.
  StateOracle group_states_;
  LogOracle group_logs_;
  LeaderOracle group_leaders_;
  std::unique_ptr<HintOracle> hints_;        // leaderless models
  std::unique_ptr<RebuildOracle> rebuilds_;  // likewise
  std::unique_ptr<VersionOracle> versions_;  // last writer wins
  std::unique_ptr<ClaimOracle> claims_;      // the others
  Elections elections_;                      // raft
  Elections group_elections_;                // of the config group
};

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_RUN_ORACLES_H_
