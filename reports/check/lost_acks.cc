#include "reports/check/lost_acks.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/check/facts/classify.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

// One acknowledged write of the key at hand.
struct Acked {
  std::uint64_t call = 0;
  std::uint64_t ret = 0;
  OpIndex op = kNoOp;
  std::uint64_t last_met = 0;  // latest return of anything that met it
  bool lost = false;
};

class Checker {
 public:
  Checker(const HistoryIndex& index, bool may_stay_apart)
      : index_(index), history_(index.history()) {
    result_.name = "no acknowledged write lost";
    result_.id = "lost-acks";
    result_.method = "final state + later operations";
    const FinalState& end = history_.final_state();
    for (const FinalReplica& replica : end.replicas) {
      if ((end.at_rest || may_stay_apart) && replica.reachable &&
          replica.authoritative) {
        leader_ = &replica;
        break;
      }
    }
  }

  CheckResult Run() {
    for (const KeyId key : index_.keys()) Key(key);
    result_.coverage = acked_count_;
    result_.summary = absl::StrCat(acked_count_, " acknowledged");
    if (!result_.holds()) {
      result_.summary = absl::StrCat(result_.violations, " of ", acked_count_,
                                     " acknowledged writes");
    } else if (acked_count_ == 0) {
      result_.status = CheckStatus::kNotApplicable;
      result_.summary = "nothing was acknowledged";
    }
    if (!judged_end_ && acked_count_ > 0) {
      result_.notes.push_back(
          "no authoritative final state: only later operations were judged");
    }
    Finish(&result_);
    return std::move(result_);
  }

 private:
  void Key(KeyId key) {
    authority_ = AuthorityOf(key);
    judged_end_ |= authority_ != nullptr;
    Collect(key);
    acked_count_ += acked_.size();
    result_.steps += index_.OnKey(key).size();
    if (acked_.empty()) return;
    SamePlace();
    for (const OpIndex i : index_.OnKey(key)) {
      const Operation& op = history_.op(i);
      if (op.Observes() && op.tag_known) Passed(i, op.observed_tag);
      const bool cas = op.kind == OpKind::kCas && op.WriteAcknowledged();
      if (cas) Passed(i, op.expected_tag);
    }
    if (authority_ != nullptr) AtTheEnd(key);
  }

  // Whose word at the end is the cluster's: the leader's, or, without one, that
  // of the key's owners if all of them say the same. Null if nobody's.
  const FinalReplica* AuthorityOf(KeyId key) const {
    const FinalState& end = history_.final_state();
    const KeyOwners* owners = end.OwnersOf(key);
    if (owners == nullptr) return leader_;
    const FinalReplica* first = nullptr;
    std::size_t agree = 0;
    for (const FinalReplica& replica : end.replicas) {
      const bool owns = std::find(owners->nodes.begin(), owners->nodes.end(),
                                  replica.node) != owners->nodes.end();
      if (!owns || !replica.reachable) continue;
      if (first == nullptr) first = &replica;
      if (SameToClients(first->Find(key), replica.Find(key))) ++agree;
    }
    return agree == owners->nodes.size() ? first : nullptr;
  }

  void Collect(KeyId key) {
    acked_.clear();
    met_.clear();
    for (const OpIndex i : index_.OnKey(key)) {
      const Operation& op = history_.op(i);
      const bool meets = (op.Observes() && op.tag_known) ||
                         (op.kind == OpKind::kCas && op.WriteAcknowledged());
      if (meets) {
        const Tag tag = op.Observes() ? op.observed_tag : op.expected_tag;
        met_.push_back({tag, op.return_seq});
      }
      if (!op.WriteAcknowledged()) continue;
      acked_.push_back({.call = op.call_seq, .ret = op.return_seq, .op = i});
    }
    std::sort(met_.begin(), met_.end());
    std::sort(acked_.begin(), acked_.end(), [](const Acked& a, const Acked& b) {
      return std::tie(a.call, a.op) < std::tie(b.call, b.op);
    });
    for (Acked& write : acked_) {
      const Tag tag = history_.op(write.op).op_id;
      const auto after =
          std::upper_bound(met_.begin(), met_.end(), std::pair(tag, kNeverSeq));
      if (after == met_.begin() || std::prev(after)->first != tag) continue;
      write.last_met = std::prev(after)->second;
    }
    earliest_.assign(acked_.size() + 1, kNeverSeq);
    for (std::size_t i = acked_.size(); i > 0; --i) {
      earliest_[i - 1] = std::min(earliest_[i], acked_[i - 1].ret);
    }
  }

  // When version `tag` was certainly there, as far as real time tells.
  bool ReturnOf(KeyId key, Tag tag, std::uint64_t* ret) const {
    if (tag == kInitialTag) {
      *ret = 0;
      return true;
    }
    const OpIndex writer = index_.WriterOf(key, tag);
    if (writer == kNoOp) return false;
    *ret = history_.op(writer).return_seq;
    return *ret != kNeverSeq;
  }

  // First acknowledged write called after `ret`.
  std::size_t FirstAfter(Tag tag, std::uint64_t ret) const {
    if (tag == kInitialTag) return 0;
    const auto at = std::partition_point(
        acked_.begin(), acked_.end(),
        [&](const Acked& write) { return write.call <= ret; });
    return static_cast<std::size_t>(at - acked_.begin());
  }

  // Operation `i` met version `tag`: the writes between the two are passed
  // over.
  void Passed(OpIndex i, Tag tag) {
    const Operation& op = history_.op(i);
    std::uint64_t ret = 0;
    if (!ReturnOf(op.key, tag, &ret)) return;
    std::size_t at = FirstAfter(tag, ret);
    for (; at < acked_.size() && earliest_[at] < op.call_seq; ++at) {
      Acked& write = acked_[at];
      if (write.lost || write.ret >= op.call_seq) continue;
      if (op.Observes() && !Convicts(i, write)) continue;
      Lose(&write, i);
    }
  }

  // The read is enough to say that the write is gone.
  bool Convicts(OpIndex reader, const Acked& write) const {
    if (write.last_met >= history_.op(reader).return_seq) return false;
    return !HeldAtTheEnd(history_.op(write.op)) &&
           SpokeForTheStore(history_, reader, write.op);
  }

  // What the authority holds of the key at the end, or null.
  const FinalEntry* FinalOf(KeyId key) const {
    return authority_ == nullptr ? nullptr : authority_->Find(key);
  }

  bool HeldAtTheEnd(const Operation& write) const {
    const FinalEntry* entry = FinalOf(write.key);
    return entry != nullptr && entry->tag == write.op_id;
  }

  void AtTheEnd(KeyId key) {
    const FinalEntry* entry = FinalOf(key);
    const Tag tag = entry == nullptr ? kInitialTag : entry->tag;
    std::uint64_t ret = 0;
    if (!ReturnOf(key, tag, &ret)) return;
    // A forgotten tombstone leaves no trace: any delete may have been last.
    const bool absent = tag == kInitialTag;
    std::uint64_t last_delete = 0;
    if (absent) {
      for (const OpIndex i : index_.OnKey(key)) {
        const Operation& op = history_.op(i);
        if (op.kind != OpKind::kDelete || !op.Writes()) continue;
        last_delete = std::max(last_delete, op.return_seq);
      }
    }
    for (std::size_t i = FirstAfter(tag, ret); i < acked_.size(); ++i) {
      if (acked_[i].lost || acked_[i].call <= last_delete) continue;
      if (history_.op(acked_[i].op).op_id != tag) Lose(&acked_[i], kNoOp);
    }
  }

  // Two acknowledged writes at one place of the log, of different terms.
  void SamePlace() {
    std::vector<Acked*> placed;
    for (Acked& write : acked_) {
      const Witness& place = history_.op(write.op).witness;
      if (place.present() && place.term != 0) placed.push_back(&write);
    }
    const auto place_of = [this](const Acked* w) {
      const Witness& place = history_.op(w->op).witness;
      return std::tuple(place.index, place.sub, place.term);
    };
    std::sort(placed.begin(), placed.end(),
              [&](const Acked* a, const Acked* b) {
                return std::tuple(place_of(a), a->op) <
                       std::tuple(place_of(b), b->op);
              });
    for (std::size_t i = 1; i < placed.size(); ++i) {
      const Witness& a = history_.op(placed[i - 1]->op).witness;
      const Witness& b = history_.op(placed[i]->op).witness;
      const bool same = a.index == b.index && a.sub == b.sub;
      if (same && a.term != b.term) Lose(placed[i - 1], placed[i]->op);
    }
  }

  // `proof`: who met an older version, or took the place; kNoOp: the end.
  void Lose(Acked* write, OpIndex proof) {
    write->lost = true;
    if (result_.findings.size() >= 4 * CheckResult::kFindingsMost) {
      ++result_.violations;
      return;
    }
    result_.Add(Explain(write->op, proof));
  }

  Finding Explain(OpIndex lost, OpIndex proof) const {
    const Operation& write = history_.op(lost);
    Finding finding{.kind = "lost-ack", .key = write.key};
    finding.victim_op = lost;
    finding.witness_op = proof;
    finding.ops.push_back(lost);
    if (proof != kNoOp) finding.ops.push_back(proof);
    Tag met = kInitialTag;
    if (proof != kNoOp) {
      const Operation& op = history_.op(proof);
      met = op.Observes() ? op.observed_tag : op.expected_tag;
      const OpIndex made = index_.WriterOf(write.key, met);
      if (made != kNoOp && !op.WriteAcknowledged()) finding.ops.push_back(made);
    }
    Complete(history_, &finding);
    if (proof == kNoOp) finding.at_ns = history_.final_state().healed_ns;
    finding.explanation.push_back(
        absl::StrCat(ClientText(write), "'s ", ActionText(history_, write),
                     " was ", OutcomeText(history_, write), " at ",
                     MomentText(write.return_ns), "."));
    finding.explanation.push_back(Proof(write, proof));
    finding.explanation.push_back(
        "Rule broken: what was acknowledged stays, until it is overwritten.");
    return finding;
  }

  std::string Proof(const Operation& write, OpIndex proof) const {
    if (proof == kNoOp) {
      return absl::StrCat("At the end ", history_.name(authority_->node),
                          " holds an older version of ",
                          KeyText(history_, write.key),
                          ", written before that call.");
    }
    const Operation& op = history_.op(proof);
    const std::string what = absl::StrCat(
        ClientText(op), "'s ", ActionText(history_, op), ", called at ",
        MomentText(op.call_ns), " and ", OutcomeText(history_, op));
    if (op.Observes()) {
      return absl::StrCat("Later ", what, ", met an older version; ",
                          VersionText(write.op_id), " was never seen again.");
    }
    const bool cas = op.kind == OpKind::kCas && op.call_seq > write.return_seq;
    if (cas)
      return absl::StrCat("Later ", what, ", replaced an older version.");
    return absl::StrCat("But ", what, ", was given the same place in the log, ",
                        op.witness.index, ", in term ", op.witness.term,
                        " instead of ", write.witness.term, ".");
  }

  const HistoryIndex& index_;
  const History& history_;
  const FinalReplica* leader_ = nullptr;
  const FinalReplica* authority_ = nullptr;  // of the key at hand
  bool judged_end_ = false;                  // some key had an authority
  CheckResult result_;
  std::uint64_t acked_count_ = 0;
  std::vector<Acked> acked_;             // of one key, by call
  std::vector<std::uint64_t> earliest_;  // least return from there on
  std::vector<std::pair<Tag, std::uint64_t>> met_;
};

}  // namespace

CheckResult CheckLostAcks(const HistoryIndex& index, bool may_stay_apart) {
  return Checker(index, may_stay_apart).Run();
}

}  // namespace wringer::reports
