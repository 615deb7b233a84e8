// The finding drawn to scale for a terminal: clients and what they asked,
// nodes with role and up/down/paused, faults as bands, on one axis.
//
//             7.100 s            7.200 s            7.300 s            7.400 s
//   client 3  |--|
//             put k17 = v902
//   n2        LLLLLLLLLLLLLLLLLLLLLLLLLLxxxxxxxxxxxxxxxxxxxxxxxxxxx
//   n4        ------------------------------------------------------LLLLLLLLL
//   lose                                %%%%%%%%%%%%%%%%%%%%%% power-loss n2
//
// Zoomed on the span of the finding's operations.
#ifndef WR_REPORTS_RENDER_TIMELINE_H_
#define WR_REPORTS_RENDER_TIMELINE_H_

#include <string>

#include "reports/check/check_result.h"
#include "reports/render/style.h"

namespace wringer::reports {

// Ends in a newline; empty if the finding has no operations.
std::string TimelineText(const History& history, const Finding& finding,
                         const Style& style);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_TIMELINE_H_
