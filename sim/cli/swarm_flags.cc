#include "sim/cli/swarm_flags.h"

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

}  // namespace

std::optional<sim::Scenario> LoadSwarmBase(
    const CommonOptions& common, const std::string& path,
    const std::vector<std::string>& settings) {
  if (!path.empty() && path != kSwarmPath) {
    return LoadOrComplain(common, path, settings);
  }
  sim::ParseOptions options;
  options.settings = settings;
  sim::ParseResult result =
      sim::ParseScenario("format = 1\nname = \"swarm\"\n", kSwarmPath, options);
  PrintDiagnostics(common, result.diagnostics);
  return std::move(result.scenario);
}

sim::SwarmOptions SwarmOptionsOf(const SwarmFlags& flags) {
  sim::SwarmOptions options;
  options.beyond = flags.beyond;
  options.model = sim::FindName<sim::ReplicationModel>(flags.model);
  options.survives = Survives;
  return options;
}

sim::Scenario ScenarioOfSeed(const SwarmFlags& flags, const sim::Scenario& base,
                             std::uint64_t seed) {
  if (!flags.on) return base;
  return sim::DrawSwarm(base, seed, SwarmOptionsOf(flags));
}

std::string SwarmWords(const SwarmFlags& flags) {
  if (!flags.on) return "";
  return absl::StrCat(" --swarm", flags.beyond ? " --beyond" : "",
                      flags.model.empty() ? "" : " --model ", flags.model);
}

}  // namespace wringer::cli
