#include "reports/check/facts/classify.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

// An answered operation called at or after `reader` that saw, or replaced,
// the version.
OpIndex SeenLater(const HistoryIndex& index, OpIndex reader, Tag tag) {
  const History& history = index.history();
  const Operation& late = history.op(reader);
  for (const OpIndex i : index.OnKey(late.key)) {
    const Operation& op = history.op(i);
    if (i == reader || op.return_seq < late.return_seq) continue;
    if (op.Observes() && op.tag_known && op.observed_tag == tag) return i;
    const bool cas = op.kind == OpKind::kCas && op.WriteAcknowledged();
    if (cas && op.expected_tag == tag) return i;
  }
  return kNoOp;
}

const FinalReplica* HeldAtTheEnd(const History& history, KeyId key, Tag tag) {
  for (const FinalReplica& replica : history.final_state().replicas) {
    if (!replica.reachable || !replica.authoritative) continue;
    const auto at = std::lower_bound(
        replica.entries.begin(), replica.entries.end(), key,
        [](const FinalEntry& e, KeyId k) { return e.key < k; });
    if (at != replica.entries.end() && at->key == key && at->tag == tag) {
      return &replica;
    }
  }
  return nullptr;
}

// Two nodes that both were leader at `ns`; by name and term.
std::string TwoLeaders(const History& history, std::int64_t ns) {
  std::vector<NameId> nodes;
  for (const NodeEvent& event : history.node_events()) {
    if (event.ns > ns || event.kind != NodeEventKind::kLeader) continue;
    if (std::find(nodes.begin(), nodes.end(), event.node) == nodes.end()) {
      nodes.push_back(event.node);
    }
  }
  std::string text;
  int leaders = 0;
  for (const NameId node : nodes) {
    const NodeEvent* role = RoleAt(history, node, ns);
    if (role == nullptr || role->kind != NodeEventKind::kLeader) continue;
    absl::StrAppend(&text, leaders == 0 ? "" : " and ", history.name(node),
                    " (term ", role->term, ")");
    ++leaders;
  }
  return leaders >= 2 ? text : "";
}

bool SplitBrain(const History& history, const Operation& reader,
                const Operation& victim, std::string* leaders) {
  if (reader.node == 0 || reader.node == victim.node) return false;
  // The old leader may answer the read, or take the write.
  for (const std::int64_t ns :
       {reader.call_ns, victim.call_ns,
        victim.return_ns == kNeverNs ? victim.call_ns : victim.return_ns}) {
    *leaders = TwoLeaders(history, ns);
    if (!leaders->empty()) return true;
  }
  return false;
}

bool WeakRead(const Operation& op) {
  return op.kind == OpKind::kGet && (op.read_given == ReadLevel::kLocal ||
                                     op.read_given == ReadLevel::kSession ||
                                     op.read_given == ReadLevel::kBounded);
}

// The node that answered was not a leader then, though somebody is.
bool AnsweredByFollower(const History& history, const Operation& op) {
  const NodeEvent* role = RoleAt(history, op.node, op.return_ns);
  return role != nullptr && (role->kind == NodeEventKind::kFollower ||
                             role->kind == NodeEventKind::kLearner);
}

}  // namespace

Damage Classify(const HistoryIndex& index, OpIndex reader, OpIndex victim) {
  const History& history = index.history();
  const Operation& late = history.op(reader);
  const Operation& write = history.op(victim);
  const std::string version = VersionText(write.op_id);
  std::string leaders;
  if (SplitBrain(history, late, write, &leaders)) {
    return {"split-brain",
            absl::StrCat("Two nodes led at once: ", leaders, ".")};
  }
  if (const OpIndex again = SeenLater(index, reader, write.op_id);
      again != kNoOp) {
    const Operation& op = history.op(again);
    return {"stale-read",
            absl::StrCat(version, " was not lost: ", ClientText(op),
                         " met it at ", MomentText(op.return_ns),
                         ". The reader was served an old version.")};
  }
  if (const FinalReplica* replica =
          HeldAtTheEnd(history, write.key, write.op_id)) {
    return {"stale-read",
            absl::StrCat(version, " was not lost: ",
                         history.name(replica->node), " holds it at the end.")};
  }
  if (WeakRead(late)) {
    return {"stale-read",
            absl::StrCat("The answer claims level ",
                         ReadLevelName(late.read_given), " only.")};
  }
  if (AnsweredByFollower(history, late)) {
    return {"stale-read", absl::StrCat(history.name(late.node),
                                       " was no leader when it answered.")};
  }
  if (!write.WriteAcknowledged()) {
    return {"dirty-read",
            absl::StrCat(version,
                         " was seen once, though never acknowledged, "
                         "and never again.")};
  }
  return {"lost-ack", absl::StrCat("Nobody ever saw ", version,
                                   " again: an acknowledged write was lost.")};
}

bool SpokeForTheStore(const History& history, OpIndex reader, OpIndex victim) {
  const Operation& late = history.op(reader);
  if (WeakRead(late) || AnsweredByFollower(history, late)) return false;
  std::string leaders;
  return !SplitBrain(history, late, history.op(victim), &leaders);
}

}  // namespace wringer::reports
