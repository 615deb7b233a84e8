// Which of two versions of a key is older, where that is certain enough to
// blame somebody: by real time, else by the places the store itself claims.
#ifndef WR_REPORTS_CHECK_FACTS_VERSION_ORDER_H_
#define WR_REPORTS_CHECK_FACTS_VERSION_ORDER_H_

#include <tuple>

#include "reports/history/history.h"

namespace wringer::reports {

// `x` and `y` are the writes that made the versions, of one key; kNoOp is the
// initial one. False when the order is not known.
inline bool OlderVersion(const History& history, OpIndex x, OpIndex y) {
  if (x == y || y == kNoOp) return false;
  if (x == kNoOp) return true;
  const Operation& a = history.op(x);
  const Operation& b = history.op(y);
  if (a.return_seq < b.call_seq) return true;
  if (b.return_seq < a.call_seq) return false;
  if (!a.witness.present() || !b.witness.present()) return false;
  return std::tie(a.witness.index, a.witness.sub) <
         std::tie(b.witness.index, b.witness.sub);
}

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_FACTS_VERSION_ORDER_H_
