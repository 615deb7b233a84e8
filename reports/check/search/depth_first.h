// Depth first over configurations, remembering those already tried.
//
// Order of trial: the returning operation itself, then a pending one that
// makes the state it needs, then the other pending ones, unknown ones last.
#ifndef WR_REPORTS_CHECK_SEARCH_DEPTH_FIRST_H_
#define WR_REPORTS_CHECK_SEARCH_DEPTH_FIRST_H_

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
class DepthFirst {
 public:
  using Config = Configuration<kWords>;

  DepthFirst(SequentialModel* model, const Timeline& timeline,
             const SearchBudget& budget)
      : space_(model, timeline, budget) {}

  SearchResult Run(const std::vector<StateId>& initial) {
    SearchResult result{.engine = "depth-first"};
    result.verdict = SearchVerdict::kIllegal;
    for (const StateId state : initial) {
      space_.cursor.MoveTo(0);
      Config start{.state = state};
      const SearchVerdict verdict = From(start, 0);
      if (verdict == SearchVerdict::kIllegal) continue;
      result.verdict = verdict;
      break;
    }
    result.steps = space_.steps();
    Finish(&result);
    return result;
  }

 private:
  enum Phase : std::uint32_t {
    kReturning,
    kHelper,
    kPending,
    kUnknownHelper,
    kUnknown,
    kExhausted
  };
  struct Frame {
    Config config;
    std::uint32_t event = 0;  // a return whose operation is not done
    Phase phase = kReturning;
    std::uint32_t next = 0;  // slot or class to try next in this phase
  };
  struct Visited {
    std::uint32_t event;
    Config config;
    bool operator==(const Visited&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Visited& v) {
      return H::combine(std::move(h), v.event, v.config);
    }
  };

  SearchVerdict From(const Config& start, std::uint32_t from) {
    if (Descend(start, from)) return SearchVerdict::kLegal;
    while (!stack_.empty()) {
      stopped_ = space_.OverBudget(HeldBytes());
      if (stopped_ != nullptr) return SearchVerdict::kUndecided;
      Frame& frame = stack_.back();
      space_.cursor.MoveTo(frame.event);
      Config next;
      bool returned = false;
      if (!NextMove(&frame, &next, &returned)) {
        stack_.pop_back();
        continue;
      }
      const std::uint32_t at = frame.event;
      if (returned) space_.cursor.Forward();
      if (Descend(next, at)) return SearchVerdict::kLegal;
    }
    return SearchVerdict::kIllegal;
  }

  // Goes on from `config`, reached at event `from` and valid at the cursor, to
  // the next return that needs a choice. True if the end was reached: a legal
  // order exists.
  bool Descend(Config config, std::uint32_t from) {
    Cursor& cursor = space_.cursor;
    std::uint32_t forgotten_to = from;
    for (; !cursor.AtEnd(); cursor.Forward()) {
      const Timeline::Event& event = cursor.Now();
      if (!event.is_return) continue;
      space_.ForgetDead(forgotten_to, &config);
      forgotten_to = cursor.event();
      space_.TakePure(&config);
      const std::uint32_t slot = space_.timeline.ops()[event.op].slot;
      if (config.Done(slot)) {
        config.ClearDone(slot);
        continue;
      }
      Push(config, cursor.event() > from);
      return false;
    }
    return true;
  }

  // `arrived`: this is where the last return led, and not yet a choice made
  // at this one.
  void Push(const Config& config, bool arrived) {
    const std::uint32_t event = space_.cursor.event();
    if (event > furthest_) {
      furthest_ = event;
      states_.clear();
    }
    if (event == furthest_ && arrived) states_.insert(config.state);
    if (!visited_.insert({event, config}).second) return;
    stack_.push_back({.config = config, .event = event});
  }

  // The next untried move of `frame`; false when there is none left.
  bool NextMove(Frame* frame, Config* next, bool* returned) {
    const Timeline::Event& event = space_.cursor.Now();
    const Timeline::Op& op = space_.timeline.ops()[event.op];
    const StateId wanted =
        space_.model.GuardOf(op.action) == SequentialModel::Guard::kOne
            ? space_.model.Needs(op.action)
            : kNoState;
    while (frame->phase != kExhausted) {
      if (frame->phase == kReturning) {
        frame->phase = kHelper;
        if (!space_.TakePending(frame->config, op.slot, next)) continue;
        next->ClearDone(op.slot);
        *returned = true;
        return true;
      }
      const bool pending = frame->phase <= kPending;
      const std::size_t limit =
          pending ? space_.timeline.slots() : space_.timeline.classes().size();
      const bool helper =
          frame->phase == kHelper || frame->phase == kUnknownHelper;
      while (frame->next < limit && !(helper && wanted == kNoState)) {
        const std::uint32_t i = frame->next++;
        if (pending && i == op.slot) continue;
        const bool moved = pending ? space_.TakePending(frame->config, i, next)
                                   : space_.TakeUnknown(frame->config, i, next);
        const bool helps = wanted != kNoState && moved && next->state == wanted;
        if (moved && helps == helper) return true;
      }
      frame->phase = static_cast<Phase>(frame->phase + 1);
      frame->next = 0;
    }
    return false;
  }

  std::size_t HeldBytes() const {
    return visited_.capacity() * (sizeof(Visited) + 1) +
           stack_.capacity() * sizeof(Frame);
  }

  void Finish(SearchResult* result) {
    if (result->verdict == SearchVerdict::kLegal ||
        space_.timeline.events().empty()) {
      return;
    }
    const Timeline::Event& event = space_.timeline.events()[furthest_];
    result->failed_source = space_.timeline.ops()[event.op].source;
    result->failed_time = event.time;
    result->states.assign(states_.begin(), states_.end());
    std::sort(result->states.begin(), result->states.end());
    result->states_complete =
        result->states.size() <= SearchResult::kStatesMost;
    if (!result->states_complete) {
      result->states.resize(SearchResult::kStatesMost);
    }
    if (stopped_ == nullptr) return;
    result->stopped = absl::StrCat(
        "the budget of ", stopped_, " was used up after ", space_.steps(),
        " steps and ", visited_.size(), " configurations; event ", furthest_,
        " of ", space_.timeline.events().size(), " was reached");
  }

  SearchSpace<kWords> space_;
  std::vector<Frame> stack_;
  absl::flat_hash_set<Visited> visited_;
  std::uint32_t furthest_ = 0;
  absl::flat_hash_set<StateId> states_;  // at event furthest_
  const char* stopped_ = nullptr;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_DEPTH_FIRST_H_
