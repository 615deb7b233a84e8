// wringer shrink: the smallest scenario that still fails in the same way.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/history/json_writer.h"
#include "reports/render/story.h"
#include "sim/cli/commands.h"
#include "sim/cli/failure.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/reproduce/shrink_text.h"
#include "sim/cli/terminal.h"
#include "sim/explore/materialise.h"
#include "sim/explore/shrink/parallel_prober.h"
#include "sim/explore/shrink/ranges.h"
#include "sim/explore/shrink/shrinker.h"
#include "sim/run/run.h"

namespace wringer::cli {
namespace {

constexpr std::int64_t kDefaultBudget = 300'000'000'000;
// For the last check and what is exact, beyond the budget.
constexpr std::int64_t kClosingBudget = 30'000'000'000;

volatile sig_atomic_t interrupted = 0;
void OnInterrupt(int) { interrupted = 1; }

sim::RunOptions OptionsOf(const sim::Scenario& scenario) {
  sim::RunOptions options;
  options.seed = scenario.seed.value_or(0);
  return options;
}

class ShrinkSession {
 public:
  ShrinkSession(const CommonOptions& common, const ShrinkOptionsCli& options,
                sim::Scenario scenario, std::uint64_t seed)
      : common_(common),
        options_(options),
        scenario_(std::move(scenario)),
        seed_(seed),
        live_(::isatty(STDERR_FILENO) != 0 && !common.quiet),
        began_(sim::HostNanos()) {
    scenario_.seed = seed;
    scenario_.capsule.reset();
  }

  int Run() {
    ::signal(SIGINT, OnInterrupt);
    if (const int code = FindFailure(); code != kHeld) return code;
    MakeProber();
    PrintTarget();
    sim::Shrinker shrinker(
        prober_.get(), {.liveness = failure_.liveness()},
        [this](const sim::PassReport& report) { PrintPass(report); });
    shrinker_ = &shrinker;
    const sim::ShrinkResult shrunk = shrinker.Run(start_);
    shrinker_ = nullptr;
    ClearLine();
    if (!shrunk.reproduced) {
      return Complain(
          "written out operation by operation, the failure did "
          "not come back",
          "report this: a materialised run must be the same run");
    }
    return Finish(shrunk);
  }

 private:
  int Workers() const {
    if (options_.workers > 0) return options_.workers;
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }

  void MakeProber() {
    sim::ParallelProberOptions options;
    options.workers = Workers();
    options.budget_real_ns = options_.real_ns.value_or(kDefaultBudget);
    // A proposal that takes far longer than the run it comes from is none.
    options.run_real_ns =
        std::max<std::int64_t>(options.run_real_ns, 2 * first_real_ns_);
    prober_ = std::make_unique<sim::ParallelProber>(
        options,
        [this](const sim::Scenario& scenario) { return JudgeOne(scenario); },
        [this](const sim::JobResult& death) {
          const Failure own = FailureOf(death);
          sim::Sight sight;
          sight.same =
              own.id == failure_.id && own.fingerprint == failure_.fingerprint;
          return sight;
        },
        [this] { return Tick(); });
  }

  sim::Sight JudgeOne(const sim::Scenario& scenario) const {
    const auto result = sim::Run(scenario, OptionsOf(scenario));
    if (!result.ok()) return {};
    return SightOf(*result, Judge(scenario, *result), failure_);
  }

  // The first run, in a worker, since the engine may die of it; then its
  // operations and faults as rows.
  int FindFailure();
  // Events the engine survives, by bisection in workers; what it dies of comes
  // right after.
  std::uint64_t EventsSurvived() const;

  bool Tick() {
    const std::int64_t now = sim::HostNanos();
    if (live_ && now - last_status_ >= 200'000'000) {
      last_status_ = now;
      std::string size;
      if (shrinker_ != nullptr) {
        const sim::ShrinkSize s = sim::SizeOf(shrinker_->best());
        size = absl::StrCat(s.faults, " faults   ", s.operations,
                            " operations   ", s.nodes, " nodes   ");
      }
      const std::uint64_t runs = prober_ != nullptr ? prober_->runs() : 1;
      Err(absl::StrCat("\r\033[K  ", size, runs, " runs   ",
                       DurationText(now - began_)));
    }
    return interrupted == 0 || closing_;
  }
  void ClearLine() const {
    if (live_) Err("\r\033[K");
  }

  void PrintTarget() const {
    if (common_.json) return;
    Out(absl::StrCat("  target       ", failure_.id, ", fingerprint ",
                     failure_.fingerprint, "   budget ",
                     DurationText(options_.real_ns.value_or(kDefaultBudget)),
                     ", ", Workers(), Workers() == 1 ? " worker" : " workers",
                     "\n  start        ", SizeText(sim::SizeOf(start_)), "\n"));
  }
  static std::string SizeText(const sim::ShrinkSize& size) {
    return absl::StrCat(size.faults, " faults   ", CountText(size.operations),
                        " operations   ", size.clients, " clients   ",
                        size.nodes, " nodes   ", DurationText(size.length));
  }
  void PrintPass(const sim::PassReport& report) {
    if (common_.json || common_.quiet || report.before == report.after) return;
    ClearLine();
    Out(absl::StrCat("  ", reports::PadRight(report.name, 12), " ",
                     report.before, " -> ", report.after, "   in ", report.runs,
                     report.runs == 1 ? " run\n" : " runs\n"));
  }

  int Finish(const sim::ShrinkResult& shrunk);
  // The story of the shrunk run, and its digest twice; empty if it dies.
  std::string Verify(const sim::Scenario& scenario, bool* verified);
  std::string OutputPath() const;
  void PrintJson(const sim::ShrinkResult& shrunk, const std::string& path,
                 bool verified) const;

  const CommonOptions& common_;
  const ShrinkOptionsCli& options_;
  sim::Scenario scenario_;
  const std::uint64_t seed_;
  const bool live_;
  const std::int64_t began_;
  std::int64_t last_status_ = 0;
  std::int64_t first_real_ns_ = 0;
  bool closing_ = false;
  std::unique_ptr<sim::ParallelProber> prober_;
  const sim::Shrinker* shrinker_ = nullptr;
  Failure failure_;
  sim::Scenario start_;
  std::string digest_;
};

int ShrinkSession::FindFailure() {
  // One job, so that a death of the engine is only the worker's.
  sim::JobResult answer;
  sim::WorkerPool pool({.workers = 1}, [this](std::uint64_t) -> std::string {
    const auto result = sim::Run(scenario_, OptionsOf(scenario_));
    return result.ok() ? "" : std::string(result.status().message());
  });
  bool given = false;
  pool.Run(
      [&]() -> std::optional<std::uint64_t> {
        if (std::exchange(given, true)) return std::nullopt;
        return 0;
      },
      [&](const sim::JobResult& result) {
        answer = result;
        first_real_ns_ = result.real_ns;
      },
      [this] { return Tick(); });
  ClearLine();
  if (interrupted != 0) return kInterrupted;
  if (answer.fate == sim::JobFate::kAnswered && !answer.output.empty()) {
    return Complain(answer.output, "change the scenario's design");
  }
  sim::RunOptions options = OptionsOf(scenario_);
  sim::Scenario survived = scenario_;
  if (answer.fate != sim::JobFate::kAnswered) {
    failure_ = FailureOf(answer);
    if (answer.fate != sim::JobFate::kCrashed) {
      return Complain(
          absl::StrCat(failure_.id, " cannot be shrunk: ", failure_.summary),
          "set run.limits.events below the hang, then replay with --gdb");
    }
    survived.run.limits.events = EventsSurvived();
  }
  const auto result = sim::Run(survived, options);
  if (!result.ok()) return Complain(result.status().message());
  if (!failure_.happened()) {
    failure_ = FailureOf(Judge(scenario_, *result));
    if (!failure_.happened()) {
      return Complain(absl::StrCat("there is nothing to shrink: seed ",
                                   SeedText(seed_), " passes"),
                      absl::StrCat("find a seed that fails with `",
                                   ProgramName(), " sweep`"));
    }
  }
  start_ = sim::Materialise(scenario_, *result);
  return kHeld;
}

std::uint64_t ShrinkSession::EventsSurvived() const {
  const auto dies = [this](std::uint64_t events) {
    bool died = false;
    bool given = false;
    sim::WorkerPool pool({.workers = 1}, [&](std::uint64_t) -> std::string {
      sim::Scenario limited = scenario_;
      limited.run.limits.events = events;
      (void)sim::Run(limited, OptionsOf(limited));
      return "";
    });
    pool.Run(
        [&]() -> std::optional<std::uint64_t> {
          if (std::exchange(given, true)) return std::nullopt;
          return 0;
        },
        [&](const sim::JobResult& result) {
          died = result.fate != sim::JobFate::kAnswered;
        },
        [] { return interrupted == 0; });
    return died;
  };
  std::uint64_t survived = 1;
  std::uint64_t deadly = 1024;
  while (!dies(deadly) && deadly < scenario_.run.limits.events) {
    survived = deadly;
    deadly *= 2;
  }
  while (deadly - survived > 1 && interrupted == 0) {
    const std::uint64_t middle = survived + (deadly - survived) / 2;
    (dies(middle) ? deadly : survived) = middle;
  }
  return survived;
}

std::string ShrinkSession::OutputPath() const {
  if (!options_.output.empty()) return options_.output;
  const std::filesystem::path given(options_.scenario);
  if (given.filename() == "capsule.toml") {
    return (given.parent_path() / "min.toml").string();
  }
  return (std::filesystem::path(common_.out) /
          absl::StrCat(given.stem().string(), "-", failure_.fingerprint,
                       ".toml"))
      .string();
}

std::string ShrinkSession::Verify(const sim::Scenario& scenario,
                                  bool* verified) {
  *verified = false;
  if (failure_.id == "engine/crash") {
    const auto sight = prober_->Look(scenario);
    *verified = sight && sight->same;
    return absl::StrCat("The engine stops itself:\n  ", failure_.summary, "\n");
  }
  const auto first = sim::Run(scenario, OptionsOf(scenario));
  const auto second = sim::Run(scenario, OptionsOf(scenario));
  if (!first.ok() || !second.ok()) return "";
  const Verdict verdict = Judge(scenario, *first);
  *verified = first->digest == second->digest &&
              SightOf(*first, verdict, failure_).same;
  digest_ = DigestText(first->digest);
  // In the words of the run that is kept, not of the one it came from.
  failure_.summary = FailureOf(verdict).summary;
  const reports::Finding* finding = FindingOf(verdict, failure_);
  if (finding == nullptr) return "";
  return reports::StoryText(first->history, *finding,
                            {.color = false, .ascii = true, .width = 96});
}

int ShrinkSession::Finish(const sim::ShrinkResult& shrunk) {
  // What remains to be said takes some runs more, even after Ctrl-C.
  closing_ = true;
  prober_->Extend(kClosingBudget);
  bool verified = false;
  const std::string story_text = Verify(shrunk.scenario, &verified);
  sim::Tolerance tolerance;
  if (options_.probe && interrupted == 0) {
    tolerance = sim::ProbeTolerance(shrunk.scenario, prober_.get());
  }
  ClearLine();
  const ShrinkStory story{shrunk, tolerance, failure_, options_.scenario,
                          seed_,  story_text};
  const std::string path = OutputPath();
  std::error_code ignored;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  const absl::Status written = WriteFile(path, RegressionToml(story));
  if (!written.ok()) return Complain(written.message());
  if (common_.json) {
    PrintJson(shrunk, path, verified);
  } else {
    Out(absl::StrCat(
        interrupted != 0  ? "INTERRUPTED   the best so far"
        : shrunk.complete ? "done"
                          : "budget spent: smaller may be possible",
        " in ", DurationText(sim::HostNanos() - began_), " (",
        CountText(prober_->runs()), " runs, ", CountText(prober_->cached()),
        " remembered). ",
        verified ? absl::StrCat("Same violation, run twice, digest ", digest_)
                 : "NOT verified",
        "\n\n", NeededText(story), "\n", NotNeededText(story), "\nSaved    ",
        path, "\n  ", ProgramName(), " run ", ShellQuoted(path), "\n"));
  }
  if (interrupted != 0) return kInterrupted;
  return verified ? kHeld : kNotDeterministic;
}

void ShrinkSession::PrintJson(const sim::ShrinkResult& shrunk,
                              const std::string& path, bool verified) const {
  std::string out;
  reports::JsonWriter json(&out);
  const auto size = [&json](const char* name, const sim::ShrinkSize& s) {
    json.Key(name).Object();
    json.Field("faults", std::uint64_t{s.faults});
    json.Field("operations", std::uint64_t{s.operations});
    json.Field("clients", std::uint64_t{s.clients});
    json.Field("nodes", std::uint64_t{s.nodes});
    json.Field("length_ns", std::int64_t{s.length});
    json.Field("settings", std::uint64_t{s.settings}).End();
  };
  json.Object().Field("format", "wringer-shrink-1");
  json.Field("violation", Slice(failure_.id));
  json.Field("fingerprint", Slice(failure_.fingerprint));
  size("before", shrunk.before);
  size("after", shrunk.after);
  json.Field("complete", shrunk.complete).Field("verified", verified);
  json.Field("runs", prober_->runs());
  json.Field("file", Slice(path));
  json.Key("environment").Object();
  json.Field("real_ns", sim::HostNanos() - began_).End();
  json.End();
  Out(out + "\n");
}

}  // namespace

int ShrinkScenario(const CommonOptions& common,
                   const ShrinkOptionsCli& options) {
  auto scenario = LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                     SeedText(seed), "\n"));
  }
  return ShrinkSession(common, options, std::move(*scenario), seed).Run();
}

}  // namespace wringer::cli
