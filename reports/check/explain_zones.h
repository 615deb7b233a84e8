// Tells a conflict of the zone test as a Finding: the few operations that
// prove it, in sentences a reader can check one by one.
#ifndef WR_REPORTS_CHECK_EXPLAIN_ZONES_H_
#define WR_REPORTS_CHECK_EXPLAIN_ZONES_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"
#include "reports/check/zones.h"

namespace wringer::reports {

// `ops` are the operations the zone test was given.
Finding ExplainConflict(const HistoryIndex& index, KeyId key, OpSpan ops,
                        const Conflict& conflict);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_EXPLAIN_ZONES_H_
