// Linearizability of a foreign history, by search: its values repeat, so
// nothing faster applies. Keys are independent and checked largest first; the
// multi-register is one object.
#ifndef WR_REPORTS_CHECK_CHECK_FOREIGN_H_
#define WR_REPORTS_CHECK_CHECK_FOREIGN_H_

#include "reports/check/check_result.h"
#include "reports/check/search/search.h"
#include "reports/history/foreign.h"

namespace wringer::reports {

// Findings refer to places in `history.ops`. The budget is for all keys.
CheckResult CheckForeign(const ForeignHistory& history,
                         const SearchBudget& budget = {});

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_CHECK_FOREIGN_H_
