// The hybrid clock of last-writer-wins versions (Kulkarni et al., Logical
// Physical Clocks, OPODIS 2014): a coordinator numbers nothing below what it
// numbered before or what its own store holds, whatever its wall clock does.
//
// Otherwise a write that is acknowledged loses to an earlier one, which no
// check of a history can hold against a design that lets the later of two
// concurrent writes win by the clock.
#ifndef WR_SIM_ORACLE_LEADERLESS_VERSION_ORACLE_H_
#define WR_SIM_ORACLE_LEADERLESS_VERSION_ORACLE_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class VersionOracle final : public Oracle, public WorldObserver {
 public:
  using Look = std::function<const replication::Status*(NodeId)>;

  VersionOracle(const OraclePromises& promises, Look look, FindingLog* log)
      : promises_(promises), look_(std::move(look)), log_(log) {}

  void OnStoreChanged(const node::StoreChanged& change) override;
  void OnDeath(const DeathNotice& death) override;
  void OnDiskDamaged(NodeId node) override { Of(node) = Clock(); }
  void AfterEvent(const EventRecord& event) override;

  std::uint64_t versions_checked() const { return checked_; }

 private:
  struct Clock {
    std::uint64_t known = 0;     // before the event that runs now
    std::uint64_t heard = 0;     // in it, too
    std::uint64_t numbered = 0;  // last, in this life
  };

  Clock& Of(NodeId node) {
    if (node.value() >= clocks_.size()) clocks_.resize(node.value() + 1);
    return clocks_[node.value()];
  }

  const OraclePromises promises_;
  const Look look_;
  FindingLog* const log_;
  std::vector<Clock> clocks_;  // by node number
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEADERLESS_VERSION_ORACLE_H_
