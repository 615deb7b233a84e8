#include "reports/check/check_foreign.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "reports/check/search/append_model.h"
#include "reports/check/search/register_model.h"
#include "reports/check/search/shrink.h"
#include "reports/check/search/txn_model.h"

namespace wringer::reports {
namespace {

constexpr std::uint64_t kFree = 0;  // mutex values
constexpr std::uint64_t kHeld = 1;

// One object: its model and the operations on it.
struct Problem {
  std::unique_ptr<SequentialModel> model;
  std::vector<SearchOp> ops;
};

class Builder {
 public:
  Builder(const ForeignHistory& history, const std::vector<OpIndex>& ops)
      : history_(history), ops_(ops) {}

  Problem Build() {
    switch (history_.model) {
      case ForeignModel::kCasRegister:
        return Register();
      case ForeignModel::kMutex:
        return Mutex();
      case ForeignModel::kKv:
        return Kv();
      case ForeignModel::kMultiRegister:
        break;
    }
    return Txns();
  }

 private:
  template <typename ActionOf>
  void AddAll(Problem* problem, ActionOf action_of) {
    for (const OpIndex i : ops_) {
      const ForeignOp& op = history_.ops[i];
      problem->ops.push_back({.action = action_of(op),
                              .call = op.call,
                              .ret = op.ret,
                              .optional = op.unknown,
                              .source = i});
    }
  }

  std::string Name(ValueId value) const {
    return std::string(history_.values.Text(value));
  }

  Problem Register() {
    auto model = std::make_unique<RegisterModel>(history_.initial,
                                                 Name(history_.initial));
    for (ValueId v = 0; v < history_.values.size(); ++v) {
      model->NameValue(v, Name(v));
    }
    Problem problem;
    AddAll(&problem, [&](const ForeignOp& op) {
      switch (op.kind) {
        case ForeignKind::kRead:
          return model->Read(op.value);
        case ForeignKind::kCas:
          return model->Cas(op.expected, op.value);
        case ForeignKind::kRefusedCas:
          return model->ReadOther(op.expected);
        default:
          return model->Write(op.value);
      }
    });
    problem.model = std::move(model);
    return problem;
  }

  Problem Mutex() {
    auto model = std::make_unique<RegisterModel>(kFree, "free");
    model->NameValue(kHeld, "held");
    Problem problem;
    AddAll(&problem, [&](const ForeignOp& op) {
      return op.kind == ForeignKind::kAcquire ? model->Cas(kFree, kHeld)
                                              : model->Cas(kHeld, kFree);
    });
    problem.model = std::move(model);
    return problem;
  }

  Problem Kv() {
    auto model = std::make_unique<AppendModel>();
    Problem problem;
    AddAll(&problem, [&](const ForeignOp& op) {
      const Slice value = history_.values.Text(op.value);
      if (op.kind == ForeignKind::kRead) return model->Get(value);
      if (op.kind == ForeignKind::kAppend) return model->Append(value);
      return model->Put(value);
    });
    problem.model = std::move(model);
    return problem;
  }

  Problem Txns() {
    auto model = std::make_unique<TxnModel>(history_);
    Problem problem;
    AddAll(&problem, [&](const ForeignOp& op) { return model->Add(op.txn); });
    problem.model = std::move(model);
    return problem;
  }

  const ForeignHistory& history_;
  const std::vector<OpIndex>& ops_;
};

// Operations by key, the key with the most first.
std::vector<std::vector<OpIndex>> Partition(const ForeignHistory& history) {
  const bool one = history.model == ForeignModel::kMultiRegister;
  const std::size_t keys =
      one ? 1 : std::max<std::size_t>(1, history.keys.size());
  std::vector<std::vector<OpIndex>> parts(keys);
  for (OpIndex i = 0; i < history.ops.size(); ++i) {
    parts[one ? 0 : history.ops[i].key].push_back(i);
  }
  std::vector<std::size_t> order(keys);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(parts[b].size(), a) < std::tuple(parts[a].size(), b);
  });
  std::vector<std::vector<OpIndex>> sorted;
  for (const std::size_t i : order) {
    if (!parts[i].empty()) sorted.push_back(std::move(parts[i]));
  }
  return sorted;
}

std::string StatesText(const SequentialModel& model,
                       const std::vector<StateId>& states) {
  constexpr std::size_t kShown = 6;
  std::vector<std::string> texts;
  for (const StateId state : states) texts.push_back(model.StateText(state));
  std::sort(texts.begin(), texts.end());
  if (texts.size() > kShown) {
    const std::size_t more = texts.size() - kShown;
    texts.resize(kShown);
    texts.push_back(absl::StrCat(more, " more"));
  }
  return absl::StrJoin(texts, " or ");
}

Finding Explain(const ForeignHistory& history, const SequentialModel& model,
                const Shrunk& shrunk) {
  const ForeignOp& failed = history.ops[shrunk.failure.failed_source];
  Finding finding{.kind = "non-linearizable", .key = failed.key};
  if (history.model != ForeignModel::kMultiRegister) {
    finding.key_text = std::string(history.keys.Text(failed.key));
  }
  finding.at_ns = failed.ret_ns;
  finding.witness_op = shrunk.failure.failed_source;
  for (const SearchOp& op : shrunk.ops) finding.ops.push_back(op.source);
  const std::size_t count = finding.ops.size();
  finding.explanation.push_back(
      absl::StrCat("Before ", count == 1 ? "it" : absl::StrCat("these ", count),
                   " the state was ", StatesText(model, shrunk.initial),
                   shrunk.past_cut ? ", whatever order came before." : "."));
  if (shrunk.failure.never_made) {
    finding.explanation.push_back(
        "Nothing called before its answer can have led to what it saw.");
  } else {
    finding.explanation.push_back(absl::StrCat(
        "Just before the answer of line ", failed.ret_line,
        " it could only be ", StatesText(model, shrunk.failure.states), "."));
  }
  finding.explanation.push_back(
      absl::StrCat(ForeignOpText(history, failed),
                   " fits none of these, whatever order the operations "
                   "pending then are given."));
  finding.explanation.push_back(
      "Rule broken: every operation takes effect at one moment between its "
      "call and its answer (linearizability).");
  return finding;
}

}  // namespace

CheckResult CheckForeign(const ForeignHistory& history,
                         const SearchBudget& budget) {
  CheckResult result{.name = "linearizable", .id = "linearizable"};
  result.method = "search";
  const auto parts = Partition(history);
  bool undecided = false;
  SearchBudget left = budget;
  for (const std::vector<OpIndex>& part : parts) {
    Problem problem = Builder(history, part).Build();
    const std::vector<StateId> initial = {kInitialState};
    const SearchResult found =
        Search(problem.model.get(), problem.ops, initial, left);
    result.steps += found.steps;
    left.steps -= std::min(left.steps, found.steps);
    result.coverage += part.size();
    if (found.verdict == SearchVerdict::kUndecided) {
      undecided = true;
      result.notes.push_back(
          absl::StrCat("key \"", history.keys.Text(history.ops[part[0]].key),
                       "\": ", found.stopped));
    } else if (found.verdict == SearchVerdict::kIllegal) {
      SearchBudget share = budget;
      share.steps = budget.steps / 16;
      const Shrunk shrunk = ShrinkFailure(problem.model.get(), problem.ops,
                                          initial, found, share);
      result.Add(Explain(history, *problem.model, shrunk));
    }
  }
  if (undecided && result.holds()) result.status = CheckStatus::kInconclusive;
  result.summary =
      absl::StrCat(ForeignModelName(history.model), ", ", parts.size(),
                   parts.size() == 1 ? " key, " : " keys, ", history.ops.size(),
                   " operations");
  Finish(&result);
  return result;
}

}  // namespace wringer::reports
