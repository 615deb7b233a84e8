// I-LEASE: in true time, at most one replica may answer reads under a lease.
//
// Whoever believes to lead and has a lease that its own clock says is still
// running holds one. Clocks run at different rates, so intervals in two clocks
// say nothing; the oracle asks both holders' clocks at the same instant. A
// primary that goes through several epochs keeps its lease. And nobody is
// appointed while another's lease runs, whether that one is heard from or not.
//
// Holds as long as every clock is within the bound that the lease trusts.
#ifndef WR_SIM_ORACLE_LEASE_ORACLE_H_
#define WR_SIM_ORACLE_LEASE_ORACLE_H_

#include <functional>
#include <set>
#include <utility>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class LeaseOracle final : public Oracle, public WorldObserver {
 public:
  // How long, on its own clock, the lease of a replica that leads still runs;
  // 0 if it holds none.
  using Look = std::function<Nanos(NodeId)>;

  LeaseOracle(Look look, FindingLog* log) : look_(std::move(look)), log_(log) {}

  void OnView(const node::ViewInstalled& installed) override;
  void AfterEvent(const EventRecord& event) override;
  // Instants at which somebody held a lease and was compared.
  std::uint64_t checked() const { return checked_; }

 private:
  const Look look_;
  FindingLog* const log_;
  Epoch newest_;  // appointed so far; a member that comes back tells anew
  std::set<NodeId> holders_;  // at their last event; may have run out since
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LEASE_ORACLE_H_
