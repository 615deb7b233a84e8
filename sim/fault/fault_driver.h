// Carries the fault plan out: fires timed and milestone-triggered faults, ends
// them when their time is over, and writes the ledger.
//
// A milestone (a mark, an event, a role) is reached inside a node's own step;
// the fault it sets off fires in an event of its own at the same simulated
// time, when the node is between two steps. Roles are resolved when a fault
// fires. Each fault fires once, at its trigger's n-th occurrence.
#ifndef WR_SIM_FAULT_FAULT_DRIVER_H_
#define WR_SIM_FAULT_FAULT_DRIVER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "engine/base/types.h"
#include "engine/env/trace.h"
#include "sim/core/world.h"
#include "sim/fault/fault_target.h"
#include "sim/fault/injector.h"
#include "sim/fault/ledger.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

struct FaultDriverOptions {
  // Self-test: faults of this kind fire and do nothing. The ledger must notice.
  std::optional<FaultKind> inert;
  env::Trace* trace = nullptr;  // "fault.fire", "fault.end"
};

class FaultDriver {
 public:
  // `cluster` must outlive the driver. Takes the world's on-mark hook.
  FaultDriver(FaultTarget* cluster, std::vector<FaultSpec> plan,
              const FaultDriverOptions& options);
  ~FaultDriver();
  FaultDriver(const FaultDriver&) = delete;
  FaultDriver& operator=(const FaultDriver&) = delete;

  // Arms the timed faults. Call once, at simulated time 0 of the run.
  void Start();
  // Ends every fault in force and disarms the rest: settling begins.
  void HealAll() { HealAllBut({}); }
  // The same, but what is wrong with the processes, clocks and disks of these
  // nodes alone stays so.
  void HealAllBut(const std::set<NodeId>& lost);
  // Fires a fault that the plan does not have; its trigger does not count.
  void Strike(FaultSpec fault);
  // A death or a pause that HealAllBut left in force keeps the node from
  // running.
  bool KeptDown(NodeId node) const;

  // ---- milestones, told by sim/cluster; cheap when nobody waits for them ----
  bool WaitsFor(FaultEvent event) const {
    return waits_for_[std::size_t(event)];
  }
  void OnEvent(FaultEvent event, NodeId node);
  // `node` took office.
  void OnLeader(NodeId node);

  // Brings the witnesses up to date; call before reading.
  const Ledger& Audit();

 private:
  enum class State : std::uint8_t { kArmed, kScheduled, kInForce, kOver };
  struct Fault {
    FaultSpec spec;
    std::uint64_t key = 0;
    State state = State::kArmed;
    std::uint64_t seen = 0;  // occurrences of its trigger
    EventId event;           // to fire or to end
    ResolvedFault resolved;
    std::unique_ptr<Injector> injector;
  };

  static void OnMark(void* driver, Mark mark, NodeId node);
  static void OnFireEvent(void* driver, std::uint64_t index);
  static void OnEndEvent(void* driver, std::uint64_t index);

  void Add(FaultSpec spec);
  static bool HitsOnly(const Fault& fault, const std::set<NodeId>& nodes);
  bool Matches(const FaultTrigger& trigger, NodeId node) const;
  void Occurred(std::size_t index, NodeId node);
  void ScheduleFire(std::size_t index, Nanos at);
  void Fire(std::size_t index);
  void End(std::size_t index);
  void Heal(const FaultSpec& heal, LedgerEntry* entry);
  void TriggerDependents(FaultTrigger::Kind kind, const std::string& id);
  void TraceFault(Slice word, const LedgerEntry& entry);
  NodeId OldLeader() const;

  FaultTarget* cluster_;
  World* world_;
  FaultDriverOptions options_;
  // Parallel to ledger_.entries(). Injectors point into it.
  std::deque<Fault> faults_;
  Ledger ledger_;
  bool waits_for_[6] = {};
  bool waits_for_mark_ = false;
  bool healed_ = false;
  // Who led when the last fault aimed at the leader fired.
  NodeId leader_hit_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_FAULT_DRIVER_H_
