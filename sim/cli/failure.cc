#include "sim/cli/failure.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/base/hash.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

// A message without its numbers, which differ from run to run of one bug.
std::string WithoutNumbers(Slice text) {
  std::string out;
  for (const char c : text) {
    if (c < '0' || c > '9') out.push_back(c);
  }
  return out;
}

std::string DeathLine(const std::string& output) {
  for (const Slice line : absl::StrSplit(output, '\n')) {
    if (absl::StrContains(line, "check failed") ||
        absl::StrContains(line, "ERROR: ")) {
      return std::string(line.data(), line.size());
    }
  }
  return "";
}

// "lost-ack" of "safety/lost-ack".
Slice KindOf(const std::string& id) {
  const std::size_t slash = id.find('/');
  return slash == std::string::npos ? Slice(id) : Slice(id).substr(slash + 1);
}

bool Has(const Verdict& verdict, Slice prefix) {
  return std::any_of(
      verdict.violations.begin(), verdict.violations.end(),
      [prefix](const Violation& v) { return absl::StartsWith(v.id, prefix); });
}

std::uint64_t KeyNumber(const std::string& key) {
  std::uint64_t number = ~std::uint64_t{0};
  if (key.size() < 2 || !absl::SimpleAtoi(key.substr(1), &number)) {
    return ~std::uint64_t{0};
  }
  return number;
}

}  // namespace

Failure FailureOf(const Verdict& verdict) {
  Failure failure;
  failure.fingerprint = Fingerprint(verdict);
  if (verdict.violations.empty()) return failure;
  failure.stuck = Has(verdict, "liveness/stuck");
  failure.id = verdict.violations[0].id;
  failure.summary = verdict.violations[0].summary;
  if (verdict.expected.empty()) return failure;
  failure.id = verdict.expected_seen ? verdict.expected : "";
  for (const Violation& violation : verdict.violations) {
    if (violation.id == failure.id) failure.summary = violation.summary;
  }
  return failure;
}

Failure FailureOf(const sim::JobResult& death) {
  Failure failure;
  switch (death.fate) {
    case sim::JobFate::kAnswered:
      return failure;
    case sim::JobFate::kHung:
      failure.id = "engine/hang";
      failure.summary = absl::StrCat("no answer after ",
                                     DurationText(death.real_ns), " real");
      break;
    case sim::JobFate::kOutOfMemory:
      failure.id = "engine/memory";
      failure.summary = "outgrew its memory";
      break;
    case sim::JobFate::kCrashed:
      failure.id = "engine/crash";
      failure.summary = DeathLine(death.output);
      if (failure.summary.empty()) {
        failure.summary = death.signal != 0
                              ? absl::StrCat("died of signal ", death.signal)
                              : "exited by itself";
      }
      break;
  }
  const std::string what =
      failure.id == "engine/crash" ? WithoutNumbers(failure.summary) : "";
  failure.fingerprint = absl::StrFormat(
      "%06x", Hash64(absl::StrCat(failure.id, "|", what)) & 0xffffff);
  return failure;
}

const reports::Finding* FindingOf(const Verdict& verdict,
                                  const Failure& failure) {
  for (const reports::CheckResult& check : verdict.checks) {
    for (const reports::Finding& finding : check.findings) {
      if (absl::StrCat("safety/", finding.kind) == failure.id) {
        return &finding;
      }
    }
  }
  return nullptr;
}

Nanos SeenAt(const sim::RunResult& result, const Verdict& verdict,
             const Failure& failure) {
  Nanos at = -1;
  if (const reports::Finding* finding = FindingOf(verdict, failure)) {
    at = finding->at_ns;
  } else if (!result.findings.empty()) {
    at = result.findings[0].at;
  }
  if (at < 0 || at >= result.load_ended) return -1;
  return std::max<Nanos>(0, at - result.load_began);
}

sim::Sight SightOf(const sim::RunResult& result, const Verdict& verdict,
                   const Failure& wanted) {
  sim::Sight sight;
  sight.digest = result.digest;
  sight.events = result.events;
  const Failure own = FailureOf(verdict);
  sight.same = own.id == wanted.id && own.fingerprint == wanted.fingerprint;
  // A cluster that no longer settles shows many things; they are not the bug.
  if (own.stuck && !wanted.stuck) sight.same = false;
  if (!sight.same) return sight;
  sight.seen_at = SeenAt(result, verdict, wanted);
  if (const reports::Finding* finding = FindingOf(verdict, wanted)) {
    sight.story_key = KeyNumber(finding->key_text);
    for (const reports::OpIndex op : finding->ops) {
      sight.story.push_back(result.history.op(op).op_id);
    }
  }
  return sight;
}

sim::CapsuleVerdict CapsuleVerdictOf(const sim::RunResult& result,
                                     const Verdict& verdict) {
  const Failure failure = FailureOf(verdict);
  return {.violation = failure.id,
          .fingerprint = failure.fingerprint,
          .summary = failure.summary,
          .at = std::max<Nanos>(0, SeenAt(result, verdict, failure))};
}

std::string FindingName(const Verdict& verdict, const Failure& failure) {
  std::string name = std::string(KindOf(failure.id));
  const reports::Finding* finding = FindingOf(verdict, failure);
  if (finding != nullptr && KeyNumber(finding->key_text) != ~std::uint64_t{0}) {
    absl::StrAppend(&name, "-", finding->key_text);
  }
  return absl::StrCat(name, "-", failure.fingerprint);
}

}  // namespace wringer::cli
