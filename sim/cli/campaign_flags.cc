#include "sim/cli/campaign_flags.h"

#include "absl/strings/str_cat.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/schema/units.h"

namespace wringer::cli {
namespace {

template <typename T>
bool Quantity(const char* flag, const std::string& text,
              sim::Dimension dimension, T* out, std::string* complaint) {
  if (text.empty()) return true;
  std::int64_t value = 0;
  const sim::Complaint said = sim::ParseQuantity(text, dimension, &value);
  if (said.ok()) {
    *out = static_cast<std::uint64_t>(value);
    return true;
  }
  *complaint = absl::StrCat(flag, ": ", said.message, "; ", said.help);
  return false;
}

void AddSettings(CLI::App* app, std::vector<std::string>* settings) {
  app->add_option("--set", *settings, "KEY=VALUE, as replication.model=raft")
      ->take_all()
      ->expected(1);
}

void AddSweep(CLI::App* app, CampaignFlags* flags) {
  SweepOptions* sweep = &flags->sweep;
  app->add_option("scenarios", sweep->scenarios, "Files or directories");
  app->add_option("--seeds", flags->seeds, "A..B, both included");
  app->add_option("--seeds-from", flags->seeds_from,
                  "commit: seeds that belong to the commit checked out")
      ->check(CLI::IsMember({"commit"}));
  app->add_option("--for", flags->duration, "Real time to spend");
  app->add_option("--runs", sweep->runs, "Runs to make");
  app->add_option("-j", sweep->workers, "Workers (one a core)");
  app->add_option("--worker-memory", flags->memory,
                  "Of one worker, as 2GiB; more is a finding");
  app->add_option("--run-limit", flags->run_limit,
                  "Real time of one run; more is a finding");
  AddSettings(app, &sweep->settings);
  AddSwarm(app, &sweep->swarm);
  app->add_option("--resume", sweep->resume,
                  "Go on in the results of a sweep that was cut short");
  app->add_flag("--force", sweep->force, "Resume although the build differs");
  app->add_option("--baseline", sweep->baseline,
                  "Results, or a findings.json: what failed there is not new, "
                  "and does not fail this sweep");
  app->add_option("--junit", sweep->junit, "Write JUnit XML here");
  app->add_flag("--github", sweep->github, "Annotations for GitHub Actions");
  app->add_flag("--jsonl", sweep->jsonl, "Each run on stdout as it comes");
  app->add_option("--corpus", sweep->corpus,
                  "A file of seeds: run first, and failing ones are added");
  app->add_option("--keep-runs", sweep->keep_runs,
                  "Results to keep, older ones are removed (20)");
}

void AddScore(CLI::App* app, CampaignFlags* flags) {
  ScoreOptions* score = &flags->score;
  app->add_option("--mutant", score->mutants, "This planted bug (all)")
      ->take_all()
      ->expected(1);
  app->add_option("--may-miss", score->may_miss, "Score it, do not require it")
      ->take_all()
      ->expected(1);
  app->add_option("--runs", score->runs, "Of each mutant, at most (100)");
  app->add_option("--first-seed", score->first_seed, "Seeds from here (1)");
  app->add_option("-j", score->workers, "Workers (one a core)");
  AddSettings(app, &score->settings);
}

void AddCorpus(CLI::App* app, CampaignFlags* flags) {
  CorpusOptions* corpus = &flags->corpus;
  app->add_option("verb", corpus->verb, "list, add, verify or prune")
      ->required();
  app->add_option("files", corpus->files, "add: scenarios or capsules");
  app->add_option("--dir", corpus->folder, "The regressions");
  app->add_option("--seeds-file", corpus->seeds_file, "The seeds");
  app->add_option("--seed", flags->seed, "add: keep this seed of the file");
  app->add_option("--name", corpus->name, "add: the regression's file name");
  app->add_option("--fixed-in", corpus->fixed_in, "add: the fixing commit");
  app->add_flag("--force", corpus->force, "add: although it still fails");
}

void AddBisect(CLI::App* app, CampaignFlags* flags) {
  BisectOptions* bisect = &flags->bisect;
  app->add_option("scenario", bisect->scenario, "A capsule or a scenario")
      ->required();
  app->add_option("--good", bisect->good, "A revision in which it held");
  app->add_option("--bad", bisect->bad, "A revision in which it fails (HEAD)");
  app->add_option("--seed", flags->seed, "Decimal or 0x...");
  AddSettings(app, &bisect->settings);
  app->add_option("--violation", bisect->violation,
                  "What counts (that of the capsule, or of the bad revision)");
  app->add_option("--build", bisect->build, "Builds a revision");
  app->add_option("--tool", bisect->tool, "The tool that --build makes");
  app->add_flag("--step", bisect->step, "Judge the revision checked out here");
}

// "7..9" or "7".
bool SettleSeeds(CampaignFlags* flags, std::string* complaint) {
  flags->sweep.seeds_from_commit = flags->seeds_from == "commit";
  if (flags->seeds.empty()) return true;
  if (flags->sweep.seeds_from_commit) {
    *complaint = "--seeds and --seeds-from say the same thing twice";
    return false;
  }
  const std::size_t dots = flags->seeds.find("..");
  const auto first = ParseSeed(flags->seeds.substr(0, dots));
  const auto last = dots == std::string::npos
                        ? first
                        : ParseSeed(flags->seeds.substr(dots + 2));
  if (!first || !last || *first > *last) {
    *complaint =
        absl::StrCat("\"", flags->seeds, "\" is no range of seeds: give A..B");
    return false;
  }
  flags->sweep.first_seed = *first;
  flags->sweep.last_seed = *last;
  return true;
}

}  // namespace

void AddSwarm(CLI::App* app, SwarmFlags* flags) {
  CLI::Option* swarm = app->add_flag(
      "--swarm", flags->on, "Draw design and world from the seed, too");
  app->add_flag("--beyond", flags->beyond,
                "With faults the design does not promise to survive")
      ->needs(swarm);
  app->add_option("--model", flags->model, "Of replication, the swarm's only")
      ->check(CLI::IsMember({"single", "primary_backup", "raft", "quorum"}))
      ->needs(swarm);
}

void AddCampaignCommands(CLI::App* top,
                         const std::function<void(CLI::App*)>& add_common,
                         CampaignFlags* flags) {
  CLI::App* sweep =
      top->add_subcommand("sweep", "Many seeds over worker processes");
  AddSweep(sweep, flags);
  CLI::App* score =
      top->add_subcommand("score", "Planted bugs under the generic swarm");
  AddScore(score, flags);
  CLI::App* doctor =
      top->add_subcommand("doctor", "Is this build fit to judge?");
  doctor->add_flag("--deep", flags->doctor.deep,
                   "Digests under every compiler, too");
  CLI::App* corpus =
      top->add_subcommand("corpus", "Regressions and seeds worth keeping");
  AddCorpus(corpus, flags);
  CLI::App* bisect =
      top->add_subcommand("bisect", "Find the commit that broke it");
  AddBisect(bisect, flags);
  for (CLI::App* app : {sweep, score, doctor, corpus, bisect}) add_common(app);
}

bool SettleCampaign(CampaignFlags* flags, std::string* complaint) {
  using sim::Dimension;
  SweepOptions* sweep = &flags->sweep;
  if (!Quantity("--for", flags->duration, Dimension::kDuration, &sweep->real_ns,
                complaint) ||
      !Quantity("--run-limit", flags->run_limit, Dimension::kDuration,
                &sweep->run_ns, complaint) ||
      !Quantity("--worker-memory", flags->memory, Dimension::kSize,
                &sweep->worker_bytes, complaint)) {
    return false;
  }
  if (!flags->seed.empty()) {
    flags->corpus.seed = ParseSeed(flags->seed);
    flags->bisect.seed = flags->corpus.seed;
    if (!flags->corpus.seed) {
      *complaint = absl::StrCat("\"", flags->seed,
                                "\" is no seed: give a number up to 2^64-1, "
                                "or 0x...");
      return false;
    }
  }
  return SettleSeeds(flags, complaint);
}

std::optional<int> RunCampaignCommand(const std::string& name,
                                      const CommonOptions& common,
                                      const CampaignFlags& flags) {
  if (name == "sweep") {
    const bool named = !flags.sweep.scenarios.empty() || flags.sweep.swarm.on;
    if (named == flags.sweep.resume.empty()) {
      return SweepScenarios(common, flags.sweep);
    }
    return Complain(
        named ? "--resume knows its scenarios already" : "a sweep of what?",
        "give scenarios or directories, or --swarm, or --resume RESULTS");
  }
  if (name == "score") return ScoreMutants(common, flags.score);
  if (name == "doctor") return Doctor(common, flags.doctor);
  if (name == "corpus") return CorpusTool(common, flags.corpus);
  if (name == "bisect") return Bisect(common, flags.bisect);
  return std::nullopt;
}

}  // namespace wringer::cli
