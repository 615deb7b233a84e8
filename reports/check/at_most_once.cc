#include "reports/check/at_most_once.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/check/facts/version_order.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

class Checker {
 public:
  explicit Checker(const HistoryIndex& index)
      : index_(index), history_(index.history()) {
    result_.name = "each request at most once";
    result_.id = "at-most-once";
    result_.method = "versions that came back";
  }

  CheckResult Run() {
    for (const Operation& op : history_.ops()) {
      if (op.Writes() && op.attempts > 1) ++result_.coverage;
    }
    if (result_.coverage > 0) {
      for (const KeyId key : index_.keys()) Key(key);
    }
    result_.summary = absl::StrCat(result_.coverage, " retried writes");
    if (!result_.holds()) {
      result_.summary = absl::StrCat(result_.violations, " of ",
                                     result_.coverage, " retried writes");
    }
    Finish(&result_);
    return std::move(result_);
  }

 private:
  // Walks the answers in order of return, keeping the newest version seen.
  void Key(KeyId key) {
    std::vector<OpIndex> seers;
    for (const OpIndex i : index_.OnKey(key)) {
      const Operation& op = history_.op(i);
      if (op.Observes() && op.tag_known) seers.push_back(i);
    }
    std::sort(seers.begin(), seers.end(), [this](OpIndex a, OpIndex b) {
      return history_.op(a).return_seq < history_.op(b).return_seq;
    });
    result_.steps += seers.size();
    OpIndex newest = kNoOp;  // write of the newest version seen
    OpIndex seen_by = kNoOp;
    OpIndex blamed = kNoOp;
    for (const OpIndex i : seers) {
      const Operation& op = history_.op(i);
      const OpIndex made = index_.WriterOf(key, op.observed_tag);
      if (made == kNoOp) continue;
      if (newest == kNoOp || OlderVersion(history_, newest, made)) {
        newest = made;
        seen_by = i;
      } else if (made != blamed && Again(made, newest, seen_by, i)) {
        blamed = made;
        result_.Add(Explain(made, newest, seen_by, i));
      }
    }
    if (newest != kNoOp) AtTheEnd(key, newest, seen_by, blamed);
  }

  // `made` is older than `newest`, was retried, and answer `late` shows it
  // from a place in the log beyond `newest`'s.
  bool Again(OpIndex made, OpIndex newest, OpIndex seen_by,
             OpIndex late) const {
    const Operation& op = history_.op(late);
    const Operation& newer = history_.op(newest);
    if (history_.op(made).attempts < 2) return false;
    if (!OlderVersion(history_, made, newest)) return false;
    if (history_.op(seen_by).return_seq >= op.call_seq) return false;
    return op.witness.present() && newer.witness.present() &&
           op.witness.index > newer.witness.index;
  }

  void AtTheEnd(KeyId key, OpIndex newest, OpIndex seen_by, OpIndex blamed) {
    for (const FinalReplica& replica : history_.final_state().replicas) {
      if (!replica.reachable || !replica.authoritative) continue;
      for (const FinalEntry& entry : replica.entries) {
        if (entry.key != key) continue;
        const OpIndex made = index_.WriterOf(key, entry.tag);
        if (made == kNoOp || made == blamed) continue;
        if (history_.op(made).attempts < 2) continue;
        if (!OlderVersion(history_, made, newest)) continue;
        result_.Add(Explain(made, newest, seen_by, kNoOp));
        return;
      }
    }
  }

  Finding Explain(OpIndex made, OpIndex newest, OpIndex seen_by,
                  OpIndex late) const {
    const Operation& write = history_.op(made);
    const Operation& newer = history_.op(newest);
    Finding finding{.kind = "duplicate-apply", .key = write.key};
    finding.ops = {made, newest, seen_by};
    if (late != kNoOp) finding.ops.push_back(late);
    finding.witness_op = late;
    finding.victim_op = newest;
    Complete(history_, &finding);
    finding.explanation.push_back(
        absl::StrCat(ClientText(write), " sent ", ActionText(history_, write),
                     " ", int{write.attempts}, " times; it was ",
                     OutcomeText(history_, write), "."));
    finding.explanation.push_back(
        absl::StrCat(ClientText(newer), "'s ", ActionText(history_, newer),
                     " came after it, and was seen at ",
                     MomentText(history_.op(seen_by).return_ns), "."));
    finding.explanation.push_back(
        late == kNoOp
            ? absl::StrCat("Yet at the end the store holds ",
                           VersionText(write.op_id), " again.")
            : absl::StrCat("Yet at ", MomentText(history_.op(late).return_ns),
                           " the store, further on in its log, held ",
                           VersionText(write.op_id), " again."));
    finding.explanation.push_back(
        "Rule broken: one request takes effect once, however often sent.");
    return finding;
  }

  const HistoryIndex& index_;
  const History& history_;
  CheckResult result_;
};

}  // namespace

CheckResult CheckAtMostOnce(const HistoryIndex& index) {
  return Checker(index).Run();
}

}  // namespace wringer::reports
