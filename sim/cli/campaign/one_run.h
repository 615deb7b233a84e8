// One run as a campaign's record: run, judge, sum up. What workers do.
#ifndef WR_SIM_CLI_CAMPAIGN_ONE_RUN_H_
#define WR_SIM_CLI_CAMPAIGN_ONE_RUN_H_

#include <cstdint>
#include <string>

#include "sim/cli/judge.h"
#include "sim/explore/run_record.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

struct OneRun {
  const sim::Scenario& scenario;
  std::uint64_t seed = 0;
  std::string replay;  // printed with a failed check
  // A mark that one run did not reach is no failure where others may.
  bool marks_over_all = false;
};

// Scenario, identity, seed, build and the environment are left to the caller.
sim::RunRecord RunAndJudge(const OneRun& run);

// "0.1.0 1a2b3c4 gcc 12.2.0 #5f0c99e1": version, commit, compiler and a hash of
// the executable itself. Runs of equal ones can be compared.
std::string BuildId();

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_ONE_RUN_H_
