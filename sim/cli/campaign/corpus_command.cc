// wringer corpus: what was found once and must not be found again.
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/cli/campaign/corpus_files.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"
#include "sim/explore/fingerprint.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;
using reports::Color;
using sim::CorpusSeed;
using sim::RunVerdict;

int FailTool(const absl::Status& status) {
  Complain(status.message());
  return kToolFailed;
}

int List(const CommonOptions& common, const CorpusOptions& options) {
  const auto corpus = LoadCorpus(common, options);
  if (!corpus) return kUsage;
  for (const sim::PlannedScenario& planned : corpus->regressions) {
    const auto& regression = planned.scenario.regression;
    Out(absl::StrCat("  ", planned.path, "   ", planned.scenario.name, "\n"));
    if (!regression) continue;
    Out(absl::StrCat("      ", regression->violation, "   found ",
                     regression->found));
    if (!regression->fixed_in.empty()) {
      Out(absl::StrCat("   fixed in ", regression->fixed_in));
    }
    Out("\n");
  }
  for (const CorpusSeed& seed : corpus->seeds) {
    Out(absl::StrCat("  ", seed.scenario, " seed ", SeedText(seed.seed), "   ",
                     seed.why, "\n"));
  }
  Out(absl::StrCat(corpus->regressions.size(), " regressions in ",
                   options.folder, ", ", corpus->seeds.size(), " seeds in ",
                   options.seeds_file, "\n"));
  return kHeld;
}

// Keeps one seed of a scenario, with what it shows now.
int AddSeed(const CommonOptions& common, const CorpusOptions& options,
            const std::string& file, const sim::Scenario& scenario) {
  const sim::RunRecord record = RunAndJudge({scenario, *options.seed, ""});
  if (record.verdict != RunVerdict::kFailed) {
    return Complain(
        absl::StrCat(file, " passes with seed ", SeedText(*options.seed)),
        "a seed is kept for what it shows");
  }
  auto corpus = LoadCorpus(common, options);
  if (!corpus) return kUsage;
  corpus->seeds.push_back({file, *options.seed, record.violation});
  const absl::Status written =
      WriteSeeds(options.seeds_file, std::move(corpus->seeds));
  if (!written.ok()) return FailTool(written);
  Out(absl::StrCat("kept seed ", SeedText(*options.seed), " of ", file, " for ",
                   record.violation, " in ", options.seeds_file, "\n"));
  return kHeld;
}

// What the file says, else what a run shows with its planted bugs on.
std::string ViolationOf(const sim::Scenario& scenario,
                        const sim::RunRecord& record) {
  if (scenario.regression) return scenario.regression->violation;
  if (scenario.expect.violation) return *scenario.expect.violation;
  return record.violation;
}

int AddRegression(const CorpusOptions& options, const std::string& file,
                  const sim::Scenario& scenario) {
  const std::uint64_t seed = scenario.seed.value_or(1);
  const std::string violation =
      ViolationOf(scenario, RunAndJudge({scenario, seed, ""}));
  if (violation.empty()) {
    return Complain(
        absl::StrCat(file, " passes and does not say what it once broke"),
        "give it [regression] violation = \"safety/...\"");
  }
  // A file that is a regression already stays as its author wrote it.
  std::string text;
  if (scenario.regression) {
    const auto own = ReadFile(file);
    if (!own.ok()) return Complain(own.status().message());
    text = *own;
  } else {
    text = RegressionText(scenario, seed, violation, options.fixed_in);
  }
  const sim::ParseResult parsed = sim::ParseScenario(text, file);
  if (!parsed.ok()) return Complain("the regression would not parse");
  const sim::RunRecord now = RunAndJudge({*parsed.scenario, seed, ""});
  if (now.verdict != RunVerdict::kPassed && !options.force) {
    Complain(
        absl::StrCat(file, " still fails: ", now.violation, ", ", now.summary),
        "fix the bug first; --force keeps it all the same");
    return kFinding;
  }
  const std::string name =
      options.name.empty() ? fs::path(file).stem().string() : options.name;
  const std::string target = absl::StrCat(options.folder, "/", name, ".toml");
  std::error_code error;
  if (fs::exists(target, error)) {
    return Complain(absl::StrCat(target, " is there already"),
                    "give another --name");
  }
  fs::create_directories(options.folder, error);
  const absl::Status written = WriteFile(target, text);
  if (!written.ok()) return FailTool(written);
  Out(absl::StrCat("kept ", target, ": ", violation,
                   " must not come back; ctest runs it\n"));
  return kHeld;
}

int Add(const CommonOptions& common, const CorpusOptions& options) {
  if (options.files.empty()) {
    return Complain("corpus add what?", "give a scenario or a capsule");
  }
  for (const std::string& file : options.files) {
    const auto scenario = LoadOrComplain(common, file, {});
    if (!scenario) return kUsage;
    const int code = options.seed ? AddSeed(common, options, file, *scenario)
                                  : AddRegression(options, file, *scenario);
    if (code != kHeld) return code;
  }
  return kHeld;
}

int Verify(const CommonOptions& common, const CorpusOptions& options) {
  const auto corpus = LoadCorpus(common, options);
  if (!corpus) return kUsage;
  const auto runs = RunCorpus(*corpus, /*seeds_only=*/false);
  if (!runs.ok()) return FailTool(runs.status());
  const reports::Style style = StyleFor(common, 1);
  std::size_t failed = 0;
  for (const sim::PlannedScenario& planned : corpus->regressions) {
    const auto run = runs->find({planned.path, *planned.pinned});
    const bool held =
        run != runs->end() && run->second.verdict == RunVerdict::kPassed;
    if (!held) ++failed;
    if (held && common.quiet) continue;
    Out(absl::StrCat("  ",
                     held ? style.Paint(Color::kGood, style.Sign("\u2713", "+"))
                          : style.Paint(Color::kBad, style.Sign("\u2717", "x")),
                     " ", planned.path,
                     held || run == runs->end()
                         ? std::string()
                         : absl::StrCat("   ", run->second.violation, ": ",
                                        run->second.summary),
                     "\n"));
  }
  std::size_t showing = 0;
  for (const CorpusSeed& seed : corpus->seeds) {
    const auto run = runs->find({seed.scenario, seed.seed});
    if (run != runs->end() && StillShows(seed, run->second)) ++showing;
  }
  Out(absl::StrCat(corpus->regressions.size(), " regressions, ", failed,
                   " came back; ", showing, " of ", corpus->seeds.size(),
                   " seeds still show what they were kept for\n"));
  if (failed > 0) return kFinding;
  // Work not done is a failure.
  return runs->empty() ? kInconclusive : kHeld;
}

int Prune(const CommonOptions& common, const CorpusOptions& options) {
  auto corpus = LoadCorpus(common, options);
  if (!corpus) return kUsage;
  const auto runs = RunCorpus(*corpus, /*seeds_only=*/true);
  if (!runs.ok()) return FailTool(runs.status());
  const std::size_t before = corpus->seeds.size();
  std::erase_if(corpus->seeds, [&](const CorpusSeed& seed) {
    const auto run = runs->find({seed.scenario, seed.seed});
    if (run != runs->end() && StillShows(seed, run->second)) return false;
    Out(absl::StrCat(
        "  dropped ", seed.scenario, " seed ", SeedText(seed.seed), ": ",
        run == runs->end() ? "its scenario is gone" : "no longer shows ",
        run == runs->end() ? "" : seed.why, "\n"));
    return true;
  });
  const std::size_t gone = before - corpus->seeds.size();
  if (gone > 0) {
    const absl::Status written =
        WriteSeeds(options.seeds_file, std::move(corpus->seeds));
    if (!written.ok()) return FailTool(written);
  }
  Out(absl::StrCat(gone, " of ", before,
                   " seeds dropped; regressions are never pruned\n"));
  return kHeld;
}

}  // namespace

int CorpusTool(const CommonOptions& common, const CorpusOptions& options) {
  if (options.verb == "list") return List(common, options);
  if (options.verb == "add") return Add(common, options);
  if (options.verb == "verify") return Verify(common, options);
  if (options.verb == "prune") return Prune(common, options);
  return Complain(absl::StrCat("no verb \"", options.verb, "\" of corpus"),
                  "known: list, add, verify, prune");
}

}  // namespace wringer::cli
