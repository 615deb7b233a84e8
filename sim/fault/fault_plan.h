// The fault plan: every fault of a run as one explicit list with stable ids,
// from the scenario's timeline and the nemesis. Durations are drawn here, so
// that what is listed is what will happen; only roles stay open until a fault
// fires (the ledger then knows whom it hit).
#ifndef WR_SIM_FAULT_FAULT_PLAN_H_
#define WR_SIM_FAULT_FAULT_PLAN_H_

#include <vector>

#include "sim/fault/ledger.h"
#include "sim/fault/nemesis.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

// The timeline, then the nemesis' faults. Pure: equal arguments, equal plans.
std::vector<FaultSpec> BuildFaultPlan(const FaultsSpec& spec,
                                      const NemesisInput& input);

// The plan as it was carried out: faults that fired name their victims. With
// this as the timeline and no random faults a run has the same digest.
std::vector<FaultSpec> PinnedPlan(const Ledger& ledger);

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_FAULT_PLAN_H_
