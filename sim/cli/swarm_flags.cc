#include "sim/cli/swarm_flags.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/cli/expectation.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

// A cell in which even convergence may be violated promises nothing more.
bool Survives(const sim::Scenario& scenario, sim::FaultKind kind) {
  return (MayViolate(scenario, {kind}) & kConv) == 0;
}

sim::ParseResult LoadBase(const std::string& path,
                          const sim::ParseOptions& options) {
  if (!path.empty() && path != kSwarmPath) {
    return sim::LoadScenario(path, options);
  }
  return sim::ParseScenario("format = 1\nname = \"swarm\"\n", kSwarmPath,
                            options);
}

// One by one: a setting may name a fault that this seed did not draw.
void Apply(const std::vector<std::string>& settings, sim::Scenario* scenario) {
  sim::ParseOptions options;
  options.across = false;
  for (const std::string& setting : settings) {
    options.settings = {setting};
    sim::ParseResult result =
        sim::ParseScenario(sim::DumpScenario(*scenario), kSwarmPath, options);
    if (result.ok()) *scenario = std::move(*result.scenario);
  }
}

}  // namespace

std::optional<sim::Scenario> LoadSwarmBase(
    const CommonOptions& common, const std::string& path,
    const std::vector<std::string>& settings) {
  sim::ParseOptions options;
  sim::ParseResult base = LoadBase(path, options);
  if (base.ok() && !settings.empty()) {
    options.settings = settings;
    options.across = false;
    sim::ParseResult set = LoadBase(path, options);
    if (!set.ok()) base = std::move(set);
  }
  PrintDiagnostics(common, base.diagnostics);
  return std::move(base.scenario);
}

sim::Scenario ScenarioOfSeed(const SwarmFlags& flags, const sim::Scenario& base,
                             const std::vector<std::string>& settings,
                             std::uint64_t seed) {
  if (!flags.on) return base;
  sim::SwarmOptions options;
  options.beyond = flags.beyond;
  options.model = sim::FindName<sim::ReplicationModel>(flags.model);
  options.survives = Survives;
  if (!settings.empty()) {
    options.adjust = [&settings](sim::Scenario* s) { Apply(settings, s); };
  }
  return sim::DrawSwarm(base, seed, options);
}

std::string SwarmWords(const SwarmFlags& flags) {
  if (!flags.on) return "";
  return absl::StrCat(" --swarm", flags.beyond ? " --beyond" : "",
                      flags.model.empty() ? "" : " --model ", flags.model);
}

}  // namespace wringer::cli
