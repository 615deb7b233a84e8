// What a scenario expects of the service as its clients see it: how much was
// answered, how fast, and how fresh. Nothing is judged that it does not state.
#ifndef WR_SIM_CLI_SERVICE_LEVEL_H_
#define WR_SIM_CLI_SERVICE_LEVEL_H_

#include "reports/history/history.h"
#include "sim/cli/judge.h"
#include "sim/scenario/expect_spec.h"

namespace wringer::cli {

// Adds a line for each stated expectation to `*verdict`, and a violation for
// each that is not met: expectation/availability, expectation/latency.
//
// Availability: in every window of the load in which something was asked, the
// share answered ok is at least `min`. Windows and operations that touch an
// effective fault are left out, unless the scenario says otherwise.
void JudgeServiceLevel(const sim::ExpectSpec& expect,
                       const reports::History& history, Verdict* verdict);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_SERVICE_LEVEL_H_
