#include "reports/check/key_search.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "reports/check/facts/value_match.h"
#include "reports/check/search/shrink.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

class Builder {
 public:
  Builder(const HistoryIndex& index, OpSpan ops)
      : index_(index), history_(index.history()), ops_(ops) {
    for (const OpIndex i : ops) {
      const Operation& op = history_.op(i);
      if (op.Observes() && !op.tag_known) by_tag_ = false;
    }
  }

  KeyProblem Build() {
    problem_.model = std::make_unique<RegisterModel>(kAbsent, "nothing");
    for (const OpIndex i : ops_) {
      const Operation& op = history_.op(i);
      if (!op.Writes() && !op.Observes()) continue;
      problem_.ops.push_back({.action = Action(op),
                              .call = op.call_seq,
                              .ret = op.return_seq,
                              .optional = op.outcome == Outcome::kUnknown,
                              .source = i});
    }
    return std::move(problem_);
  }

 private:
  static constexpr std::uint64_t kAbsent = 0;

  ActionId Action(const Operation& op) {
    RegisterModel& model = *problem_.model;
    if (op.Observes()) {
      const std::uint64_t seen = Seen(op);
      const bool refused_what_it_wanted =
          op.kind == OpKind::kCas && seen == Made(op.key, op.expected_tag);
      return model.Read(refused_what_it_wanted ? Impossible() : seen);
    }
    const std::uint64_t made = Made(op.key, op.op_id);
    if (op.kind != OpKind::kCas) return model.Write(made);
    return model.Cas(Made(op.key, op.expected_tag), made);
  }

  // The value a read saw.
  std::uint64_t Seen(const Operation& op) {
    if (by_tag_) {
      const OpIndex writer = index_.WriterOf(op.key, op.observed_tag);
      const bool known = writer != kNoOp || op.observed_tag == kInitialTag;
      if (!known ||
          !ValueMatches(history_, writer, op.found, op.observed_digest)) {
        return Impossible();
      }
      return Made(op.key, op.observed_tag);
    }
    return op.found ? Bytes(op.observed_digest) : kAbsent;
  }

  // The value version `tag` of the key stands for.
  std::uint64_t Made(KeyId key, Tag tag) {
    if (tag == kInitialTag) return kAbsent;
    if (by_tag_) return Value(tag, VersionText(tag));
    const OpIndex writer = index_.WriterOf(key, tag);
    if (writer == kNoOp) return Impossible();
    const Operation& op = history_.op(writer);
    return op.kind == OpKind::kDelete ? kAbsent : Bytes(op.written_digest);
  }

  std::uint64_t Bytes(std::uint64_t digest) {
    return Value(digest, absl::StrCat("value ", absl::Hex(digest)));
  }

  std::uint64_t Value(std::uint64_t identity, const std::string& name) {
    const auto [it, added] = values_.emplace(identity, next_);
    if (added) problem_.model->NameValue(next_++, name);
    return it->second;
  }

  // A value nobody ever writes, another one every time.
  std::uint64_t Impossible() { return next_++; }

  const HistoryIndex& index_;
  const History& history_;
  const OpSpan ops_;
  bool by_tag_ = true;
  KeyProblem problem_;
  std::uint64_t next_ = 1;
  absl::flat_hash_map<std::uint64_t, std::uint64_t> values_;
};

std::string StatesText(const RegisterModel& model,
                       const std::vector<StateId>& states) {
  std::vector<std::string> texts;
  for (const StateId state : states) texts.push_back(model.StateText(state));
  std::sort(texts.begin(), texts.end());
  return absl::StrJoin(texts, " or ");
}

Finding Explain(const HistoryIndex& index, KeyId key,
                const RegisterModel& model, const Shrunk& shrunk) {
  const History& history = index.history();
  const OpIndex failed = shrunk.failure.failed_source;
  const Operation& op = history.op(failed);
  Finding finding{.kind = "non-linearizable", .key = key};
  finding.witness_op = failed;
  for (const SearchOp& shown : shrunk.ops) finding.ops.push_back(shown.source);
  Complete(history, &finding);
  finding.explanation.push_back(absl::StrCat(
      shrunk.past_cut ? "Whatever order the earlier operations are given, "
                      : "At the beginning ",
      finding.key_text, " held ", StatesText(model, shrunk.initial), "."));
  const std::string answer =
      absl::StrCat("When ", ClientText(op), "'s ", ActionText(history, op),
                   " was answered at ", MomentText(op.return_ns), ", ");
  finding.explanation.push_back(
      shrunk.failure.never_made
          ? absl::StrCat(answer, "nothing can have led to what it saw.")
          : absl::StrCat(answer, "it could only hold ",
                         StatesText(model, shrunk.failure.states), "."));
  finding.explanation.push_back(
      "Rule broken: every operation takes effect at one moment between its "
      "call and its answer (linearizability).");
  return finding;
}

}  // namespace

KeyProblem BuildKeyProblem(const HistoryIndex& index, OpSpan ops) {
  return Builder(index, ops).Build();
}

SearchResult SearchKey(const HistoryIndex& index, KeyId key, OpSpan ops,
                       const SearchBudget& budget, Finding* finding) {
  KeyProblem problem = BuildKeyProblem(index, ops);
  const std::vector<StateId> initial = {kInitialState};
  SearchResult result =
      Search(problem.model.get(), problem.ops, initial, budget);
  if (result.verdict == SearchVerdict::kIllegal) {
    SearchBudget share = budget;
    share.steps = budget.steps / 16;
    const Shrunk shrunk =
        ShrinkFailure(problem.model.get(), problem.ops, initial, result, share);
    *finding = Explain(index, key, *problem.model, shrunk);
  }
  return result;
}

}  // namespace wringer::reports
