#include "sim/fault/fault_plan.h"

#include <utility>

#include "engine/base/random.h"
#include "sim/fault/resolve.h"

namespace wringer::sim {

std::vector<FaultSpec> BuildFaultPlan(const FaultsSpec& spec,
                                      const NemesisInput& input) {
  std::vector<FaultSpec> plan = spec.timeline;
  for (FaultSpec& fault : plan) {
    if (!fault.duration || fault.duration->low == fault.duration->high) {
      continue;
    }
    RandomDraw draw(FaultKey(input.seed, fault), Purpose("fault.duration"));
    const Nanos length =
        draw.Between(fault.duration->low, fault.duration->high);
    fault.duration = NanosRange{length, length};
  }
  if (spec.random) {
    for (FaultSpec& fault : DrawFaults(*spec.random, input)) {
      plan.push_back(std::move(fault));
    }
  }
  return plan;
}

std::vector<FaultSpec> PinnedPlan(const Ledger& ledger) {
  std::vector<FaultSpec> plan;
  for (const LedgerEntry& entry : ledger.entries()) plan.push_back(entry.fault);
  return plan;
}

}  // namespace wringer::sim
