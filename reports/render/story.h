// "What happened to k17": the operations of a finding, the faults that bit
// while they ran and what became of the nodes, in order of time; then why
// that is wrong.
#ifndef WR_REPORTS_RENDER_STORY_H_
#define WR_REPORTS_RENDER_STORY_H_

#include <string>

#include "reports/check/check_result.h"
#include "reports/history/foreign.h"
#include "reports/render/style.h"

namespace wringer::reports {

// Ends in a newline.
std::string StoryText(const History& history, const Finding& finding,
                      const Style& style);

// The same for a foreign history: operations by line, no faults.
std::string ForeignStoryText(const ForeignHistory& history,
                             const Finding& finding, const Style& style);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_STORY_H_
