// The oracle of the checkers' tests: every order, tried one after another.
// Shares no code and no idea with the engines it judges. For at most some ten
// operations.
#ifndef WR_TESTS_REPORTS_BRUTE_FORCE_H_
#define WR_TESTS_REPORTS_BRUTE_FORCE_H_

#include <cstdint>
#include <vector>

#include "reports/check/search/model.h"
#include "reports/check/search/search.h"

namespace wringer::reports {

// Some order of all operations that returned and any of the others respects
// real time (what touches is concurrent) and the model.
inline bool BruteForceLegal(SequentialModel* model,
                            const std::vector<SearchOp>& ops, StateId state,
                            std::uint64_t placed = 0) {
  bool all = true;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (!ops[i].optional && ((placed >> i) & 1) == 0) all = false;
  }
  if (all) return true;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (((placed >> i) & 1) != 0) continue;
    bool next = true;  // nothing still to be placed was over before its call
    for (std::size_t j = 0; j < ops.size(); ++j) {
      if (((placed >> j) & 1) != 0 || ops[j].optional) continue;
      if (ops[j].ret < ops[i].call) next = false;
    }
    if (!next) continue;
    const StateId after = model->Step(state, ops[i].action);
    if (after == kNoState) continue;
    const std::uint64_t with = placed | (std::uint64_t{1} << i);
    if (BruteForceLegal(model, ops, after, with)) return true;
  }
  return false;
}

}  // namespace wringer::reports

#endif  // WR_TESTS_REPORTS_BRUTE_FORCE_H_
