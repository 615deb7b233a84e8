// wringer scenario check|dump|list|schema|reference|fmt: the author's tools.
#include <string>

#include "absl/strings/str_cat.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/run/run.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

int CheckFiles(const CommonOptions& common, const ScenarioOptions& options) {
  bool bad = false;
  for (const std::string& path : options.paths) {
    const sim::ParseResult result = Load(path, options.settings);
    PrintDiagnostics(common, result.diagnostics);
    if (result.ok() && !common.quiet) Out(absl::StrCat(path, ": ok\n"));
    bad |= !result.ok();
  }
  return bad ? kUsage : kHeld;
}

int Dump(const CommonOptions& common, const ScenarioOptions& options) {
  for (const std::string& path : options.paths) {
    auto scenario = LoadOrComplain(common, path, options.settings);
    if (!scenario) return kUsage;
    if (!options.seed) {
      Out(sim::DumpScenario(*scenario));
      continue;
    }
    // With a seed every random fault is known: write them out, one by one.
    scenario->faults.timeline = sim::PlanFaults(*scenario, *options.seed);
    scenario->faults.random.reset();
    Out(sim::DumpScenario(*scenario, *options.seed));
  }
  return kHeld;
}

// What the seed draws, with every fault written out.
int DumpSwarm(const CommonOptions& common, const ScenarioOptions& options) {
  if (!options.seed) {
    return Complain("--swarm draws from a seed", "add --seed S");
  }
  if (options.paths.size() > 1) {
    return Complain("--swarm draws on top of one scenario at a time",
                    "give one file, or none");
  }
  const auto base = LoadSwarmBase(
      common, options.paths.empty() ? "" : options.paths[0], options.settings);
  if (!base) return kUsage;
  sim::Scenario scenario =
      ScenarioOfSeed(options.swarm, *base, options.settings, *options.seed);
  scenario.faults.timeline = sim::PlanFaults(scenario, *options.seed);
  scenario.faults.random.reset();
  Out(sim::DumpScenario(scenario, *options.seed));
  return kHeld;
}

int List(const CommonOptions& common, const ScenarioOptions& options) {
  const std::string place =
      options.paths.empty() ? "scenarios" : options.paths[0];
  const auto entries = sim::ListScenarios(place);
  if (!entries.ok()) {
    return Complain(entries.status().message(),
                    "give a directory of scenarios or one file");
  }
  const reports::Style style = StyleFor(common, 1);
  bool bad = false;
  for (const sim::ScenarioEntry& entry : *entries) {
    bad |= !entry.ok;
    std::string line = absl::StrCat(
        reports::PadRight(entry.path, 48), "  ",
        entry.ok ? entry.name
                 : style.Paint(reports::Color::kBad, "has mistakes"));
    if (entry.violation) {
      absl::StrAppend(&line, "  [shows ", *entry.violation, "]");
    }
    Out(line + "\n");
  }
  return bad ? kUsage : kHeld;
}

int Format(const ScenarioOptions& options) {
  for (const std::string& path : options.paths) {
    const auto text = ReadFile(path);
    if (!text.ok()) return Complain(text.status().message());
    const auto formatted = sim::FormatScenario(*text);
    if (!formatted.ok()) {
      return Complain(
          formatted.status().message(),
          absl::StrCat("run `", ProgramName(), " scenario check ", path, "`"));
    }
    if (*formatted == *text) continue;
    const absl::Status written = WriteFile(path, *formatted);
    if (!written.ok()) return Complain(written.message());
    Out(absl::StrCat(path, ": formatted\n"));
  }
  return kHeld;
}

}  // namespace

int ScenarioTool(const CommonOptions& common, const ScenarioOptions& options) {
  if (options.swarm.on) {
    if (options.verb == "dump") return DumpSwarm(common, options);
    return Complain("--swarm goes with `scenario dump`");
  }
  const bool wants_paths = options.verb == "check" || options.verb == "dump" ||
                           options.verb == "fmt";
  if (wants_paths && options.paths.empty()) {
    return Complain(
        absl::StrCat("scenario ", options.verb, " needs a scenario file"),
        "for example scenarios/gallery/async-failover.toml");
  }
  if (options.verb == "check") return CheckFiles(common, options);
  if (options.verb == "dump") return Dump(common, options);
  if (options.verb == "list") return List(common, options);
  if (options.verb == "fmt") return Format(options);
  if (options.verb == "schema") {
    Out(sim::ScenarioJsonSchema());
    return kHeld;
  }
  if (options.verb == "reference") {
    Out(sim::ScenarioReference());
    return kHeld;
  }
  const auto near = sim::Nearest(
      options.verb, {"check", "dump", "list", "fmt", "schema", "reference"});
  return Complain(
      absl::StrCat("unknown verb \"", options.verb, "\" of scenario"),
      near ? absl::StrCat("did you mean \"", *near, "\"?")
           : "known: check, dump, list, fmt, schema, reference");
}

}  // namespace wringer::cli
