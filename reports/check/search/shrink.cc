#include "reports/check/search/shrink.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace wringer::reports {
namespace {

using Guard = SequentialModel::Guard;

class Shrinker {
 public:
  Shrinker(SequentialModel* model, const SearchBudget& budget, Shrunk* shrunk)
      : model_(*model), budget_(budget), left_(budget.steps), out_(*shrunk) {}

  // What was called before the failing return; what returns after it may or
  // may not have taken effect yet.
  void Truncate() {
    const std::uint64_t end = out_.failure.failed_time;
    std::vector<SearchOp> kept;
    for (SearchOp op : out_.ops) {
      if (op.call > end) continue;
      if (!op.optional && op.source != out_.failure.failed_source &&
          op.ret > end) {
        op.optional = true;
      }
      kept.push_back(op);
    }
    Try(std::move(kept), out_.initial);
  }

  // Replaces the past by the states it leaves at the latest quiet moment that
  // still leaves a failure behind it.
  void CutPast() {
    constexpr int kTries = 8;
    const std::vector<std::uint64_t> quiet = QuietMoments();
    int tries = 0;
    for (auto it = quiet.rbegin(); it != quiet.rend(); ++it) {
      if (++tries > kTries) return;
      if (CutAt(*it)) return;
    }
  }

  void DropPure() {
    for (std::size_t chunk = out_.ops.size() / 2 + 1; chunk > 0; chunk /= 2) {
      for (std::size_t at = 0; at < out_.ops.size();) {
        if (!DropPureIn(at, at + chunk)) at += chunk;
        if (left_ == 0) return;
      }
    }
  }

  void DropValues() {
    for (const SearchOp& op : out_.ops) {
      if (model_.GuardOf(op.action) == Guard::kAny) return;
    }
    std::vector<StateId> values;
    for (const SearchOp& op : out_.ops) {
      const StateId made = model_.Makes(op.action);
      if (made != kNoState) values.push_back(made);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const StateId value : values) {
      if (left_ == 0) return;
      DropValue(value);
    }
  }

 private:
  // Keeps `ops` if they fail, too.
  bool Try(std::vector<SearchOp> ops, const std::vector<StateId>& initial) {
    SearchBudget share = budget_;
    share.steps = std::min(left_, budget_.steps / 8 + 1);
    SearchResult result =
        Search(&model_, ops, initial, share, SearchEngine::kBreadthFirst);
    left_ -= std::min(left_, result.steps + ops.size());
    if (result.verdict != SearchVerdict::kIllegal) return false;
    if (result.failed_source != out_.failure.failed_source) return false;
    out_.ops = std::move(ops);
    out_.initial = initial;
    out_.failure = std::move(result);
    return true;
  }

  // Call times before which everything that returns has returned, past the
  // first, in order.
  std::vector<std::uint64_t> QuietMoments() const {
    std::vector<const SearchOp*> by_call;
    for (const SearchOp& op : out_.ops) {
      if (!op.optional) by_call.push_back(&op);
    }
    std::sort(by_call.begin(), by_call.end(),
              [](const SearchOp* a, const SearchOp* b) {
                return std::tie(a->call, a->source) <
                       std::tie(b->call, b->source);
              });
    std::vector<std::uint64_t> quiet;
    std::uint64_t busy_until = 0;
    for (std::size_t i = 0; i < by_call.size(); ++i) {
      if (i > 0 && by_call[i]->call > busy_until) {
        quiet.push_back(by_call[i]->call);
      }
      busy_until = std::max(busy_until, by_call[i]->ret);
    }
    return quiet;
  }

  bool CutAt(std::uint64_t moment) {
    std::vector<SearchOp> before;
    std::vector<SearchOp> after;
    for (const SearchOp& op : out_.ops) {
      // An unknown one may still happen after the cut.
      if (op.optional || op.call >= moment) after.push_back(op);
      if (op.call < moment) before.push_back(op);
    }
    SearchBudget share = budget_;
    share.steps = left_ / 4;
    const SearchResult past = Search(&model_, before, out_.initial, share,
                                     SearchEngine::kBreadthFirst);
    left_ -= std::min(left_, past.steps);
    if (past.verdict != SearchVerdict::kLegal || !past.states_complete) {
      return false;
    }
    if (!Try(std::move(after), past.states)) return false;
    out_.past_cut = true;
    return true;
  }

  bool Keep(const SearchOp& op) const {
    return op.source == out_.failure.failed_source;
  }

  bool DropPureIn(std::size_t first, std::size_t last) {
    std::vector<SearchOp> kept;
    for (std::size_t i = 0; i < out_.ops.size(); ++i) {
      const SearchOp& op = out_.ops[i];
      const bool inside = i >= first && i < last;
      if (!inside || Keep(op) || !model_.Pure(op.action)) kept.push_back(op);
    }
    return kept.size() < out_.ops.size() && Try(std::move(kept), out_.initial);
  }

  bool DropValue(StateId value) {
    for (const StateId state : out_.initial) {
      if (state == value) return false;
    }
    std::vector<SearchOp> kept;
    for (const SearchOp& op : out_.ops) {
      const bool pure = model_.Pure(op.action);
      const bool sees = model_.GuardOf(op.action) == Guard::kOne &&
                        model_.Needs(op.action) == value;
      const bool makes = model_.Makes(op.action) == value;
      if (!sees && !makes) {
        kept.push_back(op);
      } else if (Keep(op) || (sees && !pure)) {
        return false;  // something else depends on the value
      }
    }
    return Try(std::move(kept), out_.initial);
  }

  SequentialModel& model_;
  const SearchBudget budget_;
  std::uint64_t left_;
  Shrunk& out_;
};

}  // namespace

Shrunk ShrinkFailure(SequentialModel* model, const std::vector<SearchOp>& ops,
                     const std::vector<StateId>& initial,
                     const SearchResult& failure, const SearchBudget& budget) {
  Shrunk shrunk{.ops = ops, .initial = initial, .failure = failure};
  std::sort(shrunk.ops.begin(), shrunk.ops.end(),
            [](const SearchOp& a, const SearchOp& b) {
              return std::tie(a.call, a.source) < std::tie(b.call, b.source);
            });
  if (failure.never_made) {  // it proves itself
    std::erase_if(shrunk.ops, [&failure](const SearchOp& op) {
      return op.source != failure.failed_source;
    });
    return shrunk;
  }
  Shrinker shrinker(model, budget, &shrunk);
  shrinker.Truncate();
  shrinker.CutPast();
  shrinker.DropPure();
  shrinker.DropValues();
  return shrunk;
}

}  // namespace wringer::reports
