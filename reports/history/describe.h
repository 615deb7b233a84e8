// Words for the things in a history, the same in every report.
#ifndef WR_REPORTS_HISTORY_DESCRIBE_H_
#define WR_REPORTS_HISTORY_DESCRIBE_H_

#include <cstdint>
#include <string>

#include "reports/history/history.h"

namespace wringer::reports {

// "1.8 s", "255 ms", "40.2 us", "13 ns": three digits, a unit always.
std::string DurationText(std::int64_t ns);
// A moment of the run, always in seconds to the millisecond: "7.412 s".
std::string MomentText(std::int64_t ns);
// "v902"; the version of tag 0 is "nothing". With the operation that made it
// at hand, a tombstone is "nothing (deleted by 17)".
std::string VersionText(Tag tag);
// Keys as a person writes them: "k17"; unprintable bytes as \x00.
std::string KeyText(const History& history, KeyId key);
// What was asked and what came of it:
//   "put k17 = v902", "get k17 -> v871", "cas k17 v5 => v9 refused, saw v7".
std::string ActionText(const History& history, const Operation& op);
// "acknowledged by n2 (leader, term 4)", "answered by n4", "outcome unknown".
std::string OutcomeText(const History& history, const Operation& op);
// "client 3"
std::string ClientText(const Operation& op);

// The role a node held at a moment: the last role event at or before `ns`, or
// null if there is none, or the node was down.
const NodeEvent* RoleAt(const History& history, NameId node, std::int64_t ns);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_DESCRIBE_H_
