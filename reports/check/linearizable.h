// Linearizability, key by key: keys are independent objects (Herlihy & Wing
// 1990), so the history is linearizable iff every key is.
//
// For each key: the order the implementation claims, checked in one walk; if
// that is no proof, the zone test, which decides; only without tags, search.
// Every bad key is reported, largest key first.
#ifndef WR_REPORTS_CHECK_LINEARIZABLE_H_
#define WR_REPORTS_CHECK_LINEARIZABLE_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"
#include "reports/check/search/search.h"

namespace wringer::reports {

struct LinearizableOptions {
  // Leave out reads whose answer claims no more than local, session or
  // bounded: they never promised to be ordered.
  bool only_claimed = false;
  SearchBudget search{};  // for all keys together
};

CheckResult CheckLinearizable(const HistoryIndex& index,
                              const LinearizableOptions& options);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_LINEARIZABLE_H_
