// I-CLAIM: where a log is replicated, a reply claims no more durable copies of
// a write than there are.
//
//   claim  at the acknowledgement, as many replicas as its level says hold the
//          log that far
//
// A replica that held it counts even if it has lost it since: that is a fault's
// doing. Levels that name a number are held to it; `quorum` is one where it is
// counted afresh for each write, and what an agreed log implies elsewhere; the
// set that `all` means shrinks and grows with the configuration.
#ifndef WR_SIM_ORACLE_CLAIM_ORACLE_H_
#define WR_SIM_ORACLE_CLAIM_ORACLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class ClaimOracle final : public Oracle, public WorldObserver {
 public:
  // A look at a replica between events; nothing if it is down.
  using Look = std::function<std::optional<node::NodeView>(NodeId)>;

  // `quorum`: copies that the level of that name stands for; 0: not held to it.
  ClaimOracle(std::vector<NodeId> replicas, std::size_t quorum, Look look,
              FindingLog* log)
      : replicas_(std::move(replicas)),
        quorum_(quorum),
        look_(std::move(look)),
        log_(log),
        held_(replicas_.size()) {}

  void OnPromise(const node::PromiseSent& promise) override;
  void OnInstalled(const node::SnapshotInstalledAt& installed) override;
  void OnServing(const node::NodeView& view) override;
  void OnWriteAnswered(const node::WriteAnswered& answer) override;
  void AfterEvent(const EventRecord&) override {
    if (!doubtful_.empty()) CheckDoubtful();
  }

  std::uint64_t claims_checked() const { return checked_; }

 private:
  struct Claim {
    NodeId node;
    LogIndex index;
    std::size_t copies = 0;
  };

  void CheckDoubtful();
  void Held(NodeId node, LogIndex upto);
  std::size_t Copies(LogIndex index) const;
  std::size_t Claimed(const wire::WriteLevel& level) const;

  const std::vector<NodeId> replicas_;
  const std::size_t quorum_;
  const Look look_;
  FindingLog* const log_;
  // How far a replica ever held the log durably, as far as is known here.
  std::vector<LogIndex> held_;
  std::vector<Claim> doubtful_;  // of this event
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_CLAIM_ORACLE_H_
