#include "sim/explore/tally.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

void AddFailure(const RunRecord& record, FailureKind* kind) {
  ++kind->count;
  if (kind->count > 1 && record.events >= kind->events) return;
  kind->violation = record.violation;
  kind->fingerprint = record.fingerprint;
  kind->rule = record.rule;
  kind->role = record.role;
  kind->phase = record.phase;
  kind->scenario = record.scenario;
  kind->seed = record.seed;
  kind->digest = record.digest;
  kind->events = record.events;
  kind->real_ns = record.real_ns;
  kind->summary = record.summary;
}

std::string NameOf(const std::string& violation,
                   const std::string& fingerprint) {
  const std::size_t slash = violation.find('/');
  const std::string what =
      slash == std::string::npos ? violation : violation.substr(slash + 1);
  return fingerprint.empty() ? what : absl::StrCat(what, "-", fingerprint);
}

}  // namespace

std::string FailureKind::Name() const { return NameOf(violation, fingerprint); }

bool Tally::Add(const RunRecord& record) {
  ++runs;
  events += record.events;
  operations += record.operations;
  operations_ok += record.operations_ok;
  simulated_ns += record.simulated_ns;
  real_ns += record.real_ns;
  cpu_ns += record.cpu_ns;
  ScenarioTally& scenario = scenarios[record.scenario];
  ++scenario.runs;
  scenario.real_ns += record.real_ns;
  for (const auto& [kind, counts] : record.faults) faults[kind].Add(counts);
  for (const auto& [mark, count] : record.marks) {
    ++marks[mark];
    ++scenario.marks[mark];
  }
  for (const auto& [mutant, count] : record.mutants) {
    if (count > 0) ++mutants[mutant];
  }
  switch (record.verdict) {
    case RunVerdict::kPassed:
      return false;
    case RunVerdict::kInconclusive:
      ++inconclusive;
      ++scenario.inconclusive;
      return false;
    case RunVerdict::kFailed:
      break;
  }
  ++failed;
  ++scenario.failed;
  FailureKind& kind = kinds[NameOf(record.violation, record.fingerprint)];
  AddFailure(record, &kind);
  return kind.count == 1;
}

std::vector<std::string> Tally::Toothless(std::uint64_t fired) const {
  std::vector<std::string> result;
  for (const auto& [kind, counts] : faults) {
    if (counts.effective == 0 && counts.idle() >= fired) result.push_back(kind);
  }
  return result;
}

}  // namespace wringer::sim
