// One point of the search between two events: the object's state, which
// pending operations have taken effect, how many unknown ones have. And the
// moves from it, which both engines share.
#ifndef WR_REPORTS_CHECK_SEARCH_CONFIGURATION_H_
#define WR_REPORTS_CHECK_SEARCH_CONFIGURATION_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "reports/check/search/model.h"
#include "reports/check/search/search.h"
#include "reports/check/search/timeline.h"
#include "reports/check/search/unknown_counts.h"

namespace wringer::reports {

// Room for 64 * kWords operations pending at once.
template <std::size_t kWords>
struct Configuration {
  StateId state = kInitialState;
  CountsId counts = 0;
  std::array<std::uint64_t, kWords> done{};

  bool Done(std::uint32_t slot) const {
    return ((done[slot / 64] >> (slot % 64)) & 1) != 0;
  }
  void SetDone(std::uint32_t slot) {
    done[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }
  void ClearDone(std::uint32_t slot) {
    done[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  }

  bool operator==(const Configuration&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Configuration& c) {
    return H::combine(std::move(h), c.state, c.counts, c.done);
  }
};

// Model, timeline and cursor of one search, and its two budgets.
template <std::size_t kWords>
class SearchSpace {
 public:
  using Config = Configuration<kWords>;

  SearchSpace(SequentialModel* the_model, const Timeline& the_timeline,
              const SearchBudget& budget)
      : model(*the_model),
        timeline(the_timeline),
        cursor(the_timeline),
        counts(the_timeline.classes().size()),
        budget_(budget) {}

  StateId Step(StateId state, ActionId action) {
    ++steps_;
    return model.Step(state, action);
  }

  // Lets every pending pure operation take effect that can. It can never be
  // wrong: whatever comes after sees the same state.
  void TakePure(Config* config) {
    for (std::uint32_t slot = 0; slot < timeline.slots(); ++slot) {
      if (!cursor.Pending(slot) || config->Done(slot)) continue;
      const Timeline::Op& op = cursor.At(slot);
      if (op.pure && Step(config->state, op.action) != kNoState) {
        config->SetDone(slot);
      }
    }
  }

  // Where `config` gets when the operation pending in `slot` takes effect.
  // False if it cannot, or has already.
  bool TakePending(const Config& config, std::uint32_t slot, Config* next) {
    if (!cursor.Pending(slot) || config.Done(slot)) return false;
    const StateId state = Step(config.state, cursor.At(slot).action);
    if (state == kNoState) return false;
    *next = config;
    next->state = state;
    next->SetDone(slot);
    return true;
  }

  // The same for one more operation of an unknown class. False also if it
  // would change nothing: then it is better kept.
  bool TakeUnknown(const Config& config, std::uint32_t unknown, Config* next) {
    if (cursor.Dead(unknown) ||
        counts.Count(config.counts, unknown) >= cursor.Available(unknown)) {
      return false;
    }
    const ActionId action = timeline.classes()[unknown].action;
    const StateId state = Step(config.state, action);
    if (state == kNoState || state == config.state) return false;
    *next = config;
    next->state = state;
    next->counts = counts.Add(config.counts, unknown);
    return true;
  }

  // Forgets the counts of classes that died in events (from, cursor.event()].
  void ForgetDead(std::uint32_t from, Config* config) {
    if (config->counts == 0) return;
    const auto& deaths = timeline.deaths();
    auto it = std::upper_bound(deaths.begin(), deaths.end(), from,
                               [this](std::uint32_t event, std::uint32_t c) {
                                 return event < timeline.classes()[c].dead_from;
                               });
    for (; it != deaths.end() && cursor.Dead(*it); ++it) {
      config->counts = counts.Forget(config->counts, *it);
    }
  }

  std::uint64_t steps() const { return steps_; }
  // What was exceeded, or null. `held` is the engine's own memory.
  const char* OverBudget(std::size_t held) const {
    if (steps_ > budget_.steps) return "steps";
    const bool over = held + counts.bytes() + model.bytes() > budget_.bytes;
    return over ? "bytes" : nullptr;
  }

  SequentialModel& model;
  const Timeline& timeline;
  Cursor cursor;
  UnknownCounts counts;

 private:
  const SearchBudget budget_;
  std::uint64_t steps_ = 0;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_CONFIGURATION_H_
