// Scenarios drawn at random that pass every check: the domain of the
// round-trip properties. They stay clear of faults that meet each other, which
// check_test.cc covers.
#ifndef WR_TESTS_SIM_SCENARIO_RANDOM_SCENARIO_H_
#define WR_TESTS_SIM_SCENARIO_RANDOM_SCENARIO_H_

#include "engine/base/random.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

Scenario DrawScenario(RandomStream* random);

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_SCENARIO_RANDOM_SCENARIO_H_
