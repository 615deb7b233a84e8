#include "reports/check/search/append_model.h"

#include "absl/strings/str_cat.h"

namespace wringer::reports {

StateId AppendModel::Intern(Slice text) {
  const std::size_t before = strings_.size();
  const StateId id = strings_.Intern(text);
  if (strings_.size() > before) bytes_ += text.size() + 96;
  return id;
}

ActionId AppendModel::Add(const Action& action) {
  const auto next = static_cast<ActionId>(actions_.size());
  const auto [it, added] = action_ids_.emplace(action, next);
  if (added) actions_.push_back(action);
  return it->second;
}

StateId AppendModel::Step(StateId state, ActionId id) {
  const Action& action = actions_[id];
  switch (action.kind) {
    case Kind::kGet:
      return state == action.operand ? state : kNoState;
    case Kind::kPut:
      return action.operand;
    case Kind::kAppend:
      break;
  }
  const auto [it, added] = joined_.emplace(std::pair(state, id), kNoState);
  if (added) {
    bytes_ += 2 * sizeof(*it);
    it->second = Intern(
        absl::StrCat(strings_.Text(state), strings_.Text(action.operand)));
  }
  return it->second;
}

SequentialModel::Guard AppendModel::GuardOf(ActionId id) const {
  switch (actions_[id].kind) {
    case Kind::kGet:
      return Guard::kOne;
    case Kind::kPut:
      return Guard::kBlind;
    case Kind::kAppend:
      break;
  }
  return Guard::kAny;  // its effect depends on every earlier byte
}

StateId AppendModel::Makes(ActionId id) const {
  return actions_[id].kind == Kind::kPut ? actions_[id].operand : kNoState;
}

std::string AppendModel::StateText(StateId state) const {
  const Slice text = strings_.Text(state);
  if (text.size() <= 60) return absl::StrCat("\"", text, "\"");
  return absl::StrCat("\"...", text.substr(text.size() - 57), "\"");
}

}  // namespace wringer::reports
