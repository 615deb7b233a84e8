#include "reports/check/check_history.h"

#include <algorithm>
#include <utility>

#include "reports/check/at_most_once.h"
#include "reports/check/convergence.h"
#include "reports/check/facts/index.h"
#include "reports/check/linearizable.h"
#include "reports/check/lost_acks.h"
#include "reports/check/phantoms.h"
#include "reports/check/sessions.h"

namespace wringer::reports {
namespace {

std::vector<CheckResult> RunOne(const HistoryIndex& index, Check check,
                                const CheckOptions& options) {
  switch (check) {
    case Check::kLinearizable:
      return {CheckLinearizable(index, {.only_claimed = options.only_claimed,
                                        .search = options.search})};
    case Check::kLostAcks:
      return {CheckLostAcks(index, options.may_stay_apart)};
    case Check::kPhantoms:
      return {CheckPhantoms(index, options.effects_may_be_undone)};
    case Check::kConvergence:
      return {CheckConvergence(index)};
    case Check::kAtMostOnce:
      return {CheckAtMostOnce(index)};
    case Check::kRegular:
      return {CheckRegular(index, MeasureAges(index))};
    case Check::kStaleness:
      return {CheckStaleness(index, MeasureAges(index), options.staleness)};
    case Check::kSessions:
      return CheckSessions(index);
  }
  return {};
}

}  // namespace

std::vector<CheckResult> CheckHistory(const History& history,
                                      const CheckOptions& options) {
  const HistoryIndex index(history);
  std::vector<CheckResult> results;
  for (const Check check : options.checks) {
    const bool promised =
        std::find(options.promised.begin(), options.promised.end(), check) !=
        options.promised.end();
    for (CheckResult& result : RunOne(index, check, options)) {
      result.promised = promised;
      results.push_back(std::move(result));
    }
  }
  return results;
}

CheckStatus Overall(const std::vector<CheckResult>& results) {
  CheckStatus overall = CheckStatus::kHolds;
  for (const CheckResult& result : results) {
    if (!result.promised) continue;
    if (result.status == CheckStatus::kViolated) return result.status;
    if (result.status == CheckStatus::kInconclusive) overall = result.status;
  }
  return overall;
}

const Finding* FirstFinding(const std::vector<CheckResult>& results) {
  const Finding* first = nullptr;
  for (const CheckResult& result : results) {
    if (!result.promised || result.findings.empty()) continue;
    const Finding& finding = result.findings[0];
    if (first == nullptr || finding.at_ns < first->at_ns) first = &finding;
  }
  return first;
}

}  // namespace wringer::reports
