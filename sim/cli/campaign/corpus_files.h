// The two halves of the corpus: scenarios of fixed bugs, which are kept in git
// and are the truth, and seeds worth running again, which are a cache.
#ifndef WR_SIM_CLI_CAMPAIGN_CORPUS_FILES_H_
#define WR_SIM_CLI_CAMPAIGN_CORPUS_FILES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/cli/commands.h"
#include "sim/explore/run_record.h"
#include "sim/explore/seed_corpus.h"
#include "sim/explore/seed_plan.h"

namespace wringer::cli {

struct Corpus {
  std::vector<sim::PlannedScenario> regressions;  // by path
  std::vector<sim::CorpusSeed> seeds;
  // Scenarios of seeds, by path; those that cannot be read are missing.
  std::map<std::string, sim::PlannedScenario> scenarios;
};

// Reads both. Nothing, after the mistakes were printed, if a regression or the
// file of seeds is wrong.
std::optional<Corpus> LoadCorpus(const CommonOptions& common,
                                 const CorpusOptions& options);

using CorpusRuns = std::map<std::pair<std::string, std::uint64_t>,
                            sim::RunRecord>;  // by path and seed

// Runs regressions and seeds in workers. kUnavailable.
absl::StatusOr<CorpusRuns> RunCorpus(const Corpus& corpus, bool seeds_only);

// True iff the run shows what the seed was kept for.
bool StillShows(const sim::CorpusSeed& seed, const sim::RunRecord& record);

absl::Status WriteSeeds(const std::string& path,
                        std::vector<sim::CorpusSeed> seeds);

// The text of a regression file: a scenario that fails turned into one that
// must hold. `violation` is what must not come back.
std::string RegressionText(const sim::Scenario& scenario, std::uint64_t seed,
                           const std::string& violation,
                           const std::string& fixed_in);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_CORPUS_FILES_H_
