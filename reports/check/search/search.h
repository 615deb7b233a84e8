// Just-in-time linearization: does an order of the operations exist that
// respects real time and the model?
//
// Events are taken in time order. Between them lives a set of configurations:
// (state, which pending operations already took effect). At the return of an
// operation that has not, pending ones take effect one after another until it
// has; nothing is committed before it is needed (Lowe, "Testing for
// linearizability", 2017). What makes it fast here:
//   - a configuration names pending operations by slot, not the whole history
//     by an n-bit set, so it is 16 bytes and independent of length;
//   - pure operations take effect as soon as they can: that loses nothing;
//   - equal operations of unknown outcome are counted, not told apart, and
//     forgotten when nobody can observe them any more.
// Depth first finds a legal order quickly; breadth first bounds memory and
// ends at the shortest illegal prefix. They take turns in a fixed pattern, so
// the verdict does not depend on the machine: budgets are steps and bytes.
//
// Cost O(n * 2^c * states) for c operations pending at once.
#ifndef WR_REPORTS_CHECK_SEARCH_SEARCH_H_
#define WR_REPORTS_CHECK_SEARCH_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "reports/check/search/model.h"

namespace wringer::reports {

struct SearchOp {
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  ActionId action = 0;
  std::uint64_t call = 0;
  std::uint64_t ret = kNever;
  // May have taken effect or not, at any time after its call; ret is ignored.
  bool optional = false;
  std::uint32_t source = 0;  // the caller's name for it
};

struct SearchBudget {
  std::uint64_t steps = 30'000'000;  // model steps tried
  std::size_t bytes = std::size_t{512} << 20;
};

enum class SearchVerdict : std::uint8_t { kLegal, kIllegal, kUndecided };

// Which of the two engines decides; kBoth is the fixed alternation.
enum class SearchEngine : std::uint8_t { kBoth, kDepthFirst, kBreadthFirst };

struct SearchResult {
  static constexpr std::size_t kStatesMost = 16;

  SearchVerdict verdict = SearchVerdict::kLegal;
  std::uint64_t steps = 0;
  const char* engine = "";  // "depth-first", "breadth-first"
  // kIllegal: no order lets this operation (a SearchOp::source) return when
  // it did; everything returned before it can be ordered. kUndecided: the
  // furthest return reached.
  std::uint32_t failed_source = 0;
  std::uint64_t failed_time = 0;
  // States the object could be in just before, sorted; at most 16 of them.
  // kLegal, breadth first: the states it could be in at the end.
  std::vector<StateId> states{};
  bool states_complete = true;  // false: there were more than 16
  // kIllegal, found before any search: the failing operation needs a state
  // that nothing called before its return can make. `states` is empty.
  bool never_made = false;
  std::string stopped{};  // kUndecided: which limit, and where
};

// The verdict for `ops`, from any of the states `initial`.
SearchResult Search(SequentialModel* model, const std::vector<SearchOp>& ops,
                    const std::vector<StateId>& initial,
                    const SearchBudget& budget,
                    SearchEngine engine = SearchEngine::kBoth);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_SEARCH_H_
