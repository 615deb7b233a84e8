// wringer sweep: many seeds of many scenarios over worker processes, recorded
// so that it can be killed and resumed, told as kinds of failure.
#include <signal.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/campaign/sweep_files.h"
#include "sim/cli/campaign/sweep_plan.h"
#include "sim/cli/campaign/sweep_report.h"
#include "sim/cli/campaign/sweep_screen.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/explore/campaign.h"

namespace wringer::cli {
namespace {

volatile sig_atomic_t interrupted = 0;
void OnInterrupt(int) { interrupted = 1; }

// Kinds whose run is made again before its replay line is printed.
constexpr std::size_t kVerifiedKinds = 16;

int FailTool(const absl::Status& status) {
  Complain(status.message());
  return kToolFailed;
}

// Mistakes of the invocation are the author's, all else is the tool's.
int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kInvalidArgument:
      return Complain(status.message());
    case absl::StatusCode::kFailedPrecondition:
      Complain(status.message(), "--force goes on all the same");
      return kNotDeterministic;
    default:
      return FailTool(status);
  }
}

class Sweep {
 public:
  Sweep(const CommonOptions& common, SweepOptions options)
      : common_(common), options_(std::move(options)) {}

  int Run() {
    if (const int code = Prepare(); code != kHeld) return code;
    ::signal(SIGINT, OnInterrupt);
    ::signal(SIGTERM, OnInterrupt);
    campaign_ = std::make_unique<sim::Campaign>(
        CampaignLimits(), &*plan_, results_ ? &*results_ : nullptr,
        [this](const sim::PlannedScenario& s, std::uint64_t seed) {
          return Judged(s, seed);
        });
    if (!options_.resume.empty()) {
      const absl::Status resumed = campaign_->Resume(options_.force);
      if (!resumed.ok()) return ExitCodeOf(resumed);
    }
    FirstLine();
    SweepScreen screen(common_, &campaign_->tally(), campaign_->resumed(),
                       RunsInAll(), options_.real_ns);
    const absl::Status ran = campaign_->Run(
        [&](const sim::RunRecord& record, bool new_kind) {
          if (options_.jsonl) Out(sim::EncodeRecord(record) + "\n");
          screen.OnRecord(record, new_kind);
        },
        [&] {
          screen.Tick();
          return interrupted == 0;
        });
    screen.Clear();
    if (!ran.ok()) return FailTool(ran);
    return Conclude(screen.real_ns());
  }

 private:
  // Reads what was asked for and makes the directory.
  int Prepare() {
    if (!options_.resume.empty()) {
      absl::StatusOr<sim::ResultsDir> results =
          sim::ResultsDir::Open(options_.resume);
      if (!results.ok()) return Complain(results.status().message());
      results_.emplace(std::move(*results));
      const absl::Status read =
          ReadInvocation(results_->File("invocation.json"), &options_);
      if (!read.ok()) return Complain(read.message());
    }
    if (options_.seeds_from_commit) {
      const auto seed = SeedOfCommit();
      if (!seed.ok()) return Complain(seed.status().message());
      options_.first_seed = *seed;
    }
    if (!options_.baseline.empty()) {
      const auto findings = sim::ReadFindings(options_.baseline);
      if (!findings.ok()) {
        return Complain(findings.status().message(),
                        "give the results of an earlier sweep, or its "
                        "findings.json");
      }
    }
    plan_ = PlanSweep(common_, options_);
    if (!plan_) return kUsage;
    return options_.resume.empty() ? MakeResults() : kHeld;
  }

  int MakeResults() {
    absl::StatusOr<sim::ResultsDir> results = sim::ResultsDir::Create(
        common_.out, absl::StrCat("sweep-", Build().commit));
    if (!results.ok()) return FailTool(results.status());
    results_.emplace(std::move(*results));
    const absl::Status written = WriteFile(results_->File("invocation.json"),
                                           InvocationJson(options_, *plan_));
    if (!written.ok()) return FailTool(written);
    sim::PruneResults(common_.out, "sweep", options_.keep_runs);
    return kHeld;
  }

  int Workers() const {
    if (options_.workers > 0) return options_.workers;
    return Cores();
  }

  sim::CampaignOptions CampaignLimits() const {
    sim::CampaignOptions limits;
    limits.pool.workers = Workers();
    limits.pool.worker_bytes = options_.worker_bytes;
    limits.pool.job_real_ns = 0;
    for (const sim::PlannedScenario& planned : plan_->scenarios()) {
      limits.pool.job_real_ns = std::max<std::int64_t>(
          limits.pool.job_real_ns, planned.scenario.run.limits.wall);
    }
    if (options_.run_ns) limits.pool.job_real_ns = *options_.run_ns;
    limits.real_ns = options_.real_ns;
    limits.runs = options_.runs;
    limits.build = BuildId();
    return limits;
  }

  sim::RunRecord Judged(const sim::PlannedScenario& planned,
                        std::uint64_t seed) const {
    const std::string replay = ReplayBySeed(options_, planned.path, seed);
    const sim::Scenario scenario = ScenarioOfSeed(
        options_.swarm, planned.scenario, options_.settings, seed);
    return RunAndJudge({scenario, seed, replay,
                        /*marks_over_all=*/!planned.pinned.has_value()});
  }

  std::optional<std::uint64_t> RunsInAll() const {
    const auto all = plan_->size();
    if (!options_.runs) return all;
    return all ? std::min(*all, *options_.runs) : options_.runs;
  }

  void FirstLine() const {
    if (common_.json || options_.jsonl) return;
    std::string line = absl::StrCat(
        BuildLine(), "   ", plan_->scenarios().size(),
        plan_->scenarios().size() == 1 ? " scenario" : " scenarios",
        "   seeds from ", SeedText(options_.first_seed), "   ", Workers(),
        Workers() == 1 ? " worker\n" : " workers\n");
    if (campaign_->resumed() > 0) {
      absl::StrAppend(&line, "  goes on behind ",
                      CountText(campaign_->resumed()), " completed runs of ",
                      results_->path(), "\n");
    }
    Out(line);
  }

  // Each kind's run once more, so that a replay line that is printed is true.
  void Verify(SweepOutcome* outcome) const {
    std::vector<const sim::FailureKind*> kinds;
    for (const auto& [name, kind] : outcome->tally->kinds) {
      // A run that killed its worker left no digest to compare.
      if (kind.digest != 0) kinds.push_back(&kind);
    }
    kinds.resize(std::min(kinds.size(), kVerifiedKinds));
    sim::WorkerPool pool(CampaignLimits().pool, [&](std::uint64_t job) {
      for (const sim::PlannedScenario& planned : plan_->scenarios()) {
        if (planned.path != kinds[job]->scenario) continue;
        return sim::EncodeRecord(Judged(planned, kinds[job]->seed));
      }
      return std::string();
    });
    std::uint64_t next = 0;
    pool.Run(
        [&]() -> std::optional<std::uint64_t> {
          if (next >= kinds.size()) return std::nullopt;
          return next++;
        },
        [&](const sim::JobResult& result) {
          const auto record = sim::DecodeRecord(result.output);
          const sim::FailureKind& kind = *kinds[result.job];
          const bool same = record.ok() && record->digest == kind.digest &&
                            record->fingerprint == kind.fingerprint;
          if (!same) outcome->unstable.push_back(kind.Name());
        },
        [] { return interrupted == 0; });
  }

  int Conclude(std::int64_t real_ns) {
    SweepOutcome outcome;
    outcome.plan = &*plan_;
    outcome.tally = &campaign_->tally();
    outcome.resumed = campaign_->resumed();
    outcome.torn = campaign_->torn();
    outcome.lost = campaign_->lost();
    outcome.real_ns = real_ns;
    outcome.workers = Workers();
    outcome.interrupted = interrupted != 0;
    outcome.folder = results_ ? results_->path() : "";
    outcome.toothless = outcome.tally->Toothless(kFiredOften);
    if (!outcome.interrupted) {
      outcome.marks_missed = MarksMissed(*plan_, *outcome.tally);
      Verify(&outcome);
    }
    const absl::Status kept = Keep(&outcome);
    if (!kept.ok()) return FailTool(kept);
    if (common_.json) {
      Out(SweepJson(outcome) + "\n");
    } else if (!options_.jsonl) {
      Out(SweepText(outcome, StyleFor(common_, 1)));
      if (options_.github) Out(SweepAnnotations(outcome));
      if (outcome.interrupted && results_) {
        Out(absl::StrCat("  ", ProgramName(), " sweep --resume ",
                         ShellQuoted(results_->path()), "\n"));
      }
    }
    return outcome.exit_code();
  }

  absl::Status Keep(SweepOutcome* outcome) const {
    const sim::ResultsDir* results = results_ ? &*results_ : nullptr;
    WR_RETURN_IF_ERROR(Compare(common_, options_, outcome));
    WR_RETURN_IF_ERROR(KeepFindings(options_, results, outcome));
    if (!options_.corpus.empty()) {
      WR_RETURN_IF_ERROR(UpdateCorpus(options_.corpus, *outcome));
    }
    return WriteSummaries(options_, results, *outcome);
  }

  const CommonOptions& common_;
  SweepOptions options_;
  std::optional<sim::SeedPlan> plan_;
  std::optional<sim::ResultsDir> results_;
  std::unique_ptr<sim::Campaign> campaign_;
};

}  // namespace

int SweepScenarios(const CommonOptions& common, const SweepOptions& options) {
  return Sweep(common, options).Run();
}

}  // namespace wringer::cli
