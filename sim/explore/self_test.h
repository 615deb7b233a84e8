// Does what we inject still bite, and is it noticed when it does not? The
// commonest defect of a simulator is a fault that does nothing, so each kind is
// tried alone in a tiny world, once as it is and once made inert.
#ifndef WR_SIM_EXPLORE_SELF_TEST_H_
#define WR_SIM_EXPLORE_SELF_TEST_H_

#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace wringer::sim {

struct BiteResult {
  FaultKind kind = FaultKind::kCrash;
  bool bit = false;            // the ledger counted an effect
  std::string effect;          // "214 messages stopped"; or what went wrong
  bool inert_noticed = false;  // made a no-op, the ledger says so
  bool ok() const { return bit && inert_noticed; }
};

// Every kind that acts on a cluster; kHeal only ends others.
std::vector<FaultKind> KindsWithABite();
// A few seconds of a small cluster in which that fault, and nothing else,
// happens.
Scenario BiteScenario(FaultKind kind);
BiteResult TryBite(FaultKind kind);

// A small cluster that a planted bug breaks. WAL-04: append reports durable at
// submission, and every node loses power.
Scenario CanaryScenario();

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SELF_TEST_H_
