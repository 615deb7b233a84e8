// Durability: no acknowledged write is lost.
//
// A write W counts as lost only on proof that the store went on without it:
//   - at the end, an authoritative replica holds a version whose write had
//     returned before W was called;
//   - a compare-and-set called after W returned succeeded against such a
//     version;
//   - the store put another acknowledged write of the key, of another term,
//     at the very place in the log it had given W;
//   - a read called after W returned, not answered by a follower nor at a weak
//     level nor while two nodes led, saw such a version, and nobody met W
//     afterwards, at the end neither.
// A write that was overwritten before anybody looked is never blamed on anyone.
#ifndef WR_REPORTS_CHECK_LOST_ACKS_H_
#define WR_REPORTS_CHECK_LOST_ACKS_H_

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"

namespace wringer::reports {

// The final state is taken for it if the replicas had come to rest, or
// `may_stay_apart`.
CheckResult CheckLostAcks(const HistoryIndex& index,
                          bool may_stay_apart = false);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_LOST_ACKS_H_
