// Several registers read and written by small transactions.
#ifndef WR_REPORTS_CHECK_SEARCH_TXN_MODEL_H_
#define WR_REPORTS_CHECK_SEARCH_TXN_MODEL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "reports/check/search/model.h"
#include "reports/history/foreign.h"

namespace wringer::reports {

class TxnModel final : public SequentialModel {
 public:
  // All registers of `history` start at its initial value. The history must
  // outlive the model.
  explicit TxnModel(const ForeignHistory& history);

  ActionId Add(const std::vector<MicroOp>& txn);

  StateId Step(StateId state, ActionId action) override;
  bool Pure(ActionId action) const override;
  Guard GuardOf(ActionId) const override { return Guard::kAny; }
  StateId Needs(ActionId) const override { return kNoState; }
  StateId Makes(ActionId) const override { return kNoState; }
  std::string StateText(StateId state) const override;
  std::size_t bytes() const override;

 private:
  using Registers = std::vector<ValueId>;

  StateId Intern(const Registers& registers);

  const ForeignHistory& history_;
  std::vector<std::vector<MicroOp>> actions_;
  absl::flat_hash_map<std::vector<MicroOp>, ActionId> action_ids_;
  std::vector<Registers> states_;
  absl::flat_hash_map<Registers, StateId> ids_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_TXN_MODEL_H_
