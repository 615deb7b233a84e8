// Where a failing run is kept:
//
//   OUT/2026-11-22-0715-run-1a2b3c4/findings/lost-ack-k17-7f3a9c/
//     README.txt     the story, and how to see it again
//     capsule.toml   scenario, seed, verdict, digest chain
//     history.jsonl  what the clients saw
//     trace.txt      what the nodes said around the violation
//   OUT/latest -> the folder of the last run
//
// Only failures are kept.
#ifndef WR_SIM_CLI_FINDING_FOLDER_H_
#define WR_SIM_CLI_FINDING_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "sim/cli/commands.h"
#include "sim/cli/judge.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

struct SavedFinding {
  std::string folder;
  std::string capsule;
  // Whether running the capsule gave the same digest and verdict.
  bool verified = false;
};

// Keeps a failing run below `folder`/findings, after running its capsule once
// more to record the trace and to see that it is the same run. REQUIRES: the
// verdict has a failure.
absl::StatusOr<SavedFinding> SaveFinding(const std::string& folder,
                                         const sim::Scenario& scenario,
                                         const sim::RunResult& result,
                                         const Verdict& verdict);

// The same in a folder that is there already, e.g. of a kind of failure.
absl::StatusOr<SavedFinding> SaveFindingIn(const std::string& place,
                                           const sim::Scenario& scenario,
                                           const sim::RunResult& result,
                                           const Verdict& verdict);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_FINDING_FOLDER_H_
