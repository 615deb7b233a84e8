// What a sweep leaves behind, and takes up from sweeps before it.
#ifndef WR_SIM_CLI_CAMPAIGN_SWEEP_FILES_H_
#define WR_SIM_CLI_CAMPAIGN_SWEEP_FILES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "sim/cli/campaign/sweep_outcome.h"
#include "sim/explore/results_dir.h"

namespace wringer::cli {

// Sets baseline and kinds: against what was asked for, else against the newest
// earlier results of the same scenarios. kNotFound, kInvalidArgument if what
// was asked for cannot be read.
absl::Status Compare(const CommonOptions& common, const SweepOptions& options,
                     SweepOutcome* outcome);

// Writes a folder for each kind that was seen, with the scenario resolved for
// its seed and, for the first few, a capsule, the history and a trace; sets
// `replays`. Without results the replay names the seed.
absl::Status KeepFindings(const SweepOptions& options,
                          const sim::ResultsDir* results,
                          SweepOutcome* outcome);

// findings.json, summary.json, summary.md, junit.xml, and what was asked for.
absl::Status WriteSummaries(const SweepOptions& options,
                            const sim::ResultsDir* results,
                            const SweepOutcome& outcome);

// The line that makes the run of that seed again.
std::string ReplayBySeed(const SweepOptions& options, const std::string& path,
                         std::uint64_t seed);

// Adds to the corpus: the seed of each kind that was seen.
absl::Status UpdateCorpus(const std::string& path, const SweepOutcome& outcome);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SWEEP_FILES_H_
