// Check results as JSON, for --json and for whoever reads reports by machine.
// Keys always in the same order; times in nanoseconds; no floats.
#ifndef WR_REPORTS_RENDER_RESULT_JSON_H_
#define WR_REPORTS_RENDER_RESULT_JSON_H_

#include <vector>

#include "reports/check/check_result.h"
#include "reports/history/foreign.h"
#include "reports/history/json_writer.h"

namespace wringer::reports {

// An array, one object a check.
void WriteResults(const History& history,
                  const std::vector<CheckResult>& results, JsonWriter* json);
void WriteForeignResults(const ForeignHistory& history,
                         const std::vector<CheckResult>& results,
                         JsonWriter* json);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_RESULT_JSON_H_
