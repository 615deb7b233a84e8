#include "reports/check/explain_zones.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/check/facts/classify.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

constexpr char kOnce[] =
    "Rule broken: every operation takes effect at one moment between its call "
    "and its answer (linearizability).";

class Explainer {
 public:
  Explainer(const HistoryIndex& index, KeyId key, OpSpan ops)
      : index_(index), history_(index.history()), ops_(ops) {
    finding_.key = key;
  }

  Finding Explain(Conflict conflict) {
    switch (conflict.kind) {
      case ConflictKind::kNeverWritten:
        NeverWritten(conflict);
        break;
      case ConflictKind::kWrongValue:
        WrongValue(conflict);
        break;
      case ConflictKind::kFutureRead:
        FutureRead(conflict);
        break;
      case ConflictKind::kWrongRefusal:
        WrongRefusal(conflict);
        break;
      case ConflictKind::kLostUpdate:
        LostUpdate(conflict);
        break;
      case ConflictKind::kCasCycle:
        CasCycle(conflict);
        break;
      case ConflictKind::kOutOfOrder:
        Tighten(&conflict);
        OutOfOrder(conflict);
        break;
    }
    Complete(history_, &finding_);
    return std::move(finding_);
  }

 private:
  void Say(std::string sentence) {
    finding_.explanation.push_back(std::move(sentence));
  }

  void Show(OpIndex op) {
    if (op != kNoOp) finding_.ops.push_back(op);
  }

  std::string Key() const { return KeyText(history_, finding_.key); }

  // The version an operation made or saw.
  Tag Version(OpIndex i) const {
    if (i == kNoOp) return kInitialTag;
    const Operation& op = history_.op(i);
    return op.Observes() ? op.observed_tag : op.op_id;
  }

  std::string Called(OpIndex i) const {
    const Operation& op = history_.op(i);
    return absl::StrCat(ClientText(op), " called ", ActionText(history_, op),
                        " at ", MomentText(op.call_ns));
  }

  std::string Returned(OpIndex i) const {
    const Operation& op = history_.op(i);
    if (op.outcome != Outcome::kOk) return "its outcome is unknown";
    return absl::StrCat("it was ", OutcomeText(history_, op), " at ",
                        MomentText(op.return_ns));
  }

  void NeverWritten(const Conflict& conflict) {
    finding_.kind = "phantom";
    finding_.witness_op = conflict.a_late;
    finding_.victim_op = conflict.a_write;
    Show(conflict.a_late);
    const Operation& op = history_.op(conflict.a_late);
    const Tag seen = op.Observes() ? op.observed_tag : op.expected_tag;
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    if (conflict.a_write == kNoOp) {
      Say(absl::StrCat("No operation ever wrote ", VersionText(seen), "."));
    } else {
      const Operation& made = history_.op(conflict.a_write);
      Show(conflict.a_write);
      Say(absl::StrCat("But ", VersionText(seen), " is ", ClientText(made),
                       "'s ", ActionText(history_, made), ", which ",
                       made.key == op.key ? OutcomeText(history_, made)
                                          : "wrote another key",
                       " and can have made no version of ", Key(), "."));
    }
    Say("Rule broken: a version that is seen was written.");
  }

  void WrongValue(const Conflict& conflict) {
    finding_.kind = "phantom";
    finding_.witness_op = conflict.a_late;
    finding_.victim_op = conflict.a_write;
    Show(conflict.a_write);
    Show(conflict.a_late);
    const Operation& op = history_.op(conflict.a_late);
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    Say(absl::StrCat(
        "The answer carries the tag of ", VersionText(op.observed_tag), " but ",
        op.found ? "other bytes" : "no value", " (",
        op.found ? absl::StrCat("digest ", absl::Hex(op.observed_digest))
                 : "not found",
        ") than that write wrote."));
    Say("Rule broken: a version holds the value it was written with.");
  }

  void FutureRead(const Conflict& conflict) {
    finding_.kind = "phantom";
    finding_.witness_op = conflict.a_late;
    finding_.victim_op = conflict.a_write;
    Show(conflict.a_late);
    Show(conflict.a_write);
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    Say(absl::StrCat("But only later ", Called(conflict.a_write), "."));
    Say("Rule broken: nothing is seen before it is asked for.");
  }

  void WrongRefusal(const Conflict& conflict) {
    finding_.kind = "wrong-refusal";
    finding_.witness_op = conflict.a_late;
    finding_.victim_op = conflict.a_write;
    Show(conflict.a_late);
    Show(conflict.a_write);
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    Say("It was refused, although it saw the very version it expected.");
    Say("Rule broken: a compare-and-set succeeds on the version it expects.");
  }

  void LostUpdate(const Conflict& conflict) {
    finding_.kind = "lost-update";
    finding_.witness_op = conflict.a_late;
    finding_.victim_op = conflict.b_late;
    Show(conflict.a_write);
    Show(conflict.b_late);
    Show(conflict.a_late);
    Say(absl::StrCat(Called(conflict.b_late), "; ", Returned(conflict.b_late),
                     "."));
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    Say(absl::StrCat("Both replaced ",
                     VersionText(history_.op(conflict.a_late).expected_tag),
                     ", which was written only once: one update was lost."));
    Say("Rule broken: a version is replaced by at most one compare-and-set.");
  }

  void CasCycle(const Conflict& conflict) {
    finding_.kind = "non-linearizable";
    finding_.witness_op = conflict.a_late;
    Show(conflict.a_write);
    Show(conflict.a_late);
    Say(absl::StrCat(Called(conflict.a_late), "; ", Returned(conflict.a_late),
                     "."));
    Say("The compare-and-sets that lead to the version it replaced start from "
        "its own result.");
    Say(kOnce);
  }

  // Replaces the extremes of the two zones by the operations that complete
  // the proof earliest, the writes themselves where they will do. Left as it
  // is for chains, whose extremes belong to different versions.
  void Tighten(Conflict* c) const {
    if (c->chained) return;
    const Tag a = Version(c->a_late);
    const Tag b = Version(c->b_first);
    if (Version(c->a_first) != a || Version(c->b_late) != b) return;
    c->a_write = index_.WriterOf(finding_.key, a);
    c->b_write = index_.WriterOf(finding_.key, b);
    c->a_late = EarliestAfter(a, c->b_first);
    c->b_late = EarliestAfter(b, c->a_first);
    // A is the version that was seen too late.
    const bool b_is_late =
        c->a_late != kNoOp && c->b_late != kNoOp && c->a_first != kNoOp &&
        history_.op(c->b_late).Observes() &&
        history_.op(c->b_late).return_seq > history_.op(c->a_late).return_seq;
    if (b_is_late) {
      std::swap(c->a_write, c->b_write);
      std::swap(c->a_first, c->b_first);
      std::swap(c->a_late, c->b_late);
    }
    if (Before(c->a_write, c->b_late)) c->a_first = c->a_write;
    if (Before(c->b_write, c->a_late)) c->b_first = c->b_write;
    if (Before(c->a_first, c->b_write)) c->b_late = c->b_write;
  }

  bool Before(OpIndex x, OpIndex y) const {
    return x != kNoOp && y != kNoOp &&
           history_.op(x).return_seq < history_.op(y).call_seq;
  }

  // Of the operations on version `tag` called after `earlier` returned (the
  // initial version: any), the one that returned first.
  OpIndex EarliestAfter(Tag tag, OpIndex earlier) const {
    OpIndex best = kNoOp;
    for (const OpIndex i : ops_) {
      const Operation& op = history_.op(i);
      if ((!op.Writes() && !op.Observes()) || Version(i) != tag) continue;
      if (earlier != kNoOp && !Before(earlier, i)) continue;
      if (best == kNoOp || op.return_seq < history_.op(best).return_seq) {
        best = i;
      }
    }
    return best;
  }

  void OutOfOrder(const Conflict& c) {
    finding_.witness_op = c.a_late;
    finding_.victim_op = c.b_write;
    for (const OpIndex op :
         {c.a_write, c.a_first, c.b_write, c.b_first, c.b_late, c.a_late}) {
      Show(op);
    }
    if (c.chained) {
      TellChain(c);
    } else {
      TellBefore(c);
    }
    Damage damage{"non-linearizable", ""};
    if (c.a_late != kNoOp && history_.op(c.a_late).Observes() &&
        c.b_write != kNoOp && !c.chained) {
      damage = Classify(index_, c.a_late, c.b_write);
    }
    finding_.kind = damage.kind;
    if (!damage.evidence.empty()) Say(damage.evidence);
    Say(kOnce);
  }

  // A came before B, B before A.
  void TellBefore(const Conflict& c) {
    if (c.a_first == kNoOp) {
      Say(absl::StrCat("Before anybody wrote it, ", Key(), " held nothing."));
    } else {
      Say(absl::StrCat(Called(c.a_first), "; ", Returned(c.a_first), "."));
    }
    Say(absl::StrCat("After that ", Called(c.b_late), "; ", Returned(c.b_late),
                     "."));
    if (c.b_first != c.b_late) {
      Say(absl::StrCat(Called(c.b_first), "; ", Returned(c.b_first), "."));
    }
    Say(absl::StrCat("Yet after that ", Called(c.a_late), "; ",
                     Returned(c.a_late), "."));
    const Tag a = Version(c.a_late);
    const Tag b = Version(c.b_late);
    Say(absl::StrCat(a == kInitialTag
                         ? "The key cannot hold nothing again without a delete"
                         : absl::StrCat(VersionText(a), " was written once"),
                     a == kInitialTag ? "; so " : " and cannot come back; so ",
                     VersionText(b), ", in between, should have been seen."));
  }

  void TellChain(const Conflict& c) {
    Say(absl::StrCat(
        "Compare-and-sets lead from ", VersionText(Version(c.a_late)),
        " on to ", VersionText(Version(c.b_first)),
        ", so the first was replaced before the second was there."));
    Say(absl::StrCat(Called(c.b_first), "; ", Returned(c.b_first), "."));
    Say(absl::StrCat("Yet after that ", Called(c.a_late), "; ",
                     Returned(c.a_late), "."));
  }

  const HistoryIndex& index_;
  const History& history_;
  const OpSpan ops_;
  Finding finding_;
};

}  // namespace

Finding ExplainConflict(const HistoryIndex& index, KeyId key, OpSpan ops,
                        const Conflict& conflict) {
  return Explainer(index, key, ops).Explain(conflict);
}

}  // namespace wringer::reports
