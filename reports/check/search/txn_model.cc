#include "reports/check/search/txn_model.h"

#include "absl/strings/str_cat.h"

namespace wringer::reports {
TxnModel::TxnModel(const ForeignHistory& history) : history_(history) {
  Intern(Registers(history.keys.size(), history.initial));
}

ActionId TxnModel::Add(const std::vector<MicroOp>& txn) {
  const auto next = static_cast<ActionId>(actions_.size());
  const auto [it, added] = action_ids_.emplace(txn, next);
  if (added) actions_.push_back(txn);
  return it->second;
}

StateId TxnModel::Intern(const Registers& registers) {
  const auto next = static_cast<StateId>(states_.size());
  const auto [it, added] = ids_.emplace(registers, next);
  if (added) states_.push_back(registers);
  return it->second;
}

StateId TxnModel::Step(StateId state, ActionId action) {
  Registers registers = states_[state];
  bool changed = false;
  for (const MicroOp& micro : actions_[action]) {
    ValueId& value = registers[micro.key];
    if (micro.write) {
      changed = changed || value != micro.value;
      value = micro.value;
    } else if (micro.known && value != micro.value) {
      return kNoState;
    }
  }
  return changed ? Intern(registers) : state;
}

bool TxnModel::Pure(ActionId action) const {
  for (const MicroOp& micro : actions_[action]) {
    if (micro.write) return false;
  }
  return true;
}

std::string TxnModel::StateText(StateId state) const {
  std::string text;
  for (std::size_t i = 0; i < states_[state].size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ",
                    history_.keys.Text(static_cast<std::uint32_t>(i)), " = ",
                    history_.values.Text(states_[state][i]));
  }
  return text;
}

std::size_t TxnModel::bytes() const {
  return states_.size() * (history_.keys.size() * 2 * sizeof(ValueId) + 64);
}

}  // namespace wringer::reports
