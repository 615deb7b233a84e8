#include "sim/cli/campaign/corpus_files.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"
#include "sim/explore/campaign.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;
using sim::CorpusSeed;
using sim::PlannedRun;
using sim::PlannedScenario;

constexpr std::uint64_t kDefaultSeed = 1;  // of a regression that fixes none

PlannedScenario Planned(const std::string& path, sim::Scenario scenario) {
  PlannedScenario planned;
  planned.path = path;
  planned.identity = sim::IdentityOf(scenario);
  planned.scenario = std::move(scenario);
  return planned;
}

bool LoadRegressions(const CommonOptions& common, const std::string& folder,
                     Corpus* corpus) {
  std::error_code error;
  if (!fs::exists(folder, error)) return true;
  const auto entries = sim::ListScenarios(folder);
  if (!entries.ok()) {
    Complain(entries.status().message());
    return false;
  }
  for (const sim::ScenarioEntry& entry : *entries) {
    auto scenario = LoadOrComplain(common, entry.path, {});
    if (!scenario) return false;
    PlannedScenario planned = Planned(entry.path, std::move(*scenario));
    planned.pinned = planned.scenario.seed.value_or(kDefaultSeed);
    corpus->regressions.push_back(std::move(planned));
  }
  return true;
}

bool LoadSeeds(const std::string& path, Corpus* corpus) {
  std::error_code error;
  if (!fs::exists(path, error)) return true;
  const auto text = ReadFile(path);
  auto seeds = text.ok()
                   ? sim::ParseSeedCorpus(*text, path)
                   : absl::StatusOr<std::vector<CorpusSeed>>(text.status());
  if (!seeds.ok()) {
    Complain(seeds.status().message());
    return false;
  }
  corpus->seeds = std::move(*seeds);
  for (const CorpusSeed& seed : corpus->seeds) {
    if (corpus->scenarios.count(seed.scenario) > 0) continue;
    sim::ParseResult loaded = Load(seed.scenario, {});
    if (!loaded.ok()) continue;
    corpus->scenarios.emplace(
        seed.scenario, Planned(seed.scenario, std::move(*loaded.scenario)));
  }
  return true;
}

}  // namespace

std::optional<Corpus> LoadCorpus(const CommonOptions& common,
                                 const CorpusOptions& options) {
  Corpus corpus;
  if (!LoadRegressions(common, options.folder, &corpus) ||
      !LoadSeeds(options.seeds_file, &corpus)) {
    return std::nullopt;
  }
  return corpus;
}

absl::StatusOr<CorpusRuns> RunCorpus(const Corpus& corpus, bool seeds_only) {
  std::vector<PlannedScenario> scenarios;
  std::vector<PlannedRun> extra;
  if (!seeds_only) scenarios = corpus.regressions;
  std::uint64_t runs = scenarios.size();
  for (const auto& [path, planned] : corpus.scenarios) {
    for (const CorpusSeed& seed : corpus.seeds) {
      if (seed.scenario != path) continue;
      extra.push_back({scenarios.size(), seed.seed});
      ++runs;
    }
    scenarios.push_back(planned);
  }
  CorpusRuns records;
  if (runs == 0) return records;
  const sim::SeedPlan plan(std::move(scenarios), 0, std::nullopt,
                           std::move(extra));
  sim::CampaignOptions limits;
  limits.runs = runs;
  limits.build = BuildId();
  sim::Campaign campaign(limits, &plan, nullptr,
                         [](const PlannedScenario& s, std::uint64_t seed) {
                           return RunAndJudge({s.scenario, seed, ""});
                         });
  WR_RETURN_IF_ERROR(campaign.Run(
      [&](const sim::RunRecord& record, bool) {
        records[{record.scenario, record.seed}] = record;
      },
      [] { return true; }));
  return records;
}

bool StillShows(const CorpusSeed& seed, const sim::RunRecord& record) {
  constexpr Slice kMark = "mark:";
  if (!absl::StartsWith(seed.why, kMark)) return record.violation == seed.why;
  const std::string mark = seed.why.substr(kMark.size());
  return std::any_of(record.marks.begin(), record.marks.end(),
                     [&](const auto& m) { return m.first == mark; });
}

absl::Status WriteSeeds(const std::string& path,
                        std::vector<CorpusSeed> seeds) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  return WriteFile(path, sim::SeedCorpusText(std::move(seeds)));
}

std::string RegressionText(const sim::Scenario& scenario, std::uint64_t seed,
                           const std::string& violation,
                           const std::string& fixed_in) {
  sim::Scenario regression = scenario;
  regression.expect.violation.reset();
  regression.mutants.clear();
  sim::RegressionSpec spec =
      scenario.regression.value_or(sim::RegressionSpec{});
  spec.violation = violation;
  if (spec.found.empty()) {
    spec.found = absl::StrCat("seed ", SeedText(seed), ", ", Build().commit);
  }
  if (!fixed_in.empty()) spec.fixed_in = fixed_in;
  regression.regression = spec;
  std::string text = absl::StrCat("# ", scenario.name, "\n#\n");
  for (const Slice line : absl::StrSplit(scenario.about, '\n')) {
    absl::StrAppend(&text, line.empty() ? "#" : "# ", line, "\n");
  }
  absl::StrAppend(&text, "# What must not come back: ", violation, ".\n");
  return absl::StrCat(text, sim::DumpScenario(regression, seed));
}

}  // namespace wringer::cli
