// A sequential object as the search sees it: states and actions are numbers.
//
// An action is an operation together with its answer ("read -> 3"), so equal
// operations share one. A model interns the states it reaches; state 0 is the
// first.
#ifndef WR_REPORTS_CHECK_SEARCH_MODEL_H_
#define WR_REPORTS_CHECK_SEARCH_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace wringer::reports {

using StateId = std::uint32_t;
using ActionId = std::uint32_t;

inline constexpr StateId kInitialState = 0;
inline constexpr StateId kNoState = std::numeric_limits<StateId>::max();

class SequentialModel {
 public:
  virtual ~SequentialModel() = default;

  // The state after `action`, or kNoState if it cannot happen, or not with
  // this answer, in `state`.
  virtual StateId Step(StateId state, ActionId action) = 0;

  // It never changes any state. Not the same as "does not change this state":
  // a write of the value already held may be needed later, to restore it.
  virtual bool Pure(ActionId action) const = 0;

  // What the action depends on. kBlind: possible in every state. kOne: only
  // in state Needs(). kAny: something else; every state matters to it.
  enum class Guard : std::uint8_t { kBlind, kOne, kAny };
  virtual Guard GuardOf(ActionId action) const = 0;
  // REQUIRES: GuardOf(action) == kOne.
  virtual StateId Needs(ActionId action) const = 0;
  // The state it always leads to, or kNoState if that depends or is none.
  virtual StateId Makes(ActionId action) const = 0;

  virtual std::string StateText(StateId state) const = 0;
  // Memory held by interned states.
  virtual std::size_t bytes() const = 0;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_MODEL_H_
