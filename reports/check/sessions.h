// The four session guarantees (Terry et al. 1994), a session being a client:
//   read your writes     a read sees the session's last write or a newer one
//   monotonic reads      and never an older version than it saw before
//   monotonic writes     who has seen a session's later write sees its earlier
//   writes follow reads  who has seen a write sees what its writer had read
// Versions are ordered as version_order.h can; a read is blamed only where
// that is certain. Sessions whose operations overlap keep the first two.
#ifndef WR_REPORTS_CHECK_SESSIONS_H_
#define WR_REPORTS_CHECK_SESSIONS_H_

#include <vector>

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

// Four results, in the order above.
std::vector<CheckResult> CheckSessions(const HistoryIndex& index);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SESSIONS_H_
