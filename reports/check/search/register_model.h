// Register, compare-and-set register and mutex: every action is a guard on
// the value and perhaps an assignment.
#ifndef WR_REPORTS_CHECK_SEARCH_REGISTER_MODEL_H_
#define WR_REPORTS_CHECK_SEARCH_REGISTER_MODEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "reports/check/search/model.h"

namespace wringer::reports {

class RegisterModel final : public SequentialModel {
 public:
  // Values are whatever numbers the caller likes; `name` is for reports.
  RegisterModel(std::uint64_t initial, const std::string& name);

  void NameValue(std::uint64_t value, const std::string& name);

  // The value is `value`.
  ActionId Read(std::uint64_t value) {
    return Add({Test::kIs, StateOf(value), kNoState});
  }
  // The value is not `value`: a compare-and-set was refused.
  ActionId ReadOther(std::uint64_t value) {
    return Add({Test::kIsNot, StateOf(value), kNoState});
  }
  ActionId Write(std::uint64_t value) {
    return Add({Test::kNone, kNoState, StateOf(value)});
  }
  ActionId Cas(std::uint64_t expected, std::uint64_t value) {
    const StateId from = StateOf(expected);
    return Add({Test::kIs, from, StateOf(value)});
  }
  // The state in which the register holds `value`.
  StateId StateOf(std::uint64_t value);

  StateId Step(StateId state, ActionId action) override;
  bool Pure(ActionId action) const override;
  Guard GuardOf(ActionId action) const override;
  StateId Needs(ActionId action) const override;
  StateId Makes(ActionId action) const override;
  std::string StateText(StateId state) const override;
  std::size_t bytes() const override;

 private:
  enum class Test : std::uint8_t { kNone, kIs, kIsNot };
  struct Action {
    Test test = Test::kNone;
    StateId operand = kNoState;
    StateId makes = kNoState;
    bool operator==(const Action&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Action& a) {
      return H::combine(std::move(h), a.test, a.operand, a.makes);
    }
  };

  ActionId Add(const Action& action);

  std::vector<Action> actions_;
  absl::flat_hash_map<Action, ActionId> action_ids_;
  std::vector<std::string> names_;  // by state
  absl::flat_hash_map<std::uint64_t, StateId> states_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_REGISTER_MODEL_H_
