// Where two runs that should be one part, told with event number, simulated
// time, node and kind, and the last event they agree on.
#ifndef WR_SIM_CLI_DIVERGENCE_REPORT_H_
#define WR_SIM_CLI_DIVERGENCE_REPORT_H_

#include <cstdint>
#include <string>

#include "sim/core/divergence.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

sim::DigestTrail TrailOf(const sim::RunResult& result);

// Two runs of this build differ within the window: runs both again, and names
// the event.
std::string DivergenceReport(const sim::Scenario& scenario, std::uint64_t seed,
                             sim::EventWindow window);

// A run of this build differs from a capsule's within the window. The capsule
// has no events, only checkpoints: shows the last event they agree on and what
// this build does after it.
std::string CapsuleDivergenceReport(const sim::Scenario& capsule,
                                    std::uint64_t seed,
                                    sim::EventWindow window);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_DIVERGENCE_REPORT_H_
