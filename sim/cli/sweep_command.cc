// wringer sweep: many seeds of many scenarios over worker processes.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "reports/history/json_writer.h"
#include "sim/cli/commands.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/cluster/run.h"
#include "sim/explore/worker_pool.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

volatile sig_atomic_t interrupted = 0;
void OnInterrupt(int) { interrupted = 1; }

struct Loaded {
  std::string path;
  sim::Scenario scenario;
};

// What a worker says of one run, as one line of tab-separated fields.
struct Report {
  bool passed = false;
  bool inconclusive = false;
  std::string violation;
  std::string fingerprint;
  std::string summary;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;
  std::int64_t simulated_ns = 0;
};

std::string Encode(const Report& r) {
  std::string summary = r.summary;
  std::replace(summary.begin(), summary.end(), '\t', ' ');
  return absl::StrCat(r.passed, "\t", r.inconclusive, "\t", r.violation, "\t",
                      r.fingerprint, "\t", r.digest, "\t", r.events, "\t",
                      r.operations, "\t", r.simulated_ns, "\t", summary);
}

Report Decode(const std::string& line) {
  const std::vector<std::string> f = absl::StrSplit(line, '\t');
  Report r;
  if (f.size() < 9) {
    r.violation = "tool/garbled";
    return r;
  }
  r.passed = f[0] == "1";
  r.inconclusive = f[1] == "1";
  r.violation = f[2];
  r.fingerprint = f[3];
  r.digest = std::stoull(f[4]);
  r.events = std::stoull(f[5]);
  r.operations = std::stoull(f[6]);
  r.simulated_ns = std::stoll(f[7]);
  r.summary = f[8];
  return r;
}

std::string RunOne(const Loaded& loaded, std::uint64_t seed) {
  sim::RunOptions options;
  options.seed = seed;
  options.replay_line =
      absl::StrCat(ProgramName(), " run ", ShellQuoted(loaded.path), " --seed ",
                   SeedText(seed));
  Report report;
  const auto result = sim::Run(loaded.scenario, options);
  if (!result.ok()) {
    report.violation = "scenario/cannot-run";
    report.summary = std::string(result.status().message());
    return Encode(report);
  }
  const Verdict verdict = Judge(loaded.scenario, *result);
  report.passed = verdict.passed();
  report.inconclusive = verdict.inconclusive && verdict.violations.empty();
  if (!report.passed) {
    report.violation = verdict.id();
    report.fingerprint = Fingerprint(verdict);
    if (!verdict.violations.empty()) {
      report.summary = verdict.violations[0].summary;
    }
  }
  report.digest = result->digest;
  report.events = result->events;
  report.operations = result->metrics.operations.called;
  report.simulated_ns = result->ended;
  return Encode(report);
}

// Failures of one kind: the first seen stands for all.
struct Kind {
  std::string scenario;
  std::uint64_t seed = 0;
  std::string summary;
  std::uint64_t count = 0;
};

class Campaign {
 public:
  Campaign(const CommonOptions& common, const SweepOptions& options,
           std::vector<Loaded> scenarios)
      : common_(common),
        options_(options),
        scenarios_(std::move(scenarios)),
        style_(StyleFor(common, STDERR_FILENO)),
        live_(::isatty(STDERR_FILENO) != 0),
        began_(sim::HostNanos()) {}

  int Run() {
    ::signal(SIGINT, OnInterrupt);
    sim::WorkerPoolOptions pool_options;
    pool_options.workers = Workers();
    for (const Loaded& loaded : scenarios_) {
      pool_options.job_real_ns = std::max<std::int64_t>(
          pool_options.job_real_ns, loaded.scenario.run.limits.wall);
    }
    sim::WorkerPool pool(pool_options, [this](std::uint64_t job) {
      return RunOne(ScenarioOf(job), SeedOf(job));
    });
    pool.Run([this] { return Next(); },
             [this](const sim::JobResult& result) { Done(result); },
             [this] { return Tick(); });
    ClearLine();
    return Summarise();
  }

 private:
  int Workers() const {
    if (options_.workers > 0) return options_.workers;
    return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }
  std::uint64_t Seeds() const {
    return options_.last_seed - options_.first_seed + 1;
  }
  // Seed by seed through all scenarios, so that a short sweep sees each.
  const Loaded& ScenarioOf(std::uint64_t job) const {
    return scenarios_[job % scenarios_.size()];
  }
  std::uint64_t SeedOf(std::uint64_t job) const {
    return options_.first_seed + job / scenarios_.size();
  }

  std::optional<std::uint64_t> Next() {
    const bool timed = options_.real_ns.has_value();
    if (interrupted != 0) return std::nullopt;
    if (timed && sim::HostNanos() - began_ >= *options_.real_ns) {
      return std::nullopt;
    }
    if (!timed && next_job_ >= Seeds() * scenarios_.size()) {
      return std::nullopt;
    }
    return next_job_++;
  }

  void Done(const sim::JobResult& result) {
    ++runs_;
    Report report;
    switch (result.fate) {
      case sim::JobFate::kAnswered:
        report = Decode(result.output);
        break;
      case sim::JobFate::kCrashed:
        report.violation = "engine/crash";
        report.summary = CrashSummary(result);
        break;
      case sim::JobFate::kHung:
        report.violation = "engine/hang";
        report.summary = absl::StrCat("no answer after ",
                                      DurationText(result.real_ns), " real");
        break;
      case sim::JobFate::kOutOfMemory:
        report.violation = "engine/memory";
        report.summary = "outgrew its memory";
        break;
    }
    events_ += report.events;
    operations_ += report.operations;
    simulated_ns_ += report.simulated_ns;
    if (report.passed) return;
    if (report.inconclusive) {
      ++inconclusive_;
      return;
    }
    ++failed_;
    Remember(result.job, report);
  }

  static std::string CrashSummary(const sim::JobResult& result) {
    for (const Slice line : absl::StrSplit(result.output, '\n')) {
      if (absl::StrContains(line, "check failed") ||
          absl::StrContains(line, "ERROR: ")) {
        return std::string(line.data(), line.size());
      }
    }
    return result.signal != 0 ? absl::StrCat("died of signal ", result.signal)
                              : "exited by itself";
  }

  void Remember(std::uint64_t job, const Report& report) {
    const std::string id =
        absl::StrCat(report.violation, report.fingerprint.empty() ? "" : " ",
                     report.fingerprint);
    Kind& kind = kinds_[id];
    if (kind.count++ > 0) return;
    kind.scenario = ScenarioOf(job).path;
    kind.seed = SeedOf(job);
    kind.summary = report.summary;
    ClearLine();
    Err(absl::StrCat(
        "  ", style_.Paint(reports::Color::kBad, style_.Sign("\u2717", "x")),
        " ", DurationText(sim::HostNanos() - began_), "  ", id, "  ",
        kind.scenario, " seed ", SeedText(kind.seed), "  ", kind.summary,
        "\n"));
  }

  std::string StatusLine() const {
    const std::int64_t real = sim::HostNanos() - began_;
    const auto seconds = std::max<std::int64_t>(1, real / 1'000'000'000);
    return absl::StrCat(
        " ", DurationText(real), "   ", CountText(runs_), " runs   ",
        CountText(runs_ / static_cast<std::uint64_t>(seconds)), "/s   ",
        CountText(static_cast<std::uint64_t>(simulated_ns_ /
                                             std::max<std::int64_t>(1, real))),
        "x real time   ", CountText(failed_), " failed, ", kinds_.size(),
        kinds_.size() == 1 ? " kind" : " kinds");
  }

  bool Tick() {
    const std::int64_t now = sim::HostNanos();
    const std::int64_t every = live_ ? 200'000'000 : 30'000'000'000;
    if (now - last_status_ >= every && !common_.quiet) {
      last_status_ = now;
      if (live_) {
        Err(absl::StrCat("\r\033[K", StatusLine()));
      } else if (now - began_ >= every) {
        Err(StatusLine() + "\n");
      }
    }
    return interrupted == 0;
  }

  void ClearLine() const {
    if (live_) Err("\r\033[K");
  }

  int Summarise() {
    const std::int64_t real = sim::HostNanos() - began_;
    if (common_.json) {
      PrintJson(real);
    } else {
      PrintText(real);
    }
    if (interrupted != 0) return kInterrupted;
    if (failed_ > 0) return kFinding;
    // Work not done is a failure.
    return runs_ == 0 || inconclusive_ > 0 ? kInconclusive : kHeld;
  }

  void PrintText(std::int64_t real) const {
    const auto per_second = [real](std::uint64_t n) {
      return CountText(n * 1000 /
                       static_cast<std::uint64_t>(
                           std::max<std::int64_t>(1, real / 1'000'000)));
    };
    Out(absl::StrCat(
        " ", CountText(runs_), " runs in ", DurationText(real), ", ",
        CountText(runs_ - failed_ - inconclusive_), " passed, ",
        CountText(failed_), " failed = ", kinds_.size(), " kinds, ",
        CountText(inconclusive_), " inconclusive\n speed    ",
        per_second(runs_), " runs/s, ", per_second(events_), " events/s, ",
        CountText(static_cast<std::uint64_t>(simulated_ns_ /
                                             std::max<std::int64_t>(1, real))),
        "x real time, ", CountText(operations_), " operations\n"));
    for (const auto& [id, kind] : kinds_) {
      Out(absl::StrCat("  ", id, "   seen ", kind.count, "x   ", kind.summary,
                       "\n    ", ProgramName(), " run ",
                       ShellQuoted(kind.scenario), " --seed ",
                       SeedText(kind.seed), "\n"));
    }
    Out(interrupted != 0    ? "INTERRUPTED   the figures above are partial\n"
        : failed_ > 0       ? "FAIL\n"
        : runs_ == 0        ? "INCONCLUSIVE   nothing ran\n"
        : inconclusive_ > 0 ? "INCONCLUSIVE\n"
                            : "PASS\n");
  }

  void PrintJson(std::int64_t real) const {
    std::string out;
    reports::JsonWriter json(&out);
    json.Object().Field("format", "wringer-sweep-1");
    json.Field("passed", failed_ == 0 && runs_ > 0 && inconclusive_ == 0);
    json.Field("runs", runs_).Field("failed", failed_);
    json.Field("inconclusive", inconclusive_);
    json.Field("events", events_).Field("operations", operations_);
    json.Field("simulated_ns", simulated_ns_);
    json.Key("kinds").Array();
    for (const auto& [id, kind] : kinds_) {
      json.Object().Field("id", Slice(id)).Field("count", kind.count);
      json.Field("scenario", Slice(kind.scenario));
      json.Field("seed", Slice(SeedText(kind.seed)));
      json.Field("summary", Slice(kind.summary)).End();
    }
    json.End();
    json.Key("environment").Object().Field("real_ns", real).End();
    json.End();
    Out(out + "\n");
  }

  const CommonOptions& common_;
  const SweepOptions& options_;
  const std::vector<Loaded> scenarios_;
  const reports::Style style_;
  const bool live_;
  const std::int64_t began_;
  std::int64_t last_status_ = 0;
  std::uint64_t next_job_ = 0;
  std::uint64_t runs_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t inconclusive_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t operations_ = 0;
  std::int64_t simulated_ns_ = 0;
  std::map<std::string, Kind> kinds_;
};

}  // namespace

int SweepScenarios(const CommonOptions& common, const SweepOptions& options) {
  std::vector<Loaded> scenarios;
  for (const std::string& place : options.scenarios) {
    const auto entries = sim::ListScenarios(place);
    if (!entries.ok()) return Complain(entries.status().message());
    for (const sim::ScenarioEntry& entry : *entries) {
      auto scenario = LoadOrComplain(common, entry.path, options.settings);
      if (!scenario) return kUsage;
      scenarios.push_back({entry.path, std::move(*scenario)});
    }
  }
  if (scenarios.empty()) {
    return Complain("no scenario found", "give a file or a directory");
  }
  if (!common.json) {
    Out(absl::StrCat(BuildLine(), "   ", scenarios.size(),
                     scenarios.size() == 1 ? " scenario" : " scenarios",
                     "   seeds from ", SeedText(options.first_seed), "\n"));
  }
  return Campaign(common, options, std::move(scenarios)).Run();
}

}  // namespace wringer::cli
