#include "reports/check/staleness.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/check/facts/classify.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

// The acknowledged writes of one key, ready for two questions about a read.
class Writes {
 public:
  Writes(const History& history, OpSpan ops) : history_(history) {
    for (const OpIndex i : ops) {
      if (history.op(i).WriteAcknowledged()) by_call_.push_back(i);
    }
    std::sort(by_call_.begin(), by_call_.end(), [&](OpIndex a, OpIndex b) {
      return std::tie(history.op(a).call_seq, a) <
             std::tie(history.op(b).call_seq, b);
    });
    first_return_.assign(by_call_.size() + 1, kNoOp);
    for (std::size_t i = by_call_.size(); i > 0; --i) {
      const OpIndex here = by_call_[i - 1];
      const OpIndex rest = first_return_[i];
      const bool sooner = rest == kNoOp || history.op(here).return_seq <=
                                               history.op(rest).return_seq;
      first_return_[i - 1] = sooner ? here : rest;
    }
  }

  // Place of the first write called after `ret`; all of them if `any`.
  std::size_t FirstAfter(std::uint64_t ret, bool any) const {
    if (any) return 0;
    const auto at = std::partition_point(
        by_call_.begin(), by_call_.end(),
        [&](OpIndex i) { return history_.op(i).call_seq <= ret; });
    return static_cast<std::size_t>(at - by_call_.begin());
  }

  // Of the writes from `first` on, the one that returned first; or kNoOp.
  OpIndex FirstReturn(std::size_t first) const { return first_return_[first]; }

  // How many from `first` on returned before `call`. Linear in those called
  // before `call`: paid only for stale reads, and as old as they are.
  std::uint32_t CountReturned(std::size_t first, std::uint64_t call) const {
    std::uint32_t count = 0;
    for (std::size_t i = first; i < by_call_.size(); ++i) {
      const Operation& op = history_.op(by_call_[i]);
      if (op.call_seq >= call) break;
      if (op.return_seq < call) ++count;
    }
    return count;
  }

 private:
  const History& history_;
  std::vector<OpIndex> by_call_;
  std::vector<OpIndex> first_return_;
};

void MeasureKey(const HistoryIndex& index, KeyId key,
                std::vector<ReadAge>* ages) {
  const History& history = index.history();
  const Writes writes(history, index.OnKey(key));
  for (const OpIndex i : index.OnKey(key)) {
    const Operation& op = history.op(i);
    if (!op.Observes() || !op.tag_known) continue;
    const OpIndex writer = index.WriterOf(key, op.observed_tag);
    const bool initial = op.observed_tag == kInitialTag;
    if (writer == kNoOp && !initial) continue;  // a phantom has no age
    ReadAge age{.read = i};
    const std::uint64_t ret = initial ? 0 : history.op(writer).return_seq;
    const std::size_t first = writes.FirstAfter(ret, initial);
    const OpIndex newer = writes.FirstReturn(first);
    if (newer != kNoOp && history.op(newer).return_seq < op.call_seq) {
      age.missed = newer;
      age.ns = op.call_ns - history.op(newer).return_ns;
      age.versions = writes.CountReturned(first, op.call_seq);
    }
    ages->push_back(age);
  }
}

Finding Explain(const HistoryIndex& index, const ReadAge& age,
                const std::string& rule) {
  const History& history = index.history();
  const Operation& read = history.op(age.read);
  const Operation& write = history.op(age.missed);
  Finding finding{.key = read.key};
  finding.ops = {age.missed, age.read};
  const OpIndex seen = index.WriterOf(read.key, read.observed_tag);
  if (seen != kNoOp) finding.ops.push_back(seen);
  finding.witness_op = age.read;
  finding.victim_op = age.missed;
  const Damage damage = Classify(index, age.read, age.missed);
  finding.kind = damage.kind;
  Complete(history, &finding);
  finding.explanation.push_back(absl::StrCat(
      ClientText(write), "'s ", ActionText(history, write), " was ",
      OutcomeText(history, write), " at ", MomentText(write.return_ns), "."));
  finding.explanation.push_back(absl::StrCat(
      DurationText(age.ns), " later ", ClientText(read), " called ",
      ActionText(history, read), "; it was ", OutcomeText(history, read),
      " at ", MomentText(read.return_ns), "."));
  finding.explanation.push_back(absl::StrCat(
      "So the answer was at least ", DurationText(age.ns), " and ",
      age.versions, age.versions == 1 ? " version" : " versions", " old."));
  finding.explanation.push_back(damage.evidence);
  finding.explanation.push_back(rule);
  return finding;
}

std::string Figures(std::vector<ReadAge> ages) {
  std::sort(ages.begin(), ages.end(), [](const ReadAge& a, const ReadAge& b) {
    return std::tie(a.ns, a.read) < std::tie(b.ns, b.read);
  });
  std::uint32_t versions = 0;
  std::size_t stale = 0;
  for (const ReadAge& age : ages) {
    versions = std::max(versions, age.versions);
    stale += age.missed == kNoOp ? 0 : 1;
  }
  const auto quantile = [&ages](std::size_t per_mille) {
    return DurationText(ages[(ages.size() - 1) * per_mille / 1000].ns);
  };
  return absl::StrCat(stale, " of ", ages.size(), " reads stale; age p50 ",
                      quantile(500), ", p99 ", quantile(990), ", max ",
                      quantile(1000), ", ", versions,
                      versions == 1 ? " version" : " versions");
}

// Findings cost a walk over the key each, so only the first are told.
void AddFinding(const HistoryIndex& index, const ReadAge& age,
                const std::string& rule, CheckResult* result) {
  result->status = CheckStatus::kViolated;
  ++result->violations;
  if (result->findings.size() < CheckResult::kFindingsMost) {
    result->findings.push_back(Explain(index, age, rule));
  }
}

}  // namespace

std::vector<ReadAge> MeasureAges(const HistoryIndex& index) {
  std::vector<ReadAge> ages;
  for (const KeyId key : index.keys()) MeasureKey(index, key, &ages);
  return ages;
}

CheckResult CheckRegular(const HistoryIndex& index,
                         const std::vector<ReadAge>& ages) {
  CheckResult result{.name = "regular reads", .id = "regular"};
  result.method = "real-time order";
  result.coverage = result.steps = ages.size();
  for (const ReadAge& age : ages) {
    if (age.missed == kNoOp) continue;
    AddFinding(index, age,
               "Rule broken: a read sees the last write that was over before "
               "it was called, or one under way (regular register).",
               &result);
  }
  result.summary =
      absl::StrCat(result.violations, " of ", ages.size(), " reads stale");
  Finish(&result);
  return result;
}

CheckResult CheckStaleness(const HistoryIndex& index,
                           const std::vector<ReadAge>& ages,
                           const StalenessBound& bound) {
  CheckResult result{.name = "bounded staleness", .id = "staleness"};
  result.method = "real-time order";
  result.coverage = result.steps = ages.size();
  if (ages.empty()) {
    result.status = CheckStatus::kNotApplicable;
    result.summary = "no read was answered";
    return result;
  }
  for (const ReadAge& age : ages) {
    const bool old = bound.ns != 0 && age.ns > bound.ns;
    const bool behind = bound.versions != 0 && age.versions > bound.versions;
    if (!old && !behind) continue;
    AddFinding(index, age,
               absl::StrCat("Rule broken: answers are no older than ",
                            old ? DurationText(bound.ns)
                                : absl::StrCat(bound.versions, " versions"),
                            "."),
               &result);
  }
  result.summary = Figures(ages);
  Finish(&result);
  return result;
}

}  // namespace wringer::reports
