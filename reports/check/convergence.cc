#include "reports/check/convergence.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

std::string Held(const History& history, const FinalReplica& replica,
                 const FinalEntry* entry) {
  return absl::StrCat(
      history.name(replica.node), " holds ",
      entry == nullptr || !entry->found ? "nothing" : VersionText(entry->tag));
}

class Checker {
 public:
  explicit Checker(const HistoryIndex& index)
      : index_(index),
        history_(index.history()),
        final_(history_.final_state()) {
    result_.name = "converges";
    result_.id = "convergence";
    result_.method = "final states";
  }

  CheckResult Run() {
    for (const FinalReplica& replica : final_.replicas) {
      if (replica.reachable) compared_.push_back(&replica);
    }
    if (!final_.recorded || compared_.empty()) {
      result_.status = CheckStatus::kNotApplicable;
      result_.summary = "the final states were not recorded";
      return std::move(result_);
    }
    std::set<KeyId> keys;
    for (const FinalReplica* replica : compared_) {
      for (const FinalEntry& entry : replica->entries) keys.insert(entry.key);
    }
    for (const KeyId key : keys) Key(key);
    result_.coverage = keys.size();
    result_.steps = keys.size() * compared_.size();
    if (result_.holds()) InTime();
    Summary();
    Finish(&result_);
    return std::move(result_);
  }

 private:
  // Only who has to hold the key is compared; whatever others still keep of it
  // is nobody's answer.
  void Key(KeyId key) {
    const KeyOwners* owners = final_.OwnersOf(key);
    const FinalReplica* first = nullptr;
    for (const FinalReplica* other : compared_) {
      if (owners != nullptr && !Owns(*owners, other->node)) continue;
      if (first == nullptr) first = other;
      if (SameToClients(first->Find(key), other->Find(key))) continue;
      Diverged(key, *first, *other);
      return;
    }
  }

  static bool Owns(const KeyOwners& owners, NameId node) {
    return std::find(owners.nodes.begin(), owners.nodes.end(), node) !=
           owners.nodes.end();
  }

  void Diverged(KeyId key, const FinalReplica& first,
                const FinalReplica& other) {
    const FinalEntry* entry = first.Find(key);
    const FinalEntry* theirs = other.Find(key);
    Finding finding{.kind = "divergence", .key = key};
    for (const FinalEntry* e : {entry, theirs}) {
      if (e == nullptr) continue;
      const OpIndex writer = index_.WriterOf(key, e->tag);
      if (writer != kNoOp) finding.ops.push_back(writer);
    }
    Complete(history_, &finding);
    finding.at_ns = final_.healed_ns;
    finding.explanation.push_back(absl::StrCat(
        "At the end ", Held(history_, first, entry), " of ", finding.key_text,
        ", but ", Held(history_, other, theirs), "."));
    for (const OpIndex op : finding.ops) {
      const Operation& write = history_.op(op);
      finding.explanation.push_back(absl::StrCat(
          VersionText(write.op_id), " is from ", ClientText(write), "'s ",
          ActionText(history_, write), " at ", MomentText(write.call_ns), ", ",
          OutcomeText(history_, write), "."));
    }
    finding.explanation.push_back(
        "Rule broken: when all faults are over, replicas agree.");
    result_.Add(std::move(finding));
  }

  void InTime() {
    if (final_.limit_ns == 0) return;
    const bool never = final_.converged_ns == kNeverNs;
    if (!never && final_.converged_ns - final_.healed_ns <= final_.limit_ns) {
      return;
    }
    Finding finding{.kind = "late-convergence", .at_ns = final_.healed_ns};
    finding.explanation.push_back(absl::StrCat(
        "All faults were over at ", MomentText(final_.healed_ns), "; ",
        never ? "the replicas were not seen to agree"
              : absl::StrCat("the replicas agreed at ",
                             MomentText(final_.converged_ns)),
        "."));
    finding.explanation.push_back(absl::StrCat(
        "Rule broken: they agree within ", DurationText(final_.limit_ns), "."));
    result_.Add(std::move(finding));
  }

  void Summary() {
    if (!result_.holds()) {
      result_.summary = absl::StrCat(result_.violations, " of ",
                                     result_.coverage, " keys differ");
      if (result_.findings[0].kind == "late-convergence") {
        result_.summary = "too late";
      }
      return;
    }
    if (final_.converged_ns == kNeverNs) {
      result_.summary = absl::StrCat(compared_.size(), " replicas agree");
      return;
    }
    const std::int64_t took =
        std::max<std::int64_t>(0, final_.converged_ns - final_.healed_ns);
    result_.summary = absl::StrCat(DurationText(took), " after the last fault");
    if (final_.limit_ns != 0) {
      absl::StrAppend(&result_.summary, "   (limit ",
                      DurationText(final_.limit_ns), ")");
    }
  }

  const HistoryIndex& index_;
  const History& history_;
  const FinalState& final_;
  std::vector<const FinalReplica*> compared_;
  CheckResult result_;
};

}  // namespace

CheckResult CheckConvergence(const HistoryIndex& index) {
  return Checker(index).Run();
}

}  // namespace wringer::reports
