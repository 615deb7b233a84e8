#include "sim/cli/campaign/sweep_plan.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "reports/history/json_reader.h"
#include "reports/history/json_writer.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/load.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/explore/run_record.h"
#include "sim/explore/seed_corpus.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

using reports::Json;
using sim::PlannedRun;
using sim::PlannedScenario;

constexpr char kFormat[] = "wringer-sweep-invocation-1";
constexpr std::uint64_t kDefaultSeeds = 100;

// Settings are in the scenario already, but for what seeds draw.
std::string IdentityOf(const sim::Scenario& scenario,
                       const SweepOptions& options) {
  std::string identity = sim::IdentityOf(scenario);
  if (!options.swarm.on) return identity;
  absl::StrAppend(&identity, SwarmWords(options.swarm));
  for (const std::string& setting : options.settings) {
    absl::StrAppend(&identity, " --set ", setting);
  }
  return identity;
}

bool AddScenarios(const CommonOptions& common, const SweepOptions& options,
                  const std::string& place,
                  std::vector<PlannedScenario>* scenarios) {
  std::error_code error;
  const bool folder = std::filesystem::is_directory(place, error);
  const auto entries = sim::ListScenarios(place);
  if (!entries.ok()) {
    Complain(entries.status().message());
    return false;
  }
  for (const sim::ScenarioEntry& entry : *entries) {
    const bool known = std::any_of(
        scenarios->begin(), scenarios->end(),
        [&](const PlannedScenario& s) { return s.path == entry.path; });
    if (known) continue;
    auto scenario = options.swarm.on
                        ? LoadSwarmBase(common, entry.path, options.settings)
                        : LoadOrComplain(common, entry.path, options.settings);
    if (!scenario) return false;
    PlannedScenario planned;
    planned.path = entry.path;
    planned.identity = IdentityOf(*scenario, options);
    if (folder && !options.swarm.on) planned.pinned = scenario->seed;
    planned.scenario = std::move(*scenario);
    scenarios->push_back(std::move(planned));
  }
  return true;
}

// The swarm on top of nothing.
bool AddBareSwarm(const CommonOptions& common, const SweepOptions& options,
                  std::vector<PlannedScenario>* scenarios) {
  auto base = LoadSwarmBase(common, "", options.settings);
  if (!base) return false;
  PlannedScenario planned;
  planned.path = kSwarmPath;
  planned.identity = IdentityOf(*base, options);
  planned.scenario = std::move(*base);
  scenarios->push_back(std::move(planned));
  return true;
}

// Seeds of the corpus that belong to a scenario of the plan.
bool AddCorpus(const std::string& path,
               const std::vector<PlannedScenario>& scenarios,
               std::vector<PlannedRun>* extra) {
  if (path.empty() || !std::filesystem::exists(path)) return true;
  const auto text = ReadFile(path);
  const auto seeds =
      text.ok() ? sim::ParseSeedCorpus(*text, path)
                : absl::StatusOr<std::vector<sim::CorpusSeed>>(text.status());
  if (!seeds.ok()) {
    Complain(seeds.status().message(), "mend the line, or leave --corpus out");
    return false;
  }
  for (const sim::CorpusSeed& seed : *seeds) {
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      const PlannedRun run{i, seed.seed};
      const bool known =
          std::find(extra->begin(), extra->end(), run) != extra->end();
      if (scenarios[i].path == seed.scenario && !known) extra->push_back(run);
    }
  }
  return true;
}

std::optional<std::uint64_t> LastSeed(const SweepOptions& options) {
  if (options.last_seed) return options.last_seed;
  if (options.real_ns || options.runs) return std::nullopt;
  return options.first_seed + kDefaultSeeds - 1;
}

std::vector<std::string> Words(const Json* array) {
  std::vector<std::string> words;
  if (array == nullptr) return words;
  for (const Json& item : array->items) words.push_back(item.text);
  return words;
}

bool Seed(const Json* text, std::uint64_t* seed) {
  if (text == nullptr) return false;
  const auto parsed = ParseSeed(text->text);
  if (parsed) *seed = *parsed;
  return parsed.has_value();
}

}  // namespace

std::optional<sim::SeedPlan> PlanSweep(const CommonOptions& common,
                                       const SweepOptions& options) {
  std::vector<PlannedScenario> scenarios;
  for (const std::string& place : options.scenarios) {
    if (!AddScenarios(common, options, place, &scenarios)) return std::nullopt;
  }
  const bool bare = options.swarm.on && options.scenarios.empty();
  if (bare && !AddBareSwarm(common, options, &scenarios)) return std::nullopt;
  if (scenarios.empty()) {
    Complain("no scenario found", "give a file or a directory");
    return std::nullopt;
  }
  std::vector<PlannedRun> extra;
  if (!AddCorpus(options.corpus, scenarios, &extra)) return std::nullopt;
  return std::optional<sim::SeedPlan>(std::in_place, std::move(scenarios),
                                      options.first_seed, LastSeed(options),
                                      std::move(extra));
}

std::string InvocationJson(const SweepOptions& options,
                           const sim::SeedPlan& plan) {
  std::string out;
  reports::JsonWriter json(&out);
  json.Object().Field("format", kFormat);
  json.Field("build", Slice(BuildId())).Key("places").Array();
  for (const std::string& place : options.scenarios) json.String(place);
  json.End().Key("settings").Array();
  for (const std::string& setting : options.settings) json.String(setting);
  json.End();
  json.Field("first_seed", Slice(SeedText(options.first_seed)));
  const auto last = LastSeed(options);
  if (last) json.Field("last_seed", Slice(SeedText(*last)));
  json.Field("swarm", options.swarm.on);
  json.Field("beyond", options.swarm.beyond);
  json.Field("model", Slice(options.swarm.model));
  json.Field("corpus", Slice(options.corpus)).Key("scenarios").Object();
  for (const PlannedScenario& s : plan.scenarios()) {
    json.Field(s.path, Slice(s.identity));
  }
  json.End().End();
  return out + "\n";
}

absl::Status ReadInvocation(const std::string& path, SweepOptions* options) {
  const auto text = ReadFile(path);
  if (!text.ok()) return text.status();
  const auto json = reports::ParseJson(*text);
  const Json* format = json.ok() ? json->Find("format") : nullptr;
  if (format == nullptr || format->text != kFormat ||
      !Seed(json->Find("first_seed"), &options->first_seed)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", path, "\" is not what a sweep wrote"));
  }
  options->scenarios = Words(json->Find("places"));
  options->settings = Words(json->Find("settings"));
  options->last_seed.reset();
  std::uint64_t last = 0;
  if (Seed(json->Find("last_seed"), &last)) options->last_seed = last;
  const auto flag = [&](const char* name) {
    const Json* value = json->Find(name);
    return value != nullptr && value->boolean;
  };
  options->swarm.on = flag("swarm");
  options->swarm.beyond = flag("beyond");
  if (const Json* model = json->Find("model")) {
    options->swarm.model = model->text;
  }
  if (const Json* corpus = json->Find("corpus")) options->corpus = corpus->text;
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> SeedOfCommit() {
  const std::string commit = FirstLineOf({"git", "rev-parse", "HEAD"});
  if (commit.empty()) {
    return absl::FailedPreconditionError(
        "--seeds-from commit: this is no git checkout");
  }
  // 48 bits: a range from here never runs past the end, and reads well.
  return Hash64(commit) & 0xffff'ffff'ffff;
}

}  // namespace wringer::cli
