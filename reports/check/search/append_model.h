// A string that is put, appended to and read whole.
#ifndef WR_REPORTS_CHECK_SEARCH_APPEND_MODEL_H_
#define WR_REPORTS_CHECK_SEARCH_APPEND_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "reports/check/search/model.h"
#include "reports/history/interner.h"
#include "reports/history/slice.h"

namespace wringer::reports {

class AppendModel final : public SequentialModel {
 public:
  AppendModel() { Intern(""); }

  ActionId Get(Slice value) { return Add({Kind::kGet, Intern(value)}); }
  ActionId Put(Slice value) { return Add({Kind::kPut, Intern(value)}); }
  ActionId Append(Slice tail) { return Add({Kind::kAppend, Intern(tail)}); }

  StateId Step(StateId state, ActionId action) override;
  bool Pure(ActionId action) const override {
    return actions_[action].kind == Kind::kGet;
  }
  Guard GuardOf(ActionId action) const override;
  StateId Needs(ActionId action) const override {
    return actions_[action].operand;
  }
  StateId Makes(ActionId action) const override;
  std::string StateText(StateId state) const override;
  std::size_t bytes() const override { return bytes_; }

 private:
  enum class Kind : std::uint8_t { kGet, kPut, kAppend };
  struct Action {
    Kind kind = Kind::kGet;
    StateId operand = kInitialState;  // states are interned strings
    bool operator==(const Action&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Action& a) {
      return H::combine(std::move(h), a.kind, a.operand);
    }
  };

  StateId Intern(Slice text);
  ActionId Add(const Action& action);

  Interner strings_;
  std::size_t bytes_ = 0;
  std::vector<Action> actions_;
  absl::flat_hash_map<Action, ActionId> action_ids_;
  // Result of an append, so that strings are joined once.
  absl::flat_hash_map<std::pair<StateId, ActionId>, StateId> joined_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_APPEND_MODEL_H_
