// I-CLAIM: where a log is replicated, a reply claims no more durable copies of
// a write than there are.
//
//   claim  at the acknowledgement, as many replicas as its level says hold the
//          log that far
//
// A replica that ever held it counts (held_logs.h). Levels that name a number
// are held to it; `quorum` is one where it is counted afresh for each write,
// and what an agreed log implies elsewhere; the set that `all` means shrinks
// and grows with the configuration.
#ifndef WR_SIM_ORACLE_CLAIM_ORACLE_H_
#define WR_SIM_ORACLE_CLAIM_ORACLE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/oracle/held_logs.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class ClaimOracle final : public Oracle, public WorldObserver {
 public:
  // `quorum`: copies that the level of that name stands for; 0: not held to it.
  ClaimOracle(std::vector<NodeId> replicas, std::size_t quorum,
              HeldLogs::Look look, FindingLog* log)
      : quorum_(quorum),
        log_(log),
        logs_(std::move(replicas), std::move(look)) {}

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
  std::size_t Claimed(const wire::WriteLevel& level) const;

  const std::size_t quorum_;
  FindingLog* const log_;
  HeldLogs logs_;
  std::vector<Claim> doubtful_;  // of this event
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_CLAIM_ORACLE_H_
