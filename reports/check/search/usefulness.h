// Until when an operation of unknown outcome can matter.
//
// An unknown write matters only while something can still observe its value:
// an operation that needs it and is not yet over, or an unknown one that needs
// it and itself matters. Computed backwards from the operations that did
// return, as a least fixed point.
#ifndef WR_REPORTS_CHECK_SEARCH_USEFULNESS_H_
#define WR_REPORTS_CHECK_SEARCH_USEFULNESS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "reports/check/search/model.h"
#include "reports/check/search/search.h"

namespace wringer::reports {

class Usefulness {
 public:
  Usefulness(const SequentialModel& model, const std::vector<SearchOp>& ops);

  // The first moment at which the effect of `action` can no longer be
  // observed; 0 if it never can, SearchOp::kNever if it always can.
  std::uint64_t Until(ActionId action) const;

  // Whether the unknown operation can matter at all. An operation called at
  // the very moment its observer returns is concurrent with it, so it can.
  bool Matters(const SearchOp& op) const {
    return !model_.Pure(op.action) && op.call < Until(op.action);
  }

 private:
  const SequentialModel& model_;
  std::uint64_t until_any_ = 0;  // for those to whom every state matters
  absl::flat_hash_map<StateId, std::uint64_t> until_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_USEFULNESS_H_
