#include "sim/cli/judge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "reports/check/check_history.h"
#include "sim/cli/expectation.h"
#include "sim/cli/service_level.h"
#include "sim/cli/signature.h"
#include "sim/cli/terminal.h"
#include "sim/explore/fingerprint.h"

namespace wringer::cli {
namespace {

using reports::Check;
using reports::CheckResult;
using reports::CheckStatus;
using reports::LineSign;
using sim::Consistency;
using sim::RunResult;
using sim::Scenario;

// " without n2, n5, which failed for good"; nothing if all was healed.
std::string WithoutText(const RunResult& result) {
  std::string text;
  for (const NodeId node : result.lost) {
    absl::StrAppend(&text, text.empty() ? " without " : ", ", NodeName(node));
  }
  if (!text.empty()) text += ", failed for good";
  return text;
}

std::vector<sim::FaultKind> KindsOf(const RunResult& result) {
  std::vector<sim::FaultKind> kinds;
  for (const sim::LedgerEntry& entry : result.ledger.entries()) {
    kinds.push_back(entry.fault.kind);
  }
  return kinds;
}

// What the run is held to: what its scenario states, else what its design
// promises under the faults that are in the plan.
reports::CheckOptions Promises(const Scenario& scenario,
                               const RunResult& result) {
  const std::uint8_t may = MayViolate(scenario, KindsOf(result));
  const sim::ExpectSpec& expect = scenario.expect;
  reports::CheckOptions options;
  options.only_claimed = true;
  // Effects that may be lost, or seen before the copies are there.
  options.may_stay_apart = (may & kConv) != 0;
  options.effects_may_be_undone =
      (may & kDur) != 0 || SeenBeforeAcknowledged(scenario);
  options.checks = {Check::kLinearizable, Check::kLostAcks,   Check::kPhantoms,
                    Check::kConvergence,  Check::kAtMostOnce, Check::kSessions};
  options.promised = {Check::kPhantoms};
  const auto promise = [&](Check check) { options.promised.push_back(check); };
  const bool eventual = expect.consistency == Consistency::kEventual ||
                        expect.consistency == Consistency::kNone;
  const bool states_linear = expect.consistency == Consistency::kLinearizable;
  if (states_linear) options.only_claimed = false;
  if (states_linear || (!expect.consistency && (may & kLin) == 0)) {
    promise(Check::kLinearizable);
  }
  if (expect.consistency == Consistency::kRegular) {
    options.checks.push_back(Check::kRegular);
    promise(Check::kRegular);
  }
  const bool lost_matter = expect.lost_acks.has_value()
                               ? *expect.lost_acks == 0
                               : (may & kDur) == 0 && !eventual;
  if (lost_matter) promise(Check::kLostAcks);
  // An effect that was seen and undone may be applied once more.
  const bool undone = SeenBeforeAcknowledged(scenario) && (may & kLin) != 0;
  if ((may & kDur) == 0 && !undone && !eventual) promise(Check::kAtMostOnce);
  // Replicas that have not come to rest are judged by that: liveness/stuck.
  if ((may & kConv) == 0 && expect.consistency != Consistency::kNone &&
      result.history.final_state().at_rest) {
    promise(Check::kConvergence);
  }
  const sim::SessionGuarantees& s = expect.sessions;
  const bool sessions = s.read_your_writes || s.monotonic_reads ||
                        s.monotonic_writes || s.writes_follow_reads;
  if (sessions) promise(Check::kSessions);
  if (expect.staleness) {
    options.checks.push_back(Check::kStaleness);
    options.staleness.ns = *expect.staleness;
    promise(Check::kStaleness);
  }
  return options;
}

class Judgement {
 public:
  Judgement(const Scenario& scenario, const RunResult& result)
      : scenario_(scenario), result_(result) {}

  Verdict Decide() {
    verdict_.checks =
        reports::CheckHistory(result_.history, Promises(scenario_, result_));
    KeepAskedSessions();
    JudgeEngine();
    JudgeChecks();
    JudgeLiveness();
    JudgeExpectations();
    if (scenario_.expect.violation) {
      verdict_.expected = *scenario_.expect.violation;
      verdict_.expected_seen = Seen(verdict_.expected);
    }
    Sign(result_, &verdict_);
    return std::move(verdict_);
  }

 private:
  void Add(std::string id, std::string summary) {
    verdict_.violations.push_back({std::move(id), std::move(summary)});
  }

  // Each session guarantee is a promise of its own. They are listed only where
  // they are promised or broken.
  void KeepAskedSessions() {
    const sim::SessionGuarantees& asked = scenario_.expect.sessions;
    const std::pair<const char*, bool> guarantees[] = {
        {"read-your-writes", asked.read_your_writes},
        {"monotonic-reads", asked.monotonic_reads},
        {"monotonic-writes", asked.monotonic_writes},
        {"writes-follow-reads", asked.writes_follow_reads}};
    for (CheckResult& check : verdict_.checks) {
      for (const auto& [id, is_asked] : guarantees) {
        if (check.id == id) check.promised = is_asked;
      }
    }
    std::erase_if(verdict_.checks, [](const CheckResult& check) {
      const bool quiet = check.status == CheckStatus::kHolds ||
                         check.status == CheckStatus::kNotApplicable;
      return !check.promised && quiet;
    });
  }

  void JudgeEngine() {
    for (const std::string& defect : result_.defects) {
      Add("engine/defect", defect);
    }
    for (const sim::Finding& finding : result_.findings) {
      std::string id = absl::StrCat("safety/", finding.rule);
      if (Seen(id)) continue;  // a broken rule tends to stay broken
      Add(std::move(id),
          absl::StrCat(finding.text, " (", NodeName(finding.node), " at ",
                       DurationText(finding.at), ")"));
    }
    if (result_.findings.empty()) return;
    const sim::Finding& first = result_.findings[0];
    verdict_.lines.push_back(
        {LineSign::kViolated, absl::StrCat("oracle: ", first.rule),
         absl::StrCat(first.text, " at ", DurationText(first.at)), "SAFETY"});
  }

  void JudgeChecks() {
    std::vector<Violation> found;
    for (const CheckResult& check : verdict_.checks) {
      if (!check.promised && !scenario_.expect.violation) continue;
      if (check.status == CheckStatus::kInconclusive && check.promised) {
        verdict_.inconclusive = true;
      }
      if (check.status != CheckStatus::kViolated) continue;
      for (const reports::Finding& finding : check.findings) {
        const std::string id = absl::StrCat("safety/", finding.kind);
        const bool known =
            std::any_of(found.begin(), found.end(),
                        [&](const Violation& v) { return v.id == id; });
        if (known) continue;
        found.push_back(
            {id, absl::StrCat(check.name, ": key \"", finding.key_text,
                              "\" at ", DurationText(finding.at_ns))});
      }
      if (check.findings.empty()) {
        found.push_back({absl::StrCat("safety/", check.id), check.summary});
      }
    }
    // A lost acknowledgement explains the stale reads that follow from it.
    const auto lost = std::find_if(
        found.begin(), found.end(),
        [](const Violation& v) { return v.id == "safety/lost-ack"; });
    if (lost != found.end()) std::rotate(found.begin(), lost, lost + 1);
    for (Violation& violation : found) {
      verdict_.violations.push_back(std::move(violation));
    }
  }

  void JudgeLiveness() {
    if (result_.end == sim::RunEnd::kEventLimit) {
      verdict_.inconclusive = true;
      verdict_.lines.push_back({LineSign::kWarning, "limits",
                                "the run passed its limit of events",
                                "INCONCLUSIVE"});
    }
    const sim::WorkloadCounts& ops = result_.metrics.operations;
    if (ops.called > 0 && ops.ok == 0 && result_.stuck_because.empty()) {
      Add("liveness/no-answer", "no operation was ever answered");
    }
    if (ops.called == 0) {
      verdict_.inconclusive = true;
      verdict_.lines.push_back(
          {LineSign::kWarning, "workload", "no operation ran", "INCONCLUSIVE"});
    }
    std::string text;
    LineSign sign = LineSign::kHolds;
    if (result_.converged_after) {
      text = absl::StrCat(DurationText(*result_.converged_after),
                          " after the load ended", WithoutText(result_));
    } else if (result_.end == sim::RunEnd::kStuck) {
      text = absl::StrCat("not within ", DurationText(scenario_.run.settle),
                          " of healing", WithoutText(result_));
      if (result_.stuck_because.empty()) {
        sign = LineSign::kViolated;
        Add("liveness/stuck",
            absl::StrCat(result_.stuck_on, result_.lost.empty()
                                               ? " after everything healed"
                                               : " in the healthy core"));
      } else {
        sign = LineSign::kNeutral;
        absl::StrAppend(&text, ", and need not: see below");
      }
    } else {
      return;
    }
    const auto limit = scenario_.expect.converges;
    if (limit && result_.converged_after && *result_.converged_after > *limit) {
      sign = LineSign::kViolated;
      absl::StrAppend(&text, "   (limit ", DurationText(*limit), ")");
      Add("liveness/slow-convergence", text);
    }
    verdict_.lines.push_back(
        {sign, "settles", text,
         sign == LineSign::kViolated ? "LIVENESS" : std::string()});
    JudgeDetectors();
  }

  void JudgeDetectors() {
    if (result_.taken_for_dead.empty()) return;
    const std::string text =
        absl::StrCat(result_.taken_for_dead, ", and it is well");
    Add("liveness/detector", text);
    verdict_.lines.push_back(
        {LineSign::kViolated, "detectors agree", text, "LIVENESS"});
  }

  void JudgeExpectations() {
    JudgeMarks();
    JudgeLostCount();
    JudgeServiceLevel(scenario_.expect, result_.history, &verdict_);
  }

  void JudgeMarks() {
    for (Mark mark : scenario_.expect.marks) {
      const bool reached = std::any_of(
          result_.marks.begin(), result_.marks.end(),
          [&](const auto& m) { return m.first == mark && m.second > 0; });
      if (reached) continue;
      const std::string name(Info(mark).name);
      verdict_.lines.push_back({LineSign::kViolated, "mark",
                                absl::StrCat(name, " was not reached"),
                                "EXPECTATION"});
      Add("expectation/marks", absl::StrCat("mark ", name, " not reached"));
    }
  }

  void JudgeLostCount() {
    const auto most = scenario_.expect.lost_acks;
    if (!most || *most == 0) return;
    for (const CheckResult& check : verdict_.checks) {
      if (check.id != "lost-acks" || check.violations <= *most) continue;
      Add("safety/lost-ack",
          absl::StrCat(check.violations, " acknowledged writes lost, ", *most,
                       " tolerated"));
    }
  }

  bool Seen(const std::string& id) const {
    return std::any_of(verdict_.violations.begin(), verdict_.violations.end(),
                       [&](const Violation& v) { return v.id == id; });
  }

  const Scenario& scenario_;
  const RunResult& result_;
  Verdict verdict_;
};

}  // namespace

bool Verdict::passed() const {
  if (!expected.empty()) return expected_seen;
  return violations.empty() && !inconclusive;
}

ExitCode Verdict::exit_code() const {
  if (passed()) return kHeld;
  if (violations.empty() && expected.empty()) return kInconclusive;
  return kFinding;
}

Verdict Judge(const Scenario& scenario, const RunResult& result) {
  return Judgement(scenario, result).Decide();
}

std::string Fingerprint(const Verdict& verdict) {
  if (verdict.violations.empty()) return "";
  return sim::FingerprintOf(
      {verdict.id(), verdict.rule, verdict.role, verdict.phase});
}

}  // namespace wringer::cli
