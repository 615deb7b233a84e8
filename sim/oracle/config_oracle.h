// I-CFG: configurations that follow each other have somebody in common who can
// object.
//
//   view    every party that installs an epoch installs the same view; epochs
//           follow one by one; the primary is in sync; a new primary comes from
//           the in-sync set before, and brings nobody in
//   quorum  along a leader's membership changes, any two majorities that can
//           decide meet: single steps, or through joint quorums
#ifndef WR_SIM_ORACLE_CONFIG_ORACLE_H_
#define WR_SIM_ORACLE_CONFIG_ORACLE_H_

#include <functional>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

// Whether every majority of one meets every majority of the other.
// Both ascending.
bool MajoritiesMeet(const std::vector<NodeId>& a, const std::vector<NodeId>& b);

class ConfigOracle final : public Oracle, public WorldObserver {
 public:
  // What a node's protocol says of itself, between events; null if it is down
  // or still booting.
  using StatusOf = std::function<const replication::Status*(NodeId)>;

  // `status_of` may be empty: then quorums are not watched.
  ConfigOracle(StatusOf status_of, FindingLog* log)
      : status_of_(std::move(status_of)), log_(log) {}

  void OnView(const node::ViewInstalled& installed) override;
  void OnRole(const node::RoleChanged& change) override {
    SetLeads(change.node, change.role == replication::Role::kLeader);
  }
  void OnDeath(const DeathNotice& death) override {
    SetLeads(death.node, false);
  }
  void AfterEvent(const EventRecord& event) override {
    const std::size_t number = event.node.value();
    if (number < leaders_.size() && leaders_[number].leads) {
      CheckLeader(event.node, &leaders_[number]);
    }
  }

 private:
  struct Voters {
    Term term;
    std::uint64_t version = 0;
    std::vector<NodeId> old;
    std::vector<NodeId> next;  // while joint
  };
  struct Leader {
    bool leads = false;
    Voters seen{};  // of term 0 as long as nothing was
  };
  void SetLeads(NodeId node, bool leads);
  void CheckLeader(NodeId node, Leader* leader);
  static bool Meet(const Voters& a, const Voters& b);
  void CheckStep(NodeId node, const replication::ClusterView& before,
                 const replication::ClusterView& view);

  const StatusOf status_of_;
  FindingLog* const log_;
  absl::btree_map<Epoch, replication::ClusterView> views_;
  std::vector<Leader> leaders_;  // by node number
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_CONFIG_ORACLE_H_
