#include "reports/check/search/usefulness.h"

#include <algorithm>

namespace wringer::reports {

Usefulness::Usefulness(const SequentialModel& model,
                       const std::vector<SearchOp>& ops)
    : model_(model) {
  using Guard = SequentialModel::Guard;
  std::vector<const SearchOp*> unknown;
  for (const SearchOp& op : ops) {
    const Guard guard = model.GuardOf(op.action);
    if (guard == Guard::kBlind) continue;
    if (op.optional && model.Pure(op.action)) continue;
    // What an unguarded unknown change leads to depends on every state, for
    // as long as it may still happen.
    const std::uint64_t until = op.optional ? SearchOp::kNever : op.ret + 1;
    if (guard == Guard::kAny) {
      until_any_ = std::max(until_any_, until);
    } else if (op.optional) {
      unknown.push_back(&op);
    } else {
      std::uint64_t& last = until_[model.Needs(op.action)];
      last = std::max(last, until);
    }
  }
  // Chains of unknown compare-and-sets settle in few passes from the end.
  std::reverse(unknown.begin(), unknown.end());
  for (bool changed = true; changed;) {
    changed = false;
    for (const SearchOp* op : unknown) {
      if (!Matters(*op)) continue;
      const std::uint64_t until = Until(op->action);
      std::uint64_t& last = until_[model.Needs(op->action)];
      changed = changed || until > last;
      last = std::max(last, until);
    }
  }
}

std::uint64_t Usefulness::Until(ActionId action) const {
  const StateId makes = model_.Makes(action);
  if (makes == kNoState) return SearchOp::kNever;
  const auto it = until_.find(makes);
  return std::max(until_any_, it == until_.end() ? 0 : it->second);
}

}  // namespace wringer::reports
