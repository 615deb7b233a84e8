// wringer score: every planted bug under the generic swarm, which knows nothing
// of it but the model it lives in.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/campaign/score_board.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/commands.h"
#include "sim/cli/swarm_flags.h"
#include "sim/cli/terminal.h"
#include "sim/explore/worker_pool.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

constexpr std::int64_t kRunRealNs = 60'000'000'000;

std::optional<std::vector<Mutant>> Asked(const std::vector<std::string>& names,
                                         bool all_if_empty) {
  std::vector<Mutant> mutants;
  for (const std::string& name : names) {
    const std::optional<Mutant> mutant = FindMutant(name);
    if (!mutant) {
      std::vector<Slice> known;
      for (std::size_t i = 0; i < kMutantCount; ++i) {
        known.push_back(Info(Mutant(i)).name);
      }
      const auto near = sim::Nearest(name, known);
      Complain(absl::StrCat("no mutant is named \"", name, "\""),
               near ? absl::StrCat("did you mean \"", *near, "\"?")
                    : "engine/base/mutants.def has them all");
      return std::nullopt;
    }
    mutants.push_back(*mutant);
  }
  if (names.empty() && all_if_empty) {
    for (std::size_t i = 0; i < kMutantCount; ++i) {
      mutants.push_back(Mutant(i));
    }
  }
  return mutants;
}

// One run of the score: clean if there is no mutant.
struct Job {
  std::string model;
  std::optional<std::size_t> mutant;  // place on the board
  std::uint64_t seed = 0;
};

class Score {
 public:
  Score(const CommonOptions& common, const ScoreOptions& options,
        const sim::Scenario& base, std::vector<Mutant> mutants)
      : common_(common),
        options_(options),
        base_(base),
        board_(std::move(mutants)) {
    PlanJobs();
  }

  const ScoreBoard& board() const { return board_; }

  void Run() {
    sim::WorkerPoolOptions pool_options;
    pool_options.workers = options_.workers > 0 ? options_.workers : Cores();
    pool_options.job_real_ns = kRunRealNs;
    sim::WorkerPool pool(pool_options,
                         [this](std::uint64_t job) { return Work(job); });
    pool.Run([this] { return Next(); },
             [this](const sim::JobResult& result) { Done(result); },
             [] { return true; });
  }

 private:
  // Seed by seed: the clean runs of the models, then every mutant.
  void PlanJobs() {
    std::set<std::string> models;
    for (const Mutant mutant : board_.mutants()) models.insert(ModelOf(mutant));
    for (std::uint64_t i = 0; i < options_.runs; ++i) {
      const std::uint64_t seed = options_.first_seed + i;
      for (const std::string& model : models) {
        jobs_.push_back({model, std::nullopt, seed});
      }
      for (std::size_t m = 0; m < board_.mutants().size(); ++m) {
        jobs_.push_back({ModelOf(board_.mutants()[m]), m, seed});
      }
    }
  }

  // A mutant that was detected needs no more runs.
  std::optional<std::uint64_t> Next() {
    while (next_ < jobs_.size()) {
      const Job& job = jobs_[next_++];
      if (!job.mutant || !board_.Detected(*job.mutant)) return next_ - 1;
    }
    return std::nullopt;
  }

  std::string Work(std::uint64_t number) const {
    const Job& job = jobs_[number];
    SwarmFlags flags;
    flags.on = true;
    flags.model = job.model;
    sim::Scenario scenario =
        ScenarioOfSeed(flags, base_, options_.settings, job.seed);
    scenario.mutants.clear();
    if (job.mutant) scenario.mutants = {board_.mutants()[*job.mutant]};
    const std::string replay =
        absl::StrCat(ProgramName(), " run", SwarmWords(flags), " --seed ",
                     SeedText(job.seed));
    return sim::EncodeRecord(
        RunAndJudge({scenario, job.seed, replay, /*marks_over_all=*/true}));
  }

  void Done(const sim::JobResult& result) {
    const Job& job = jobs_[result.job];
    sim::RunRecord record = RecordOf(result);
    if (job.mutant) {
      board_.Add(*job.mutant, job.seed, std::move(record));
    } else {
      board_.AddClean(job.model, job.seed, std::move(record));
    }
    ++done_;
    if (common_.verbose > 0 && done_ % 100 == 0) {
      Err(absl::StrCat(done_, " of at most ", jobs_.size(), " runs\n"));
    }
  }

  // A check of the engine's own that stopped the process detects, too.
  static sim::RunRecord RecordOf(const sim::JobResult& result) {
    if (result.fate == sim::JobFate::kAnswered) {
      auto record = sim::DecodeRecord(result.output);
      if (record.ok()) return std::move(*record);
    }
    sim::RunRecord record;
    record.verdict = sim::RunVerdict::kFailed;
    record.violation = result.fate == sim::JobFate::kHung ? "engine/hang"
                       : result.fate == sim::JobFate::kOutOfMemory
                           ? "engine/memory"
                           : "engine/crash";
    return record;
  }

  const CommonOptions& common_;
  const ScoreOptions& options_;
  const sim::Scenario& base_;
  ScoreBoard board_;
  std::vector<Job> jobs_;
  std::size_t next_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace

int ScoreMutants(const CommonOptions& common, const ScoreOptions& options) {
  if (options.runs == 0) return Complain("a score of 0 runs says nothing");
  auto mutants = Asked(options.mutants, /*all_if_empty=*/true);
  const auto excused = Asked(options.may_miss, /*all_if_empty=*/false);
  if (!mutants || !excused) return kUsage;
  const auto base = LoadSwarmBase(common, "", options.settings);
  if (!base) return kUsage;
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", mutants->size(), " mutants, up to ",
                     options.runs, " runs each, seeds from ",
                     SeedText(options.first_seed), "\n"));
  }
  Score score(common, options, *base, std::move(*mutants));
  score.Run();
  const ScoreBoard& board = score.board();
  bool all = true;
  for (std::size_t i = 0; i < board.mutants().size(); ++i) {
    const bool required = std::find(excused->begin(), excused->end(),
                                    board.mutants()[i]) == excused->end();
    all &= !required || board.Detected(i);
  }
  // A check that fires on the clean build would "detect" everything.
  const bool calm = board.FalseAlarms().empty();
  const bool held = all && calm;
  const reports::Style style = StyleFor(common, 1);
  if (common.json) {
    Out(ScoreJson(board, held) + "\n");
  } else {
    Out(ScoreText(board, style));
    Out(held ? style.Paint(reports::Color::kGood, "PASS") + "\n"
             : absl::StrCat(style.Paint(reports::Color::kBad, "FAIL"), "   ",
                            all ? "" : "mutants that are required were missed",
                            all || calm ? "" : "; ",
                            calm ? "" : "false alarms without a mutant", "\n"));
  }
  return held ? kHeld : kSelfTestFailed;
}

}  // namespace wringer::cli
