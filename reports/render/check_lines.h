// One line a check:
//
//   ✓ linearizable                64 keys
//   ✗ no acknowledged write lost  3 of 811 acknowledged writes        SAFETY
//   ! converges                   inconclusive: ...
#ifndef WR_REPORTS_RENDER_CHECK_LINES_H_
#define WR_REPORTS_RENDER_CHECK_LINES_H_

#include <string>
#include <vector>

#include "reports/check/check_result.h"
#include "reports/render/style.h"

namespace wringer::reports {

// Each line ends in a newline. A measured check that fails is marked with a
// dot and the word "measured": nobody promised it.
std::string CheckLines(const std::vector<CheckResult>& results,
                       const Style& style);

// The line of anything else that holds or not, in the same columns:
// availability, latency.
enum class LineSign { kHolds, kViolated, kWarning, kNeutral };
std::string CheckLine(LineSign sign, Slice name, Slice text, Slice verdict,
                      const Style& style);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_CHECK_LINES_H_
