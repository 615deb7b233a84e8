#include "sim/cli/campaign/one_run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/hash.h"
#include "engine/base/marks.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"
#include "sim/explore/fingerprint.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

using sim::RunRecord;
using sim::RunVerdict;

void Count(const sim::RunResult& result, RunRecord* record) {
  record->digest = result.digest;
  record->events = result.events;
  record->operations = result.metrics.operations.called;
  record->operations_ok = result.metrics.operations.ok;
  record->simulated_ns = result.ended;
  const auto tally = result.ledger.Tally();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    const sim::FaultTally& kind = tally[i];
    if (kind.planned == 0) continue;
    record->faults.emplace_back(std::string(sim::NameOf(sim::FaultKind(i))),
                                sim::FaultCounts{kind.planned, kind.fired,
                                                 kind.effective, kind.masked});
  }
  for (const auto& [mark, count] : result.marks) {
    if (count > 0) record->marks.emplace_back(Info(mark).name, count);
  }
  for (const auto& [mutant, count] : result.mutants) {
    record->mutants.emplace_back(Info(mutant).name, count);
  }
}

void Conclude(const Verdict& verdict, RunRecord* record) {
  if (verdict.passed()) return;
  if (verdict.violations.empty() && verdict.expected.empty()) {
    record->verdict = RunVerdict::kInconclusive;
    return;
  }
  record->verdict = RunVerdict::kFailed;
  if (!verdict.expected.empty()) {
    record->violation = "expectation/not-seen";
    record->rule = verdict.expected;
    record->summary =
        absl::StrCat(verdict.expected, " was expected and did not appear");
    record->fingerprint =
        sim::FingerprintOf({record->violation, record->rule, "", ""});
    return;
  }
  record->violation = verdict.id();
  record->rule = verdict.rule;
  record->role = verdict.role;
  record->phase = verdict.phase;
  record->summary = verdict.violations[0].summary;
  record->fingerprint = Fingerprint(verdict);
}

}  // namespace

RunRecord RunAndJudge(const OneRun& run) {
  sim::RunOptions options;
  options.seed = run.seed;
  options.replay_line = run.replay;
  RunRecord record;
  const auto result = sim::Run(run.scenario, options);
  if (!result.ok()) {
    record.verdict = RunVerdict::kFailed;
    record.violation = "scenario/cannot-run";
    record.summary = std::string(result.status().message());
    return record;
  }
  Count(*result, &record);
  Verdict verdict = Judge(run.scenario, *result);
  if (run.marks_over_all) {
    std::erase_if(verdict.violations, [](const Violation& v) {
      return v.id == "expectation/marks";
    });
  }
  Conclude(verdict, &record);
  return record;
}

std::string BuildId() {
  static const std::string id = [] {
    // A commit says little about a tree that was edited since.
    const auto executable = ReadFile("/proc/self/exe");
    const std::uint64_t hash = executable.ok() ? Hash64(*executable) : 0;
    const BuildInfo& build = Build();
    return absl::StrCat(build.version, " ", build.commit, " ", build.compiler,
                        " #", absl::StrFormat("%08x", hash & 0xffffffff));
  }();
  return id;
}

}  // namespace wringer::cli
