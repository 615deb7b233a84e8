#include "reports/check/search/search.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "reports/check/search/breadth_first.h"
#include "reports/check/search/depth_first.h"
#include "reports/check/search/timeline.h"

namespace wringer::reports {
namespace {

// The fixed alternation, in sixteenths of the steps. Depth first first: it is
// the quicker one where a legal order exists. It starts over at the end
// because the longer it may run, the further it comes.
struct Turn {
  SearchEngine engine;
  std::uint64_t sixteenths;
};
constexpr Turn kTurns[] = {{SearchEngine::kDepthFirst, 1},
                           {SearchEngine::kBreadthFirst, 8},
                           {SearchEngine::kDepthFirst, 7}};

// An operation that needs a state nothing can have made by the time it
// returned, or null. The commonest violation, and the one that costs a search
// most, since every order of what is pending has to be tried in vain.
const SearchOp* NeverMade(const SequentialModel& model,
                          const std::vector<SearchOp>& ops,
                          const std::vector<StateId>& initial) {
  absl::flat_hash_map<StateId, std::uint64_t> first_call;
  for (const StateId state : initial) first_call[state] = 0;
  for (const SearchOp& op : ops) {
    if (model.Pure(op.action)) continue;
    const StateId made = model.Makes(op.action);
    if (made == kNoState) return nullptr;  // it may lead anywhere
    const auto [it, added] = first_call.emplace(made, op.call);
    if (!added) it->second = std::min(it->second, op.call);
  }
  const SearchOp* earliest = nullptr;
  for (const SearchOp& op : ops) {
    const bool needs = !op.optional &&
                       model.GuardOf(op.action) == SequentialModel::Guard::kOne;
    if (!needs || (earliest != nullptr && earliest->ret <= op.ret)) continue;
    const auto it = first_call.find(model.Needs(op.action));
    if (it == first_call.end() || it->second > op.ret) earliest = &op;
  }
  return earliest;
}

template <std::size_t kWords>
SearchResult RunOne(SequentialModel* model, const Timeline& timeline,
                    const std::vector<StateId>& initial,
                    const SearchBudget& budget, SearchEngine engine) {
  if (engine == SearchEngine::kBreadthFirst) {
    return BreadthFirst<kWords>(model, timeline, budget).Run(initial);
  }
  return DepthFirst<kWords>(model, timeline, budget).Run(initial);
}

template <std::size_t kWords>
SearchResult Run(SequentialModel* model, const Timeline& timeline,
                 const std::vector<StateId>& initial,
                 const SearchBudget& budget, SearchEngine engine) {
  if (engine != SearchEngine::kBoth) {
    return RunOne<kWords>(model, timeline, initial, budget, engine);
  }
  SearchResult result;
  std::uint64_t steps = 0;
  for (const Turn& turn : kTurns) {
    SearchBudget share = budget;
    share.steps = budget.steps / 16 * turn.sixteenths;
    result = RunOne<kWords>(model, timeline, initial, share, turn.engine);
    steps += result.steps;
    if (result.verdict != SearchVerdict::kUndecided) break;
  }
  result.steps = steps;
  return result;
}

}  // namespace

SearchResult Search(SequentialModel* model, const std::vector<SearchOp>& ops,
                    const std::vector<StateId>& initial,
                    const SearchBudget& budget, SearchEngine engine) {
  if (engine == SearchEngine::kBoth) {
    if (const SearchOp* op = NeverMade(*model, ops, initial)) {
      return {.verdict = SearchVerdict::kIllegal,
              .steps = ops.size(),
              .engine = "never made",
              .failed_source = op->source,
              .failed_time = op->ret,
              .never_made = true};
    }
  }
  const Timeline timeline(*model, ops);
  const std::uint32_t slots = timeline.slots();
  if (slots <= 64) return Run<1>(model, timeline, initial, budget, engine);
  if (slots <= 256) return Run<4>(model, timeline, initial, budget, engine);
  if (slots <= 2048) return Run<32>(model, timeline, initial, budget, engine);
  SearchResult result{.verdict = SearchVerdict::kUndecided};
  result.stopped = absl::StrCat(slots, " operations were pending at once; ",
                                "the search follows at most 2048");
  return result;
}

}  // namespace wringer::reports
