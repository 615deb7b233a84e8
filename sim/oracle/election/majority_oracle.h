// What a leader commits is durable on a majority of its voters; while the
// membership changes through a joint configuration, on one of each half
// (Ongaro, Consensus: Bridging Theory and Practice, 2014, section 4.3).
//
// Checked when a leader's commit index moves, by the copies that voters ever
// held (held_logs.h). It need not come to an election that shows it
// (commit_oracle.h): an entry counted on too few mostly reaches the others a
// moment later.
//
// A leader's own copy counts once it is durable, as the others' do. Within one
// event it may commit and then change the membership; so the voters of its last
// commit do as well.
#ifndef WR_SIM_ORACLE_ELECTION_MAJORITY_ORACLE_H_
#define WR_SIM_ORACLE_ELECTION_MAJORITY_ORACLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "sim/oracle/held_logs.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class MajorityOracle final : public Oracle, public WorldObserver {
 public:
  // Null if it is down, or booting.
  using LookAtStatus = std::function<const replication::Status*(NodeId)>;

  // `nodes` vote with each other.
  MajorityOracle(const OraclePromises& promises, std::vector<NodeId> nodes,
                 LookAtStatus status_of, HeldLogs::Look look, FindingLog* log)
      : holds_(promises.synced),
        status_of_(std::move(status_of)),
        log_(log),
        logs_(std::move(nodes), std::move(look)) {}

  void OnRole(const node::RoleChanged& role) override;
  void OnDeath(const DeathNotice& death) override {
    leaders_.erase(death.node);
  }
  void OnPromise(const node::PromiseSent& sent) override {
    logs_.Held(sent.node, sent.promise->log.index);
  }
  void OnInstalled(const node::SnapshotInstalledAt& installed) override {
    logs_.Held(installed.node, installed.position.index);
  }
  void OnServing(const node::NodeView& view) override { logs_.Held(view); }
  void AfterEvent(const EventRecord& event) override;

  std::uint64_t checked() const { return checked_; }

 private:
  // One set, or the two halves of a joint configuration.
  struct Voters {
    std::uint64_t version = 0;
    std::vector<NodeId> now;
    std::vector<NodeId> next;
  };
  struct Leader {
    LogIndex commit;
    Voters voters;  // at its last commit; none before
  };

  void Check(NodeId node, const replication::Status& status, Leader* leader);
  bool Majority(const Voters& voters, LogIndex index) const;

  const bool holds_;
  const LookAtStatus status_of_;
  FindingLog* const log_;
  HeldLogs logs_;
  std::map<NodeId, Leader> leaders_;
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ELECTION_MAJORITY_ORACLE_H_
