// The string view of reports/. Debian's Abseil has its own, which does not
// convert to std::string_view; ToStd and FromStd are for std APIs.
#ifndef WR_REPORTS_HISTORY_SLICE_H_
#define WR_REPORTS_HISTORY_SLICE_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace wringer::reports {

using Slice = absl::string_view;

inline std::string_view ToStd(Slice s) { return {s.data(), s.size()}; }
inline Slice FromStd(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_SLICE_H_
