// Makes a failed search's counterexample small, by sound steps only: the few
// operations left are illegal by themselves, and that they are implies that
// the whole history is.
//
// Sound: dropping what was called after the failing return; letting what is
// pending then be optional; replacing the past before a moment of quiet by
// the states it can have left; dropping pure operations; dropping all that
// makes or sees a value nothing else depends on. Not sound, so not done:
// dropping a lone write, widening intervals, making an unknown operation fail.
#ifndef WR_REPORTS_CHECK_SEARCH_SHRINK_H_
#define WR_REPORTS_CHECK_SEARCH_SHRINK_H_

#include <cstdint>
#include <vector>

#include "reports/check/search/search.h"

namespace wringer::reports {

struct Shrunk {
  std::vector<SearchOp> ops{};     // in order of call
  std::vector<StateId> initial{};  // states at their beginning
  bool past_cut = false;           // `initial` stands for a past left out
  SearchResult failure;            // of `ops`
};

// REQUIRES: failure is Search's kIllegal for `ops` from `initial`.
Shrunk ShrinkFailure(SequentialModel* model, const std::vector<SearchOp>& ops,
                     const std::vector<StateId>& initial,
                     const SearchResult& failure, const SearchBudget& budget);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_SHRINK_H_
