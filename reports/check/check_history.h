// The one call that judges a history: which checks, and what was promised.
//
//   CheckOptions options;
//   options.promised = {Check::kLinearizable, Check::kLostAcks};
//   for (const CheckResult& r : CheckHistory(history, options)) ...
//
// Deterministic: the same history and options give the same results, byte for
// byte; budgets are steps and bytes, never time.
#ifndef WR_REPORTS_CHECK_CHECK_HISTORY_H_
#define WR_REPORTS_CHECK_CHECK_HISTORY_H_

#include <cstdint>
#include <vector>

#include "reports/check/check_result.h"
#include "reports/check/search/search.h"
#include "reports/check/staleness.h"

namespace wringer::reports {

enum class Check : std::uint8_t {
  kLinearizable,
  kLostAcks,
  kPhantoms,
  kConvergence,
  kAtMostOnce,
  kRegular,
  kStaleness,
  kSessions,  // four results
};

struct CheckOptions {
  // Run, in this order.
  std::vector<Check> checks = {Check::kLinearizable, Check::kLostAcks,
                               Check::kPhantoms, Check::kConvergence,
                               Check::kAtMostOnce};
  // Those whose failure is a failure; the others are measured, and marked
  // promised = false in the result.
  std::vector<Check> promised = {Check::kLinearizable, Check::kLostAcks,
                                 Check::kPhantoms, Check::kConvergence,
                                 Check::kAtMostOnce};
  // Hold to an order only what claims to be ordered: leaves out of
  // kLinearizable the reads answered at level local, session or bounded.
  bool only_claimed = false;
  // An effect may be seen before it is settled, and be undone: kPhantoms takes
  // what was seen of a compare-and-set that was refused in the end for that.
  // What failed or was never tried, and what a replica holds at the end, is a
  // phantom still.
  bool effects_may_be_undone = false;
  // Replicas may stay apart for good: what the leader holds at the end is the
  // cluster's word although they never came to rest (kLostAcks).
  bool may_stay_apart = false;
  StalenessBound staleness{};
  SearchBudget search{};
};

// REQUIRES: history is sealed.
std::vector<CheckResult> CheckHistory(const History& history,
                                      const CheckOptions& options = {});

// What the whole comes to: violated if a promised check is; else inconclusive
// if a promised check is; else holds.
CheckStatus Overall(const std::vector<CheckResult>& results);

// The finding to show first: the earliest of a promised, violated check; of
// those at one time the first check's. Null if there is none.
const Finding* FirstFinding(const std::vector<CheckResult>& results);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_CHECK_HISTORY_H_
