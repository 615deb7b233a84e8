// How old the versions are that reads bring back.
//
// A read of version w is stale if some write was called after w's returned,
// and returned before the read was called. It is then at least as old as the
// time since the first such write returned, and that many versions old. In
// simulated time this is exact. No stale read at all is what a regular
// register promises (Lamport 1986).
#ifndef WR_REPORTS_CHECK_STALENESS_H_
#define WR_REPORTS_CHECK_STALENESS_H_

#include <cstdint>
#include <vector>

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

// One answered read; zeros if it was fresh.
struct ReadAge {
  OpIndex read = kNoOp;
  OpIndex missed = kNoOp;  // the first newer write it should have seen
  std::int64_t ns = 0;
  std::uint32_t versions = 0;
};

// Every answered read whose version is known, by key and then by call.
std::vector<ReadAge> MeasureAges(const HistoryIndex& index);

// "regular": no read is stale.
CheckResult CheckRegular(const HistoryIndex& index,
                         const std::vector<ReadAge>& ages);

struct StalenessBound {
  std::int64_t ns = 0;         // 0: no bound on time
  std::uint32_t versions = 0;  // 0: no bound on versions
};

// "bounded staleness": within the bound. With no bound the figures are only
// measured, and the result never fails.
CheckResult CheckStaleness(const HistoryIndex& index,
                           const std::vector<ReadAge>& ages,
                           const StalenessBound& bound);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_STALENESS_H_
