// Proves one key linearizable by the order the implementation claims.
//
// Walks the claimed order once: every answer must follow from the state, and
// nothing may be ordered before an operation that had returned before it was
// called. Whoever supplied the order, success is a proof; failure proves
// nothing and the caller goes on to the zone test. O(n log n), the sort.
#ifndef WR_REPORTS_CHECK_WITNESS_ORDER_H_
#define WR_REPORTS_CHECK_WITNESS_ORDER_H_

#include "reports/check/facts/index.h"

namespace wringer::reports {

enum class WitnessVerdict : std::uint8_t {
  kProof,    // the claimed order is a legal one
  kRefuted,  // complete, but not legal
  kMissing,  // some operation that counts makes no claim
};

// `ops` are those of one key that are to be ordered; see Linearizable.
WitnessVerdict CheckWitnessOrder(const HistoryIndex& index, OpSpan ops);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_WITNESS_ORDER_H_
