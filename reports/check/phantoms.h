// No phantom: whatever anybody saw, and whatever a replica holds at the end,
// was written to that key by an operation that did not fail, before it was
// seen, with those bytes. If `effects_may_be_undone` it may be a
// compare-and-set that was refused: its effect was undone, or the refusal was.
#ifndef WR_REPORTS_CHECK_PHANTOMS_H_
#define WR_REPORTS_CHECK_PHANTOMS_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

CheckResult CheckPhantoms(const HistoryIndex& index,
                          bool effects_may_be_undone = false);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_PHANTOMS_H_
