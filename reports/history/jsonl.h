// The `wringer` history format: one JSON object a line. README.md beside this
// file is the reference.
//
// Writing then reading gives an equal history, byte for byte on the way back.
#ifndef WR_REPORTS_HISTORY_JSONL_H_
#define WR_REPORTS_HISTORY_JSONL_H_

#include <string>

#include "absl/status/statusor.h"
#include "reports/history/history.h"

namespace wringer::reports {

// The whole file. REQUIRES: history is sealed.
std::string WriteJsonl(const History& history);

// InvalidArgument "line N: what is wrong" unless every line is valid; the
// history returned is sealed.
absl::StatusOr<History> ReadJsonl(Slice text);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_JSONL_H_
