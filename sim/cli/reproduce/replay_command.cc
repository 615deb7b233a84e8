// wringer replay: the same run again, checked against its capsule, or in the
// debugger.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/history/jsonl.h"
#include "sim/cli/commands.h"
#include "sim/cli/divergence_report.h"
#include "sim/cli/failure.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/reproduce/stop_point.h"
#include "sim/cli/terminal.h"
#include "sim/cli/trace_options.h"
#include "sim/explore/capsule.h"
#include "sim/explore/worker_pool.h"
#include "sim/run/run.h"

namespace wringer::cli {
namespace {

constexpr Nanos kBeforeViolation = 200 * kMillisecond;

// Where the debugger stops if nobody says: a little before the violation.
std::string DefaultStop(const sim::Scenario& scenario) {
  if (!scenario.capsule || scenario.capsule->at == 0) return "1";
  return absl::StrCat(
      std::max<Nanos>(1, scenario.capsule->at - kBeforeViolation), "ns");
}

std::string GdbScript() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  // Beside the sources of the tree that holds the build.
  for (auto folder = self.parent_path(); !folder.empty() && !error;
       folder = folder.parent_path()) {
    const auto script = folder / "scripts" / "gdb" / "wringer.py";
    if (std::filesystem::exists(script, error)) return script.string();
    if (folder == folder.root_path()) break;
  }
  return "scripts/gdb/wringer.py";
}

// Becomes gdb on this very program; returns only if there is no gdb.
int StartDebugger(const sim::Scenario& scenario, const RunOptionsCli& options,
                  std::uint64_t seed) {
  const std::string stop =
      options.stop_at.empty() ? DefaultStop(scenario) : options.stop_at;
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  std::vector<std::string> words = {
      "gdb",     "-q",           "-x",        GdbScript(),
      "--args",  self.string(),  "replay",    options.scenario,
      "--seed",  SeedText(seed), "--stop-at", stop,
      "--color", "never"};
  for (const std::string& setting : options.settings) {
    words.push_back("--set");
    words.push_back(setting);
  }
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  args.push_back(nullptr);
  ::execvp("gdb", args.data());
  return Complain("cannot start gdb",
                  "apt-get install gdb, or replay with "
                  "--log all --trace-window FROM..TO");
}

// What differs from the build that made the capsule is said, and no more: the
// digest decides.
void WarnOfBuild(const sim::CapsuleSpec& capsule) {
  if (capsule.build == BuildLine()) return;
  Err(absl::StrCat("warning: the capsule is from ", capsule.build, ", this is ",
                   BuildLine(), "\n"));
}

// kHeld if the run is the capsule's; else says where they part.
int CompareWithCapsule(const sim::Scenario& scenario,
                       const sim::RunResult& result, bool force) {
  const auto trail = sim::TrailOf(*scenario.capsule);
  if (!trail.ok()) {
    return Complain(trail.status().message(),
                    "take the capsule from its run "
                    "again; it was changed by hand");
  }
  const bool partial = result.end == sim::RunEnd::kStopped;
  const auto window = sim::FirstDifference(*trail, result, partial);
  if (!window) {
    const auto passed = static_cast<std::size_t>(
        std::count_if(trail->marks.begin(), trail->marks.end(),
                      [&](const sim::DigestMark& m) {
                        return m.event_number <= result.events;
                      }));
    Out(absl::StrCat("  the capsule's run: ", passed,
                     passed == 1 ? " checkpoint" : " checkpoints",
                     partial ? " up to here" : " and the digest agree", "\n"));
    return kHeld;
  }
  // Whose fault: this build's own, or the distance between two builds?
  sim::RunOptions options;
  options.seed = result.seed;
  const auto again = sim::Run(scenario, options);
  const auto own = again.ok() && !partial
                       ? sim::FirstDifference(TrailOf(result), TrailOf(*again))
                       : std::nullopt;
  Out(absl::StrCat("FAIL   this is not the run of the capsule\n",
                   CapsuleDivergenceReport(scenario, result.seed, *window)));
  if (own) {
    Out(absl::StrCat("  and this build does not agree with itself:\n",
                     DivergenceReport(scenario, result.seed, *own)));
  } else {
    Out(
        absl::StrCat("  Two runs of this build agree, so the capsule is from "
                     "another program:\n  ",
                     scenario.capsule->build, "\n"));
  }
  if (!force) {
    Out("  --force goes on all the same\n");
    return kNotDeterministic;
  }
  return kHeld;
}

std::string SameVerdict(const sim::CapsuleSpec& capsule,
                        const Verdict& verdict) {
  const Failure failure = FailureOf(verdict);
  const bool same = failure.id == capsule.violation &&
                    failure.fingerprint == capsule.fingerprint;
  return absl::StrCat(same ? "  same verdict: " : "  ANOTHER verdict; it was ",
                      capsule.violation, " ", capsule.fingerprint, "\n");
}

}  // namespace

int ReplayScenario(const CommonOptions& common, const RunOptionsCli& options) {
  auto scenario = LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  // With other settings or another seed it is another run on purpose.
  const bool checked =
      scenario->capsule && options.settings.empty() && scenario->seed == seed;
  if (options.gdb) return StartDebugger(*scenario, options, seed);
  sim::RunOptions run;
  run.seed = seed;
  run.until = options.until;
  run.replay_line =
      absl::StrCat(ProgramName(), " replay ", ShellQuoted(options.scenario),
                   " --seed ", SeedText(seed));
  if (!AddTraceOptions(options, &run)) return kUsage;
  std::optional<StopPoint> stop;
  if (!options.stop_at.empty()) {
    stop = StopPoint::Parse(options.stop_at, *scenario);
    if (!stop) {
      return Complain(absl::StrCat("--stop-at: \"", options.stop_at,
                                   "\" is no event and no time"),
                      "give an event number as 48123, or a time as 7.2s");
    }
    run.witnesses.push_back(&*stop);
  }
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                     SeedText(seed), "\n"));
    if (!common.quiet) {
      Out(absl::StrCat("  ", DesignLine(*scenario), "\n\n"));
    }
  }
  if (checked) WarnOfBuild(*scenario->capsule);
  const std::int64_t began = sim::HostNanos();
  const auto result = sim::Run(*scenario, run);
  if (!result.ok()) {
    return Complain(result.status().message(), "change the scenario's design");
  }
  const std::int64_t real_ns = sim::HostNanos() - began;
  if (checked && !common.json) {
    const int code = CompareWithCapsule(*scenario, *result, options.force);
    if (code != kHeld) return code;
  }
  const Verdict verdict = Judge(*scenario, *result);
  const PrintedRun printed{*scenario,        *result,         verdict,
                           options.scenario, run.replay_line, real_ns,
                           options.ledger};
  if (!options.history.empty()) {
    const absl::Status written =
        WriteFile(options.history, reports::WriteJsonl(result->history));
    if (!written.ok()) return Complain(written.message());
  }
  if (common.json) {
    Out(RunJson(printed) + "\n");
    return verdict.exit_code();
  }
  const reports::Style style = StyleFor(common, 1);
  if (!common.quiet || !verdict.passed()) Out(RunText(printed, style));
  if (checked && !options.until) Out(SameVerdict(*scenario->capsule, verdict));
  Out(RunEnding(printed, style));
  return verdict.exit_code();
}

}  // namespace wringer::cli
