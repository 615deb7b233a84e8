// Breadth first: all configurations at once, one event after the other.
// Memory is the frontier, and the event at which it empties ends the shortest
// illegal prefix.
#ifndef WR_REPORTS_CHECK_SEARCH_BREADTH_FIRST_H_
#define WR_REPORTS_CHECK_SEARCH_BREADTH_FIRST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "reports/check/search/configuration.h"

namespace wringer::reports {

template <std::size_t kWords>
class BreadthFirst {
 public:
  using Config = Configuration<kWords>;

  BreadthFirst(SequentialModel* model, const Timeline& timeline,
               const SearchBudget& budget)
      : space_(model, timeline, budget) {}

  SearchResult Run(const std::vector<StateId>& initial) {
    SearchResult result{.engine = "breadth-first"};
    for (const StateId state : initial) {
      frontier_.push_back(Config{.state = state});
    }
    Cursor& cursor = space_.cursor;
    for (; !cursor.AtEnd(); cursor.Forward()) {
      if (!cursor.Now().is_return) continue;
      result.verdict = Return();
      if (result.verdict != SearchVerdict::kLegal) {
        Fail(&result);
        break;
      }
    }
    if (result.verdict == SearchVerdict::kLegal) ListStates(&result);
    result.steps = space_.steps();
    return result;
  }

 private:
  // Every configuration in which the returning operation has taken effect
  // and its slot is free again. Leaves frontier_ as it was when there is none.
  SearchVerdict Return() {
    const Timeline::Event& event = space_.cursor.Now();
    const std::uint32_t slot = space_.timeline.ops()[event.op].slot;
    seen_.clear();
    work_.clear();
    next_.clear();
    for (Config config : frontier_) {
      space_.ForgetDead(forgotten_to_, &config);
      Reach(config);
    }
    forgotten_to_ = space_.cursor.event();
    for (std::size_t i = 0; i < work_.size(); ++i) {
      const Config config = work_[i];
      if (config.Done(slot)) {
        next_.push_back(config);
        next_.back().ClearDone(slot);
      } else {
        Expand(config);
      }
      if ((i & 255) == 0) stopped_ = space_.OverBudget(HeldBytes());
      if (stopped_ != nullptr) return SearchVerdict::kUndecided;
    }
    // Distinct before the slot was freed, and all had it set: still distinct.
    if (next_.empty()) return SearchVerdict::kIllegal;
    frontier_.swap(next_);
    return SearchVerdict::kLegal;
  }

  void Reach(Config config) {
    space_.TakePure(&config);
    if (seen_.insert(config).second) work_.push_back(config);
  }

  void Expand(const Config& config) {
    Config next;
    for (std::uint32_t slot = 0; slot < space_.timeline.slots(); ++slot) {
      if (space_.TakePending(config, slot, &next)) Reach(next);
    }
    const std::size_t classes = space_.timeline.classes().size();
    for (std::uint32_t unknown = 0; unknown < classes; ++unknown) {
      if (space_.TakeUnknown(config, unknown, &next)) Reach(next);
    }
  }

  std::size_t HeldBytes() const {
    return seen_.capacity() * (sizeof(Config) + 1) +
           (work_.capacity() + next_.capacity() + frontier_.capacity()) *
               sizeof(Config);
  }

  void Fail(SearchResult* result) {
    const Timeline::Event& event = space_.cursor.Now();
    result->failed_source = space_.timeline.ops()[event.op].source;
    result->failed_time = event.time;
    ListStates(result);
    if (stopped_ == nullptr) return;
    result->stopped =
        absl::StrCat("the budget of ", stopped_, " was used up after ",
                     space_.steps(), " steps at event ", space_.cursor.event(),
                     " of ", space_.timeline.events().size(), ", with ",
                     seen_.size(), " configurations to follow");
  }

  void ListStates(SearchResult* result) const {
    auto& states = result->states;
    for (const Config& config : frontier_) states.push_back(config.state);
    std::sort(states.begin(), states.end());
    states.erase(std::unique(states.begin(), states.end()), states.end());
    result->states_complete = states.size() <= SearchResult::kStatesMost;
    if (!result->states_complete) states.resize(SearchResult::kStatesMost);
  }

  SearchSpace<kWords> space_;
  std::vector<Config> frontier_;  // before the current event
  std::vector<Config> work_;      // reached at it, in order of discovery
  std::vector<Config> next_;      // after it
  absl::flat_hash_set<Config> seen_;
  std::uint32_t forgotten_to_ = 0;
  const char* stopped_ = nullptr;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_BREADTH_FIRST_H_
