// wringer run and replay: one run, its verdict, and why.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "reports/history/jsonl.h"
#include "sim/cli/commands.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/cluster/run.h"
#include "sim/explore/worker_pool.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

std::string ReplayLine(const RunOptionsCli& options, std::uint64_t seed) {
  std::string line =
      absl::StrCat(ProgramName(), " run ", ShellQuoted(options.scenario),
                   " --seed ", SeedText(seed));
  for (const std::string& setting : options.settings) {
    absl::StrAppend(&line, " --set ", ShellQuoted(setting));
  }
  return line;
}

// "n2", "m1", "c3"; 0 if it is no node's name.
NodeId NodeOf(Slice word) {
  std::uint32_t number = 0;
  if (word.size() < 2 || !absl::SimpleAtoi(word.substr(1), &number)) {
    return kNoNode;
  }
  switch (word[0]) {
    case 'n':
      return NodeId(number);
    case 'm':
      return NodeId(kConfigNodeBase + number);
    case 'c':
      return NodeId(kClientNodeBase + number);
    default:
      return kNoNode;
  }
}

bool ParseFilter(const std::vector<std::string>& words,
                 sim::TraceFilter* filter) {
  for (const std::string& word : words) {
    if (word == "all") continue;
    env::Component component = env::Component::kNode;
    if (sim::FindComponent(word, &component)) {
      filter->components.push_back(component);
    } else if (const NodeId node = NodeOf(word); node != kNoNode) {
      filter->nodes.push_back(node);
    } else {
      std::vector<Slice> known = {"all"};
      for (int i = 0; i < int(env::Component::kCount); ++i) {
        known.push_back(env::ComponentName(env::Component(i)));
      }
      const auto near = sim::Nearest(word, known);
      Complain(
          absl::StrCat("--log: no node and no part is called \"", word, "\""),
          near ? absl::StrCat("did you mean \"", *near, "\"?")
               : absl::StrCat("nodes are n1, m1, c1...; parts are ",
                              sim::Listed(known)));
      return false;
    }
  }
  return true;
}

void AddTrace(const RunOptionsCli& options, sim::RunOptions* run) {
  if (options.log.empty()) return;
  const Nanos from = options.log_from.value_or(0);
  const Nanos to = options.log_to.value_or(INT64_MAX);
  run->trace_sink = [from, to](const sim::TraceLine& line) {
    if (line.at < from || line.at > to) return;
    Out(sim::TraceText(line) + "\n");
  };
}

}  // namespace

int RunScenario(const CommonOptions& common, const RunOptionsCli& options) {
  std::optional<sim::Scenario> scenario =
      LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  if (options.until) {
    scenario->run.length = std::min(scenario->run.length, *options.until);
  }
  sim::RunOptions run;
  run.seed = seed;
  run.replay_line = ReplayLine(options, seed);
  if (!ParseFilter(options.log, &run.trace_filter)) return kUsage;
  AddTrace(options, &run);
  const reports::Style style = StyleFor(common, 1);
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                     SeedText(seed), "\n"));
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
  const PrintedRun printed{*scenario,       *result,
                           verdict,         options.scenario,
                           run.replay_line, sim::HostNanos() - began,
                           options.ledger};
  if (!options.history.empty()) {
    const absl::Status written =
        WriteFile(options.history, reports::WriteJsonl(result->history));
    if (!written.ok()) return Complain(written.message());
  }
  if (common.json) {
    Out(RunJson(printed) + "\n");
  } else {
    if (!common.quiet || !verdict.passed()) Out(RunText(printed, style));
    Out(RunEnding(printed, style));
  }
  return verdict.exit_code();
}

}  // namespace wringer::cli
