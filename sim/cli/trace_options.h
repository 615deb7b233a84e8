// --log and --trace-window: which lines of the trace go to stdout.
#ifndef WR_SIM_CLI_TRACE_OPTIONS_H_
#define WR_SIM_CLI_TRACE_OPTIONS_H_

#include "sim/cli/commands.h"
#include "sim/run/run.h"

namespace wringer::cli {

// False after a complaint about a word that is neither node nor part.
bool AddTraceOptions(const RunOptionsCli& options, sim::RunOptions* run);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_TRACE_OPTIONS_H_
