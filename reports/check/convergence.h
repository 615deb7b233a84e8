// Convergence: once every fault is healed, all reachable replicas hold the
// same versions of the same keys, and within the time allowed.
#ifndef WR_REPORTS_CHECK_CONVERGENCE_H_
#define WR_REPORTS_CHECK_CONVERGENCE_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

CheckResult CheckConvergence(const HistoryIndex& index);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_CONVERGENCE_H_
