// `wringer`: the command line. This file and campaign_flags.cc know CLI11;
// everything else gets plain options.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/cli/campaign_flags.h"
#include "sim/cli/commands.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/schema/units.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

struct Everything {
  CommonOptions common;
  std::string color = "auto";
  std::string seed;
  std::string until;
  std::string window;
  std::string duration;
  RunOptionsCli run;
  VerifyOptions verify;
  CampaignFlags campaign;
  ShrinkOptionsCli shrink;
  CheckOptionsCli check;
  ScenarioOptions scenario;
};

std::string CheckSeed(const std::string& text) {
  if (ParseSeed(text)) return "";
  return "\"" + text + "\" is no seed: give a number up to 2^64-1, or 0x...";
}

std::string CheckDuration(const std::string& text) {
  std::int64_t value = 0;
  const sim::Complaint complaint =
      sim::ParseQuantity(text, sim::Dimension::kDuration, &value);
  return complaint.ok() ? "" : complaint.message + "; " + complaint.help;
}

std::int64_t Duration(const std::string& text) {
  std::int64_t value = 0;
  sim::ParseQuantity(text, sim::Dimension::kDuration, &value);
  return value;
}

void AddCommon(CLI::App* app, Everything* all) {
  app->add_option("--color", all->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app->add_flag("--ascii", all->common.ascii, "No character outside ASCII");
  app->add_flag("--json", all->common.json, "One JSON document on stdout");
  app->add_flag("-q,--quiet", all->common.quiet, "Only what went wrong");
  app->add_flag("-v", all->common.verbose, "More");
  app->add_option("--out", all->common.out, "Where findings are kept")
      ->envname("WRINGER_OUT");
}

void AddSettings(CLI::App* app, std::vector<std::string>* settings) {
  app->add_option("--set", *settings, "KEY=VALUE, as replication.model=raft")
      ->take_all()
      ->expected(1);
}

void AddSeed(CLI::App* app, Everything* all) {
  app->add_option("--seed", all->seed, "Decimal or 0x...")->check(CheckSeed);
}

CLI::App* AddRun(CLI::App* top, Everything* all, const char* name,
                 const char* about) {
  CLI::App* app = top->add_subcommand(name, about);
  CLI::Option* scenario =
      app->add_option("scenario", all->run.scenario, "A TOML scenario");
  if (std::string(name) == "run") {
    AddSwarm(app, &all->run.swarm);
  } else {
    scenario->required();
  }
  AddSeed(app, all);
  AddSettings(app, &all->run.settings);
  app->add_option("--log", all->run.log,
                  "Trace of nodes and parts, as n2,replication")
      ->delimiter(',');
  app->add_option("--until", all->until, "Stop at this simulated time")
      ->check(CheckDuration);
  app->add_option("--trace-window", all->window,
                  "FROM..TO of simulated time to trace");
  app->add_option("--history", all->run.history, "Write the history here");
  app->add_flag("--ledger", all->run.ledger, "List every fault");
  app->add_flag("!--no-keep", all->run.keep, "Save no findings");
  AddCommon(app, all);
  return app;
}

void AddShrink(CLI::App* top, Everything* all) {
  CLI::App* app = top->add_subcommand(
      "shrink", "The smallest scenario that still fails in the same way");
  app->add_option("scenario", all->shrink.scenario, "A capsule or a scenario")
      ->required();
  AddSeed(app, all);
  AddSettings(app, &all->shrink.settings);
  app->add_option("--for", all->duration, "Real time to spend (5min)")
      ->check(CheckDuration);
  app->add_option("-j", all->shrink.workers, "Workers (one a core)");
  app->add_option("-o", all->shrink.output, "Where to write the result");
  app->add_flag("!--no-probe", all->shrink.probe,
                "Do not find out how exact times and values have to be");
  AddCommon(app, all);
}

void AddAll(CLI::App* top, Everything* all) {
  AddRun(top, all, "run", "One run of a scenario, and its verdict");
  CLI::App* replay = AddRun(top, all, "replay",
                            "The same run again, from a capsule or a seed");
  replay->add_flag("--force", all->run.force,
                   "Go on although it is not the run of the capsule");
  replay->add_flag("--gdb", all->run.gdb,
                   "In the debugger, stopped shortly before the violation");
  replay->add_option("--stop-at", all->run.stop_at,
                     "Event number or simulated time to stop the debugger at");
  AddRun(top, all, "explain", "What went wrong, as a story");
  CLI::App* verify =
      top->add_subcommand("verify", "Run twice and compare every event");
  verify->add_option("scenario", all->verify.scenario, "A TOML scenario")
      ->required();
  AddSeed(verify, all);
  AddSettings(verify, &all->verify.settings);
  AddCommon(verify, all);

  AddCampaignCommands(
      top, [all](CLI::App* app) { AddCommon(app, all); }, &all->campaign);

  AddShrink(top, all);

  CLI::App* check = top->add_subcommand("check", "Judge a history again");
  check->add_option("history", all->check.history, "A history file")
      ->required();
  check->add_option("--model", all->check.model,
                    "register, cas-register, multi-register, mutex, kv");
  check->add_option("--level", all->check.level, "linearizable or all");
  check->add_option("--format", all->check.format,
                    "wringer, jepsen-edn, jepsen-log, porcupine-kv");
  check->add_option("--budget", all->check.budget, "Steps of search");
  AddCommon(check, all);

  CLI::App* scenario =
      top->add_subcommand("scenario", "check, dump, list, fmt, schema");
  scenario->add_option("verb", all->scenario.verb, "What to do")->required();
  scenario->add_option("paths", all->scenario.paths, "Scenario files");
  AddSwarm(scenario, &all->scenario.swarm);
  AddSeed(scenario, all);
  AddSettings(scenario, &all->scenario.settings);
  AddCommon(scenario, all);
}

std::string Flattened(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  if (word.size() > 1 && word[0] == '-') {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        names.push_back("--" + name);
      }
    }
  } else {
    for (const CLI::App* sub : app.get_subcommands({})) {
      names.push_back(sub->get_name());
    }
  }
  std::vector<Slice> known(names.begin(), names.end());
  const std::string bare = word.substr(0, word.find('='));
  const auto near = sim::Nearest(bare, known);
  if (near) return absl::StrCat("did you mean \"", *near, "\"?");
  return absl::StrCat("known: ", sim::Listed(known));
}

// CLI11's own words are for programmers; ours name the thing and the way out.
int ComplainOf(const CLI::App& top, const std::vector<std::string>& words,
               const CLI::ParseError& error) {
  const CLI::App* app = &top;
  if (!top.get_subcommands().empty()) app = top.get_subcommands().front();
  const bool unknown_command =
      app == &top && !words.empty() && words[0][0] != '-';
  if (unknown_command) {
    return Complain(absl::StrCat("unknown command \"", words[0], "\""),
                    Flattened(top, words[0]));
  }
  if (app == &top && words.empty()) {
    return Complain("a command is needed", Flattened(top, ""));
  }
  const std::vector<std::string> extra = app->remaining(true);
  for (const std::string& word : extra) {
    if (word.size() > 1 && word[0] == '-') {
      return Complain(
          absl::StrCat("unknown option \"", word, "\" of ", app->get_name()),
          Flattened(*app, word));
    }
  }
  return Complain(error.what(), absl::StrCat("see ", ProgramName(), " ",
                                             app->get_name(), " --help"));
}

bool Settle(Everything* all, std::string* complaint) {
  all->common.color = all->color == "always"  ? ColorMode::kAlways
                      : all->color == "never" ? ColorMode::kNever
                                              : ColorMode::kAuto;
  if (!all->seed.empty()) {
    all->run.seed = ParseSeed(all->seed);
    all->verify.seed = all->run.seed;
    all->scenario.seed = all->run.seed;
    all->shrink.seed = all->run.seed;
  }
  if (!all->until.empty()) all->run.until = Duration(all->until);
  if (!all->duration.empty()) all->shrink.real_ns = Duration(all->duration);
  if (!all->window.empty()) {
    const std::size_t dots = all->window.find("..");
    const std::string from = all->window.substr(0, dots);
    const std::string to =
        dots == std::string::npos ? "" : all->window.substr(dots + 2);
    if (!CheckDuration(from).empty() || !CheckDuration(to).empty()) {
      *complaint = absl::StrCat(
          "\"", all->window, "\" is no window: give FROM..TO, as 7.0s..7.5s");
      return false;
    }
    all->run.log_from = Duration(from);
    all->run.log_to = Duration(to);
  }
  return SettleCampaign(&all->campaign, complaint);
}

int Dispatch(const CLI::App& top, const Everything& all) {
  const std::string name = top.get_subcommands().front()->get_name();
  if (name == "run") return RunScenario(all.common, all.run);
  if (name == "replay") return ReplayScenario(all.common, all.run);
  if (name == "explain") return ExplainScenario(all.common, all.run);
  if (name == "verify") return VerifyScenario(all.common, all.verify);
  if (const auto code = RunCampaignCommand(name, all.common, all.campaign)) {
    return *code;
  }
  if (name == "shrink") return ShrinkScenario(all.common, all.shrink);
  if (name == "check") return CheckHistoryFile(all.common, all.check);
  return ScenarioTool(all.common, all.scenario);
}

int Main(int argc, char** argv) {
  SetProgramName(argc > 0 ? argv[0] : "wringer");
  CLI::App top("Puts a distributed database through the wringer.");
  top.name(ProgramName());
  top.require_subcommand(1);
  top.set_version_flag("--version", BuildLine());
  Everything all;
  AddAll(&top, &all);
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    top.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    return top.exit(done) == 0 ? kHeld : kUsage;
  } catch (const CLI::ParseError& error) {
    return ComplainOf(top, words, error);
  }
  std::string complaint;
  if (!Settle(&all, &complaint)) return Complain(complaint);
  return Dispatch(top, all);
}

}  // namespace
}  // namespace wringer::cli

int main(int argc, char** argv) { return wringer::cli::Main(argc, argv); }
