// Writes out what a run drew: every fault with its victims, every operation
// with its client, time, key and size. The scenario that comes of it has the
// same digest under the same seed, and nothing in it depends on another row of
// it: what is taken away leaves the rest as it was. It is what the shrinker
// edits.
#ifndef WR_SIM_EXPLORE_MATERIALISE_H_
#define WR_SIM_EXPLORE_MATERIALISE_H_

#include <cstdint>
#include <vector>

#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// `result` is of a run of `scenario` with seed result.seed. The seed is set in
// what is returned. The digest stays unless a fault bends a client's clock (a
// script is timed by it).
Scenario Materialise(const Scenario& scenario, const RunResult& result);

// The operations of the run's clients, in order of time, without preloading
// and final reads.
std::vector<ScriptedOp> OperationsOf(const Scenario& scenario,
                                     const RunResult& result);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_MATERIALISE_H_
