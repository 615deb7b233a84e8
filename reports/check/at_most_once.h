// At most once: a request that was sent several times takes effect once.
//
// A second effect shows when the version of a retried write comes back after a
// newer acknowledged version of the key had been seen, in an answer that
// cannot be merely old: by the place in the log it claims, or because the
// final state still holds it.
#ifndef WR_REPORTS_CHECK_AT_MOST_ONCE_H_
#define WR_REPORTS_CHECK_AT_MOST_ONCE_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

CheckResult CheckAtMostOnce(const HistoryIndex& index);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_AT_MOST_ONCE_H_
