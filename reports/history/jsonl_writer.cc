#include "absl/strings/escaping.h"
#include "reports/history/json_writer.h"
#include "reports/history/jsonl.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

class Writer {
 public:
  explicit Writer(const History& history) : history_(history) {}

  std::string Write() {
    const bool owned = !history_.final_state().owners.empty();
    Line().Field("format", owned ? "wringer-history-2" : "wringer-history-1");
    EndLine();
    for (const Operation& op : history_.ops()) Op(op);
    for (const FaultWindow& fault : history_.faults()) Fault(fault);
    for (const NodeEvent& event : history_.node_events()) Node(event);
    const FinalState& final_state = history_.final_state();
    if (final_state.recorded) Final(final_state);
    return std::move(text_);
  }

 private:
  JsonWriter& Line() { return json_.Object(); }
  void EndLine() {
    json_.End();
    text_.push_back('\n');
    json_ = JsonWriter(&text_);
  }

  // Keys are bytes; those JSON cannot carry go as hex.
  void KeyField(KeyId key) {
    const Slice name = history_.key_name(key);
    if (IsUtf8(name)) {
      json_.Field("key", name);
    } else {
      json_.Field("key_hex", absl::BytesToHexString(name));
    }
  }

  void Time(Slice name, std::uint64_t seq, std::int64_t ns) {
    json_.Key(name).Array().Uint(seq).Int(ns).End();
  }

  void Op(const Operation& op) {
    Line().Field("op", op.op_id);
    json_.Field("client", std::uint64_t{op.client});
    json_.Field("kind", OpKindName(op.kind));
    KeyField(op.key);
    Time("call", op.call_seq, op.call_ns);
    json_.Field("outcome", OutcomeName(op.outcome));
    if (op.return_seq != kNeverSeq) {
      Time("return", op.return_seq, op.return_ns);
    } else if (op.return_ns != kNeverNs) {
      json_.Field("gave_up", op.return_ns);
    }
    if (op.kind == OpKind::kPut || op.kind == OpKind::kCas) {
      json_.Key("value").Hex(op.written_digest);
    }
    if (op.kind == OpKind::kCas) {
      json_.Field("expected", op.expected_tag);
      if (op.outcome == Outcome::kOk) json_.Field("applied", op.cas_succeeded);
    }
    if (op.outcome == Outcome::kOk &&
        (op.kind == OpKind::kGet || op.kind == OpKind::kCas)) {
      Saw(op);
    }
    Details(op);
    EndLine();
  }

  void Saw(const Operation& op) {
    json_.Key("saw").Object();
    if (op.tag_known) json_.Field("tag", op.observed_tag);
    json_.Field("found", op.found);
    if (op.found) json_.Key("value").Hex(op.observed_digest);
    json_.End();
  }

  void Details(const Operation& op) {
    if (op.node != 0) json_.Field("node", history_.name(op.node));
    if (op.kind == OpKind::kGet) {
      Level(op.read_asked != ReadLevel::kNone ||
                op.read_given != ReadLevel::kNone,
            std::string(ReadLevelName(op.read_asked)),
            std::string(ReadLevelName(op.read_given)));
    } else {
      Level(op.write_asked != WriteLevel::kNone ||
                op.write_given != WriteLevel::kNone,
            WriteLevelName(op.write_asked, op.copies_asked),
            WriteLevelName(op.write_given, op.copies_given));
    }
    if (op.witness.present()) {
      json_.Key("witness").Array().Uint(op.witness.term);
      json_.Uint(op.witness.index);
      if (op.witness.sub != Witness::kAfterAll) json_.Uint(op.witness.sub);
      json_.End();
    }
    if (op.attempts != 1) json_.Field("attempts", std::uint64_t{op.attempts});
    if (op.error != 0) json_.Field("error", history_.name(op.error));
  }

  void Level(bool present, const std::string& asked, const std::string& given) {
    if (!present) return;
    json_.Key("level").Array().String(asked).String(given).End();
  }

  void Fault(const FaultWindow& fault) {
    Line().Field("fault", fault.id);
    json_.Field("kind", fault.kind).Field("target", fault.target);
    json_.Field("start", fault.start_ns);
    if (fault.stop_ns != kNeverNs) json_.Field("stop", fault.stop_ns);
    json_.Field("effective", fault.effective);
    if (!fault.effect.empty()) json_.Field("effect", fault.effect);
    EndLine();
  }

  void Node(const NodeEvent& event) {
    Line().Field("node_event", NodeEventName(event.kind));
    json_.Field("node", history_.name(event.node)).Field("ns", event.ns);
    if (event.term != 0) json_.Field("term", event.term);
    if (!event.note.empty()) json_.Field("note", event.note);
    EndLine();
  }

  void Final(const FinalState& final_state) {
    Line().Field("final", true).Field("healed", final_state.healed_ns);
    if (final_state.converged_ns != kNeverNs) {
      json_.Field("converged", final_state.converged_ns);
    }
    json_.Field("limit", final_state.limit_ns);
    if (!final_state.at_rest) json_.Field("at_rest", false);
    EndLine();
    for (const KeyOwners& owners : final_state.owners) Owners(owners);
    for (const FinalReplica& replica : final_state.replicas) {
      const Slice node = history_.name(replica.node);
      Line().Field("replica", node).Field("applied", replica.applied);
      json_.Field("reachable", replica.reachable);
      json_.Field("authoritative", replica.authoritative);
      EndLine();
      for (const FinalEntry& entry : replica.entries) {
        Line().Field("holds", node);
        KeyField(entry.key);
        json_.Field("tag", entry.tag).Field("found", entry.found);
        if (entry.found) json_.Key("value").Hex(entry.digest);
        EndLine();
      }
    }
  }

  void Owners(const KeyOwners& owners) {
    Line().Key("owners").Array();
    for (const NameId node : owners.nodes) json_.String(history_.name(node));
    json_.End();
    KeyField(owners.key);
    EndLine();
  }

  const History& history_;
  std::string text_;
  JsonWriter json_{&text_};
};

}  // namespace

std::string WriteJsonl(const History& history) {
  return Writer(history).Write();
}

}  // namespace wringer::reports
