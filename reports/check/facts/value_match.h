// Whether what a read brought back is what the write of that tag wrote. A
// store that copies a tag to the wrong bytes must not get away with it.
#ifndef WR_REPORTS_CHECK_FACTS_VALUE_MATCH_H_
#define WR_REPORTS_CHECK_FACTS_VALUE_MATCH_H_

#include "reports/check/facts/index.h"

namespace wringer::reports {

// `found` and `digest` fit the version made by `writer` (kNoOp: the initial,
// absent one).
inline bool ValueMatches(const History& history, OpIndex writer, bool found,
                         std::uint64_t digest) {
  if (writer == kNoOp) return !found;
  const Operation& op = history.op(writer);
  if (op.kind == OpKind::kDelete) return !found;
  return found && digest == op.written_digest;
}

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_FACTS_VALUE_MATCH_H_
