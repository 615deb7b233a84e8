#include "sim/cli/campaign/sweep_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "reports/history/json_reader.h"
#include "sim/cli/campaign/sweep_report.h"
#include "sim/cli/finding_folder.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/explore/seed_corpus.h"
#include "sim/run/run.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;

// Kinds of which a capsule is kept: each takes two runs.
constexpr std::size_t kCapsulesMost = 16;

using sim::KindStatus;
using sim::ListedKind;

// What a results directory was made from, in words that are equal iff the
// scenarios and the settings are. Empty if it does not say.
std::string SubjectOf(const std::string& folder) {
  const auto text = ReadFile(folder + "/invocation.json");
  if (!text.ok()) return "";
  const auto json = reports::ParseJson(*text);
  if (!json.ok() || json->Find("scenarios") == nullptr ||
      json->Find("settings") == nullptr) {
    return "";
  }
  std::string subject;
  for (const std::string& path : json->Find("scenarios")->names) {
    absl::StrAppend(&subject, path, "\n");
  }
  for (const reports::Json& setting : json->Find("settings")->items) {
    absl::StrAppend(&subject, "--set ", setting.text, "\n");
  }
  return subject;
}

// The newest earlier results with findings of the same scenarios under the same
// settings, or "".
std::string FormerResults(const CommonOptions& common,
                          const SweepOutcome& outcome) {
  const std::string subject = SubjectOf(outcome.folder);
  std::error_code error;
  for (const std::string& folder : sim::ListResults(common.out)) {
    if (fs::equivalent(folder, outcome.folder, error)) continue;
    if (!fs::exists(folder + "/findings.json", error)) continue;
    if (!subject.empty() && SubjectOf(folder) == subject) return folder;
  }
  return "";
}

const sim::PlannedScenario* Find(const SweepOutcome& outcome,
                                 const std::string& path) {
  for (const sim::PlannedScenario& s : outcome.plan->scenarios()) {
    if (s.path == path) return &s;
  }
  return nullptr;
}

// Runs the kind's run once more and keeps capsule, history and trace of it in
// `folder`. Empty if it did not end, or not as before.
absl::StatusOr<std::string> KeepCapsule(const sim::Scenario& scenario,
                                        const sim::FailureKind& kind,
                                        const std::string& folder) {
  // A run that killed its worker would kill this process, too.
  if (kind.digest == 0) return std::string();
  sim::RunOptions options;
  options.seed = kind.seed;
  WR_ASSIGN_OR_RETURN(const sim::RunResult result, sim::Run(scenario, options));
  const Verdict verdict = Judge(scenario, result);
  if (result.digest != kind.digest || verdict.passed()) return std::string();
  WR_ASSIGN_OR_RETURN(const SavedFinding saved,
                      SaveFindingIn(folder, scenario, result, verdict));
  return saved.capsule;
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot make \"", path, "\": ", error.message()));
}

}  // namespace

std::string ReplayBySeed(const SweepOptions& options, const std::string& path,
                         std::uint64_t seed) {
  std::string line =
      absl::StrCat(ProgramName(), options.swarm.on ? " run" : " replay",
                   SwarmWords(options.swarm));
  if (path != kSwarmPath) absl::StrAppend(&line, " ", ShellQuoted(path));
  absl::StrAppend(&line, " --seed ", SeedText(seed));
  for (const std::string& setting : options.settings) {
    absl::StrAppend(&line, " --set ", ShellQuoted(setting));
  }
  return line;
}

absl::Status Compare(const CommonOptions& common, const SweepOptions& options,
                     SweepOutcome* outcome) {
  std::map<std::string, sim::FailureKind> before;
  outcome->baseline_asked = !options.baseline.empty();
  outcome->baseline = options.baseline.empty() && !outcome->folder.empty()
                          ? FormerResults(common, *outcome)
                          : options.baseline;
  if (!outcome->baseline.empty()) {
    WR_ASSIGN_OR_RETURN(before, sim::ReadFindings(outcome->baseline));
  }
  outcome->kinds = sim::CompareKinds(outcome->tally->kinds, before);
  return absl::OkStatus();
}

absl::Status KeepFindings(const SweepOptions& options,
                          const sim::ResultsDir* results,
                          SweepOutcome* outcome) {
  std::size_t capsules = 0;
  for (const ListedKind& listed : outcome->kinds) {
    if (listed.status == KindStatus::kGone) continue;
    const sim::FailureKind& kind = listed.kind;
    outcome->replays[kind.Name()] =
        ReplayBySeed(options, kind.scenario, kind.seed);
    const sim::PlannedScenario* planned = Find(*outcome, kind.scenario);
    if (results == nullptr || planned == nullptr) continue;
    const std::string folder =
        results->File(absl::StrCat("findings/", kind.Name()));
    WR_RETURN_IF_ERROR(MakeFolder(folder));
    const std::string scenario = folder + "/scenario.toml";
    const sim::Scenario drawn = ScenarioOfSeed(options.swarm, planned->scenario,
                                               options.settings, kind.seed);
    WR_RETURN_IF_ERROR(
        WriteFile(scenario, sim::DumpScenario(drawn, kind.seed)));
    std::string capsule;
    if (capsules++ < kCapsulesMost && !outcome->interrupted) {
      WR_ASSIGN_OR_RETURN(capsule, KeepCapsule(drawn, kind, folder));
    }
    outcome->replays[kind.Name()] =
        absl::StrCat(ProgramName(), " replay ",
                     ShellQuoted(capsule.empty() ? scenario : capsule));
    WR_RETURN_IF_ERROR(
        WriteFile(folder + "/KIND.txt", KindStory(*outcome, listed)));
  }
  return absl::OkStatus();
}

absl::Status WriteSummaries(const SweepOptions& options,
                            const sim::ResultsDir* results,
                            const SweepOutcome& outcome) {
  const std::string junit = SweepJUnit(outcome);
  if (!options.junit.empty()) {
    WR_RETURN_IF_ERROR(WriteFile(options.junit, junit));
  }
  const char* page = std::getenv("GITHUB_STEP_SUMMARY");
  if (options.github && page != nullptr && *page != '\0') {
    // Other steps of the job write there, too.
    std::ofstream(page, std::ios::app) << SweepMarkdown(outcome);
  }
  if (results == nullptr) return absl::OkStatus();
  WR_RETURN_IF_ERROR(
      WriteFile(results->File("findings.json"),
                sim::FindingsJson(outcome.kinds, outcome.tally->runs)));
  WR_RETURN_IF_ERROR(
      WriteFile(results->File("summary.json"), SweepJson(outcome) + "\n"));
  WR_RETURN_IF_ERROR(
      WriteFile(results->File("summary.md"), SweepMarkdown(outcome)));
  return WriteFile(results->File("junit.xml"), junit);
}

absl::Status UpdateCorpus(const std::string& path,
                          const SweepOutcome& outcome) {
  std::vector<sim::CorpusSeed> seeds;
  std::error_code error;
  if (fs::exists(path, error)) {
    WR_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    WR_ASSIGN_OR_RETURN(seeds, sim::ParseSeedCorpus(text, path));
  }
  const std::size_t before = seeds.size();
  for (const ListedKind& listed : outcome.kinds) {
    const sim::FailureKind& kind = listed.kind;
    if (listed.status == KindStatus::kGone) continue;
    seeds.push_back({kind.scenario, kind.seed, kind.violation});
  }
  if (seeds.size() == before) return absl::OkStatus();
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) WR_RETURN_IF_ERROR(MakeFolder(folder.string()));
  return WriteFile(path, sim::SeedCorpusText(std::move(seeds)));
}

}  // namespace wringer::cli
