#include "reports/check/search/register_model.h"

#include "absl/strings/str_cat.h"

namespace wringer::reports {

RegisterModel::RegisterModel(std::uint64_t initial, const std::string& name) {
  NameValue(initial, name);
}

void RegisterModel::NameValue(std::uint64_t value, const std::string& name) {
  names_[StateOf(value)] = name;
}

StateId RegisterModel::StateOf(std::uint64_t value) {
  const auto next = static_cast<StateId>(states_.size());
  const auto [it, added] = states_.emplace(value, next);
  if (added) names_.emplace_back();
  return it->second;
}

ActionId RegisterModel::Add(const Action& action) {
  const auto next = static_cast<ActionId>(actions_.size());
  const auto [it, added] = action_ids_.emplace(action, next);
  if (added) actions_.push_back(action);
  return it->second;
}

StateId RegisterModel::Step(StateId state, ActionId id) {
  const Action& action = actions_[id];
  if (action.test == Test::kIs && state != action.operand) return kNoState;
  if (action.test == Test::kIsNot && state == action.operand) return kNoState;
  return action.makes == kNoState ? state : action.makes;
}

bool RegisterModel::Pure(ActionId id) const {
  const Action& action = actions_[id];
  return action.makes == kNoState ||
         (action.test == Test::kIs && action.makes == action.operand);
}

SequentialModel::Guard RegisterModel::GuardOf(ActionId id) const {
  switch (actions_[id].test) {
    case Test::kNone:
      return Guard::kBlind;
    case Test::kIs:
      return Guard::kOne;
    case Test::kIsNot:
      break;
  }
  return Guard::kAny;
}

StateId RegisterModel::Needs(ActionId id) const { return actions_[id].operand; }

StateId RegisterModel::Makes(ActionId id) const { return actions_[id].makes; }

std::string RegisterModel::StateText(StateId state) const {
  const std::string& name = names_[state];
  return name.empty() ? absl::StrCat("value ", state) : name;
}

std::size_t RegisterModel::bytes() const {
  return actions_.size() * 2 * sizeof(Action) + names_.size() * 64;
}

}  // namespace wringer::reports
