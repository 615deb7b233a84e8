// wringer run: one run, its verdict, and why; a failure is kept.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "reports/history/jsonl.h"
#include "sim/cli/commands.h"
#include "sim/cli/failure.h"
#include "sim/cli/finding_folder.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/cli/trace_options.h"
#include "sim/explore/results_dir.h"
#include "sim/explore/worker_pool.h"
#include "sim/run/run.h"

namespace wringer::cli {
namespace {

std::string ReplayLine(const RunOptionsCli& options, std::uint64_t seed) {
  std::string line = absl::StrCat(
      ProgramName(), " run", SwarmWords(options.swarm),
      options.scenario.empty() ? "" : " ",
      options.scenario.empty() ? "" : ShellQuoted(options.scenario), " --seed ",
      SeedText(seed));
  for (const std::string& setting : options.settings) {
    absl::StrAppend(&line, " --set ", ShellQuoted(setting));
  }
  return line;
}

// Folders of failing runs; older ones make room.
constexpr std::size_t kKeptRuns = 20;

// Keeps a failing run. The line to paste then replays what was kept.
absl::Status Keep(const CommonOptions& common, const sim::Scenario& scenario,
                  const sim::RunResult& result, const Verdict& verdict,
                  const reports::Style& style, std::string* replay,
                  std::string* said) {
  WR_ASSIGN_OR_RETURN(
      const std::string folder,
      sim::MakeDatedFolder(common.out, absl::StrCat("run-", Build().commit)));
  sim::PruneResults(common.out, "run", kKeptRuns);
  WR_ASSIGN_OR_RETURN(const SavedFinding saved,
                      SaveFinding(folder, scenario, result, verdict));
  *replay = absl::StrCat(ProgramName(), " replay ", ShellQuoted(saved.capsule));
  *said = absl::StrCat(
      "\nSaved    ", saved.folder, "/     (capsule, history, trace)\n",
      saved.verified
          ? "Verified replayed once: same digest, same verdict.\n"
          : style.Paint(reports::Color::kBad,
                        "NOT DETERMINISTIC: a second run was another one; see "
                        "`verify`.\n"));
  return absl::OkStatus();
}

}  // namespace

int RunScenario(const CommonOptions& common, const RunOptionsCli& options) {
  if (options.scenario.empty() && !options.swarm.on) {
    return Complain("a run of what?", "give a scenario, or --swarm");
  }
  std::optional<sim::Scenario> scenario =
      options.swarm.on
          ? LoadSwarmBase(common, options.scenario, options.settings)
          : LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  scenario = ScenarioOfSeed(options.swarm, *scenario, options.settings, seed);
  const std::string subject =
      options.scenario.empty() ? kSwarmPath : options.scenario;
  sim::RunOptions run;
  run.seed = seed;
  run.until = options.until;
  run.replay_line = ReplayLine(options, seed);
  if (!AddTraceOptions(options, &run)) return kUsage;
  const reports::Style style = StyleFor(common, 1);
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", subject, "   seed ", SeedText(seed),
                     "\n"));
    if (!common.quiet) {
      Out(absl::StrCat("  ", DesignLine(*scenario), "\n\n"));
    }
  }
  const std::int64_t began = sim::HostNanos();
  absl::StatusOr<sim::RunResult> result = sim::Run(*scenario, run);
  if (!result.ok()) {
    return Complain(result.status().message(), "change the scenario's design");
  }
  const Verdict verdict = Judge(*scenario, *result);
  const std::int64_t real_ns = sim::HostNanos() - began;
  std::string replay = run.replay_line;
  std::string saved;
  if (options.keep && !verdict.passed() && FailureOf(verdict).happened() &&
      !options.until) {
    const absl::Status kept =
        Keep(common, *scenario, *result, verdict, style, &replay, &saved);
    // A finding that cannot be kept is a finding all the same.
    if (!kept.ok()) Err(absl::StrCat("warning: ", kept.message(), "\n"));
  }
  const PrintedRun printed{*scenario, *result, verdict,       subject,
                           replay,    real_ns, options.ledger};
  if (!options.history.empty()) {
    const absl::Status written =
        WriteFile(options.history, reports::WriteJsonl(result->history));
    if (!written.ok()) return Complain(written.message());
  }
  if (common.json) {
    Out(RunJson(printed) + "\n");
  } else {
    if (!common.quiet || !verdict.passed()) Out(RunText(printed, style));
    Out(saved);
    Out(RunEnding(printed, style));
  }
  return verdict.exit_code();
}

}  // namespace wringer::cli
