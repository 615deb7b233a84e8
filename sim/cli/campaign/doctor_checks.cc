#include "sim/cli/campaign/doctor_checks.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/marks.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/campaign/tree.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/explore/self_test.h"
#include "sim/explore/worker_pool.h"
#include "sim/run/run.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

constexpr std::uint64_t kSeed = 7;
constexpr std::uint64_t kCanaryRuns = 20;

Diagnosis Fact(std::string name, std::string text) {
  return {Health::kFact, std::move(name), std::move(text)};
}

Diagnosis Judged(bool good, std::string name, std::string text,
                 ExitCode code = kSelfTestFailed) {
  return {good ? Health::kGood : Health::kBad, std::move(name), std::move(text),
          code};
}

// The version in a program's first line, or why there is none.
Diagnosis Program(const std::string& name, const std::string& program) {
  const std::string line = FirstLineOf({program, "--version"});
  if (line.empty()) {
    return {
        Health::kUnknown, name,
        absl::StrCat(program, " is not here; see scripts/lib/packages.txt")};
  }
  return Fact(name, line);
}

// Jobs of CheckWorkers, by what they do to the worker.
enum WorkerJob : std::uint64_t { kAnswer, kAbort, kGrow, kSleepLong, kJobs };
// What hangs has to be waited for; the others end by themselves, however busy
// the machine is.
constexpr std::int64_t kHangNs = 1'500'000'000;
constexpr std::int64_t kPatienceNs = 60'000'000'000;
constexpr std::uint64_t kWorkerBytes = std::uint64_t{256} << 20;

std::string Misbehave(std::uint64_t job) {
  std::vector<std::string> hoard;
  switch (job) {
    case kAbort:
      std::abort();
    case kSleepLong:
      for (;;) ::pause();
    case kGrow:
      for (;;) {
        hoard.push_back(std::string(std::size_t{16} << 20, 'x'));
        ::usleep(2000);
      }
    default:
      return "fine";
  }
}

}  // namespace

Diagnosis BuildFacts() {
#ifdef WR_MUTANTS_ENABLED
  const char* mutants = "planted bugs compiled in";
#else
  const char* mutants = "no planted bugs compiled in";
#endif
  return Fact("build",
              absl::StrCat(BuildId(), ", ", Build().flags, ", ", mutants));
}

std::vector<Diagnosis> MachineFacts() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  std::vector<Diagnosis> facts = {
      Fact("machine", absl::StrCat(Cores(), " cores, ", (pages * page) >> 30,
                                   " GiB of memory"))};
  facts.push_back(Program("g++", "g++"));
  facts.push_back(Program("clang++", "clang++-19"));
  facts.push_back(Program("cmake", "cmake"));
  facts.push_back(Program("git", "git"));
  return facts;
}

Diagnosis CheckRepeat() {
  const sim::Scenario scenario = sim::BiteScenario(sim::FaultKind::kPowerLoss);
  sim::RunOptions options;
  options.seed = kSeed;
  const auto first = sim::Run(scenario, options);
  const auto second = sim::Run(scenario, options);
  const bool same =
      first.ok() && second.ok() && first->digest == second->digest;
  return Judged(
      same, "repeat",
      same ? absl::StrCat("two runs of ", CountText(first->events),
                          " events, one digest ", DigestText(first->digest))
           : "two runs of one seed differ: wringer verify shows where",
      kNotDeterministic);
}

std::vector<Diagnosis> CheckBites() {
  std::vector<Diagnosis> all;
  for (const sim::FaultKind kind : sim::KindsWithABite()) {
    const sim::BiteResult bite = sim::TryBite(kind);
    const std::string name = absl::StrCat("bite ", sim::NameOf(kind));
    if (!bite.bit) {
      all.push_back(
          Judged(false, name, absl::StrCat("no effect: ", bite.effect)));
    } else if (!bite.inert_noticed) {
      all.push_back(
          Judged(false, name, "made inert, and the ledger did not notice"));
    } else {
      all.push_back(Judged(true, name, bite.effect));
    }
  }
  return all;
}

Diagnosis CheckCanary() {
#ifndef WR_MUTANTS_ENABLED
  return {Health::kUnknown, "canary", "planted bugs are not compiled in"};
#else
  const sim::Scenario sick = sim::CanaryScenario();
  sim::Scenario sound = sick;
  sound.mutants.clear();
  const std::string name(Info(sick.mutants.at(0)).name);
  std::string caught;
  for (std::uint64_t seed = 1; seed <= kCanaryRuns; ++seed) {
    const sim::RunRecord clean = RunAndJudge({sound, seed, ""});
    if (clean.verdict != sim::RunVerdict::kPassed) {
      return Judged(false, "canary",
                    absl::StrCat("false alarm without a bug, seed ", seed, ": ",
                                 clean.violation, " ", clean.summary));
    }
    if (!caught.empty()) continue;
    const sim::RunRecord record = RunAndJudge({sick, seed, ""});
    if (record.verdict != sim::RunVerdict::kFailed) continue;
    caught = absl::StrCat("planted ", name, " caught after ", seed,
                          seed == 1 ? " run: " : " runs: ", record.violation);
  }
  if (caught.empty()) {
    return Judged(false, "canary",
                  absl::StrCat("planted ", name, " not caught in ", kCanaryRuns,
                               " runs"));
  }
  return Judged(true, "canary", absl::StrCat(caught, "; clean without"));
#endif
}

Diagnosis CheckWorkers() {
  std::map<std::uint64_t, sim::JobFate> fates;
  const auto run = [&fates](std::uint64_t from, std::uint64_t to,
                            std::int64_t limit) {
    sim::WorkerPool pool(
        {.workers = 2, .job_real_ns = limit, .worker_bytes = kWorkerBytes},
        Misbehave);
    pool.Run(
        [&]() -> std::optional<std::uint64_t> {
          if (from == to) return std::nullopt;
          return from++;
        },
        [&](const sim::JobResult& r) { fates[r.job] = r.fate; },
        [] { return true; });
  };
  run(kAnswer, kSleepLong, kPatienceNs);
  run(kSleepLong, kJobs, kHangNs);
  const bool good = fates[kAnswer] == sim::JobFate::kAnswered &&
                    fates[kAbort] == sim::JobFate::kCrashed &&
                    fates[kSleepLong] == sim::JobFate::kHung &&
                    fates[kGrow] == sim::JobFate::kOutOfMemory;
  return Judged(good, "workers",
                good ? "a crash, a hang and a memory blow-up are noticed"
                     : "a worker that misbehaved was not noticed",
                kToolFailed);
}

Diagnosis CheckStoredDigests() {
  const std::string tree = FindTree();
  const auto text = ReadFile(tree + "/tests/golden/digests.txt");
  if (tree.empty() || !text.ok()) {
    return {Health::kUnknown, "digests", "not in a checkout of wringer"};
  }
  std::vector<std::string> wrong;
  std::size_t checked = 0;
  for (const Slice line : absl::StrSplit(*text, '\n')) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> row = absl::StrSplit(line, ' ');
    const auto seed = row.size() == 3 ? ParseSeed(row[1]) : std::nullopt;
    std::uint64_t digest = 0;
    if (!seed || !absl::SimpleHexAtoi(row[2], &digest)) continue;
    const auto loaded = Load(absl::StrCat(tree, "/", row[0]), {});
    if (!loaded.ok()) return Judged(false, "digests", row[0] + " is wrong");
    ++checked;
    const sim::RunRecord record = RunAndJudge({*loaded.scenario, *seed, ""});
    if (record.digest != digest) wrong.push_back(row[0]);
  }
  return Judged(wrong.empty() && checked > 0, "digests",
                wrong.empty() ? absl::StrCat(checked, " as stored")
                              : absl::StrCat("not as stored: ",
                                             absl::StrJoin(wrong, ", ")),
                kNotDeterministic);
}

Diagnosis CheckMatrix() {
  const std::string tree = FindTree();
  // It was asked for by name, so that it cannot be done is no small thing.
  if (tree.empty()) {
    return Judged(false, "matrix",
                  "--deep builds, and this is not in a checkout of wringer",
                  kToolFailed);
  }
  // Its table is progress; our stdout is for the diagnosis.
  const Ended ended =
      RunProgram({.words = {"sh", "-c", "exec scripts/determinism-matrix >&2"},
                  .folder = tree,
                  .capture = false});
  return Judged(ended.ok(), "matrix",
                ended.ok() ? "one digest under every compiler and environment"
                           : absl::StrCat("scripts/determinism-matrix ended "
                                          "with ",
                                          ended.code),
                ended.code == 1 ? kNotDeterministic : kToolFailed);
}

}  // namespace wringer::cli
