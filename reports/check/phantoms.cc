#include "reports/check/phantoms.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/check/explain_zones.h"
#include "reports/check/facts/value_match.h"
#include "reports/check/zones.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

class Checker {
 public:
  Checker(const HistoryIndex& index, bool effects_may_be_undone)
      : index_(index),
        history_(index.history()),
        effects_may_be_undone_(effects_may_be_undone) {
    result_.name = "no phantom value";
    result_.id = "phantoms";
    result_.method = "tags";
  }

  CheckResult Run() {
    for (OpIndex i = 0; i < history_.size(); ++i) {
      const Operation& op = history_.op(i);
      if (op.Observes() && op.tag_known) Observer(i, op);
    }
    for (const FinalReplica& replica : history_.final_state().replicas) {
      for (const FinalEntry& entry : replica.entries) Entry(replica, entry);
    }
    result_.steps = result_.coverage;
    result_.summary = absl::StrCat(result_.coverage, " values seen");
    if (!result_.holds()) {
      absl::StrAppend(&result_.summary, ", ", result_.violations,
                      " of them phantoms");
    }
    if (undone_ > 0) {
      absl::StrAppend(&result_.summary, ", ", undone_,
                      " of operations refused in the end");
    }
    Finish(&result_);
    return std::move(result_);
  }

 private:
  void Observer(OpIndex i, const Operation& op) {
    ++result_.coverage;
    const OpIndex writer = index_.WriterOf(op.key, op.observed_tag);
    Conflict conflict{.time = op.return_seq, .a_write = writer};
    conflict.a_late = i;
    if (writer == kNoOp && op.observed_tag != kInitialTag) {
      if (effects_may_be_undone_ && WasRefused(op.key, op.observed_tag)) {
        ++undone_;
        return;
      }
      conflict.kind = ConflictKind::kNeverWritten;
      conflict.a_write = index_.ById(op.observed_tag);
    } else if (!ValueMatches(history_, writer, op.found, op.observed_digest)) {
      conflict.kind = ConflictKind::kWrongValue;
    } else if (writer != kNoOp &&
               op.return_seq < history_.op(writer).call_seq) {
      conflict.kind = ConflictKind::kFutureRead;
    } else {
      return;
    }
    Add(ExplainConflict(index_, op.key, index_.OnKey(op.key), conflict));
  }

  // A compare-and-set that was executed, undone, executed again and refused.
  // One that failed outright was never executed.
  bool WasRefused(KeyId key, Tag tag) const {
    const OpIndex tried = index_.ById(tag);
    if (tried == kNoOp) return false;
    const Operation& op = history_.op(tried);
    return op.key == key && op.kind == OpKind::kCas &&
           op.outcome == Outcome::kOk;
  }

  void Entry(const FinalReplica& replica, const FinalEntry& entry) {
    ++result_.coverage;
    const OpIndex writer = index_.WriterOf(entry.key, entry.tag);
    const bool made = writer != kNoOp || entry.tag == kInitialTag;
    if (made && ValueMatches(history_, writer, entry.found, entry.digest)) {
      return;
    }
    // The refusal is what was undone.
    if (!made && effects_may_be_undone_ && WasRefused(entry.key, entry.tag)) {
      ++undone_;
      return;
    }
    Finding finding{.kind = "phantom", .key = entry.key};
    finding.victim_op = made ? writer : index_.ById(entry.tag);
    if (finding.victim_op != kNoOp) finding.ops.push_back(finding.victim_op);
    Complete(history_, &finding);
    finding.at_ns = history_.final_state().healed_ns;
    finding.explanation.push_back(
        absl::StrCat("At the end ", history_.name(replica.node), " holds ",
                     VersionText(entry.tag), " of ", finding.key_text, "."));
    finding.explanation.push_back(
        made ? "Its bytes are not those that were written."
             : "No operation that can have taken effect wrote it there.");
    finding.explanation.push_back(
        "Rule broken: what a replica holds was written.");
    Add(std::move(finding));
  }

  // Explains at most a page of them.
  void Add(Finding finding) {
    if (result_.findings.size() < 4 * CheckResult::kFindingsMost) {
      result_.Add(std::move(finding));
    } else {
      ++result_.violations;
    }
  }

  const HistoryIndex& index_;
  const History& history_;
  const bool effects_may_be_undone_;
  std::size_t undone_ = 0;
  CheckResult result_;
};

}  // namespace

CheckResult CheckPhantoms(const HistoryIndex& index,
                          bool effects_may_be_undone) {
  return Checker(index, effects_may_be_undone).Run();
}

}  // namespace wringer::reports
