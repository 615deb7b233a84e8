#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "reports/history/json_reader.h"
#include "reports/history/jsonl.h"

namespace wringer::reports {
namespace {

// The members of one line. Every taken member is counted, so that Done can
// complain about those nobody knows. The first problem is kept.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  const Json* Take(Slice name) {
    const Json* value = object_.Find(name);
    if (value != nullptr) taken_.push_back(value);
    return value;
  }

  const Json* Need(Slice name) {
    const Json* value = Take(name);
    if (value == nullptr) Fail(absl::StrCat("no \"", name, "\""));
    return value;
  }

  void Fail(Slice problem) {
    if (problem_.empty()) problem_ = std::string(problem);
  }
  bool failed() const { return !problem_.empty(); }

  void Wrong(Slice name, Slice wanted) {
    Fail(absl::StrCat("\"", name, "\" must be ", wanted));
  }

  std::uint64_t Uint(Slice name, std::uint64_t most, bool needed = true,
                     std::uint64_t otherwise = 0) {
    const Json* value = needed ? Need(name) : Take(name);
    std::uint64_t number = otherwise;
    if (value != nullptr && (!value->GetUint(&number) || number > most)) {
      Wrong(name, absl::StrCat("a whole number of at most ", most));
      return otherwise;
    }
    return number;
  }

  std::int64_t Ns(Slice name, bool needed, std::int64_t otherwise) {
    const Json* value = needed ? Need(name) : Take(name);
    std::int64_t number = otherwise;
    if (value != nullptr && !value->GetInt(&number)) {
      Wrong(name, "nanoseconds");
    }
    return number;
  }

  Slice Text(Slice name, bool needed) {
    const Json* value = needed ? Need(name) : Take(name);
    if (value == nullptr) return "";
    if (value->type != Json::Type::kString) Wrong(name, "a string");
    return value->text;
  }

  bool Bool(Slice name, bool needed, bool otherwise) {
    const Json* value = needed ? Need(name) : Take(name);
    if (value == nullptr) return otherwise;
    if (value->type != Json::Type::kBool) Wrong(name, "true or false");
    return value->boolean;
  }

  std::uint64_t Hex(Slice name, bool needed) {
    const Slice text = Text(name, needed);
    std::uint64_t number = 0;
    const bool given = needed || !text.empty();
    if (given && (text.size() != 16 || !absl::SimpleHexAtoi(text, &number))) {
      Wrong(name, "16 hex digits");
    }
    return number;
  }

  // [seq, ns]
  Moment Time(Slice name) {
    Moment moment;
    const Json* value = Need(name);
    if (value == nullptr) return moment;
    if (value->type != Json::Type::kArray || value->items.size() != 2 ||
        !value->items[0].GetUint(&moment.seq) ||
        !value->items[1].GetInt(&moment.ns) || moment.seq == kNeverSeq) {
      Wrong(name, "[event number, nanoseconds]");
    }
    return moment;
  }

  // The problem; empty if there is none and no member was left over.
  std::string Done() {
    for (std::size_t i = 0; i < object_.names.size(); ++i) {
      bool known = false;
      for (const Json* taken : taken_) {
        known = known || taken == &object_.items[i];
      }
      if (known) continue;
      Fail(absl::StrCat("unknown member \"", object_.names[i], "\""));
    }
    return problem_;
  }

 private:
  const Json& object_;
  std::vector<const Json*> taken_;
  std::string problem_;
};

class Reader {
 public:
  absl::StatusOr<History> Read(Slice text) {
    std::size_t number = 0;
    for (const Slice line : absl::StrSplit(text, '\n')) {
      ++number;
      if (line.empty()) continue;
      const std::string problem = Line(line);
      if (!problem.empty()) {
        return absl::InvalidArgumentError(
            absl::StrCat("line ", number, ": ", problem));
      }
    }
    if (!started_) return absl::InvalidArgumentError("line 1: no header");
    history_.Seal();
    return std::move(history_);
  }

 private:
  static constexpr std::uint64_t kAny64 = ~std::uint64_t{0};
  static constexpr std::uint64_t kAny32 = 0xffffffff;

  std::string Line(Slice line) {
    absl::StatusOr<Json> json = ParseJson(line);
    if (!json.ok()) return std::string(json.status().message());
    if (json->type != Json::Type::kObject) return "expected an object";
    Fields fields(*json);
    if (!started_) {
      const Slice format = fields.Text("format", true);
      owned_ = format == "wringer-history-2";
      if (!owned_ && format != "wringer-history-1") {
        fields.Wrong("format", "\"wringer-history-1\" or \"...-2\"");
      }
      started_ = true;
    } else if (json->Find("op") != nullptr) {
      Op(&fields);
    } else if (json->Find("fault") != nullptr) {
      Fault(&fields);
    } else if (json->Find("node_event") != nullptr) {
      Node(&fields);
    } else if (json->Find("final") != nullptr) {
      Final(&fields);
    } else if (owned_ && json->Find("owners") != nullptr) {
      Owners(&fields);
    } else if (json->Find("replica") != nullptr) {
      Replica(&fields);
    } else if (json->Find("holds") != nullptr) {
      Holds(&fields);
    } else {
      return "none of op, fault, node_event, final, owners, replica, holds";
    }
    return fields.Done();
  }

  KeyId Key(Fields* fields) {
    const Json* hex = fields->Take("key_hex");
    if (hex == nullptr) return history_.InternKey(fields->Text("key", true));
    for (const char c : hex->text) {
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
        fields->Wrong("key_hex", "hex digits");
      }
    }
    if (hex->text.size() % 2 != 0) fields->Wrong("key_hex", "whole bytes");
    if (fields->failed()) return 0;
    return history_.InternKey(absl::HexStringToBytes(hex->text));
  }

  void Op(Fields* fields) {
    Operation op;
    op.op_id = fields->Uint("op", kAny64);
    if (op.op_id == 0 || !seen_.insert(op.op_id).second) {
      fields->Wrong("op", "a number other than 0, given to no other operation");
    }
    op.client = static_cast<std::uint32_t>(fields->Uint("client", kAny32));
    if (!ParseOpKind(fields->Text("kind", true), &op.kind)) {
      fields->Wrong("kind", "get, put, delete or cas");
    }
    op.key = Key(fields);
    const Moment call = fields->Time("call");
    Outcome outcome = Outcome::kUnknown;
    if (!ParseOutcome(fields->Text("outcome", true), &outcome)) {
      fields->Wrong("outcome", "ok, fail or unknown");
    }
    Values(outcome, fields, &op);
    Details(fields, &op);
    const OpIndex index = history_.Call(op, call);
    if (outcome != Outcome::kUnknown) {
      const Moment back = fields->Time("return");
      if (back.seq < call.seq) fields->Fail("it returns before its call");
      history_.Complete(index, outcome, back);
    } else if (const auto ns = fields->Ns("gave_up", false, kNeverNs);
               ns != kNeverNs) {
      history_.Complete(index, outcome, {kNeverSeq, ns});
    }
  }

  void Values(Outcome outcome, Fields* fields, Operation* op) {
    const bool cas = op->kind == OpKind::kCas;
    if (op->kind == OpKind::kPut || cas) {
      op->written_digest = fields->Hex("value", true);
    }
    if (cas) op->expected_tag = fields->Uint("expected", kAny64);
    if (outcome != Outcome::kOk || (!cas && op->kind != OpKind::kGet)) return;
    if (cas) op->cas_succeeded = fields->Bool("applied", true, false);
    const Json* saw = fields->Need("saw");
    if (saw == nullptr) return;
    Fields inner(*saw);
    op->tag_known = saw->Find("tag") != nullptr;
    op->observed_tag = inner.Uint("tag", kAny64, false);
    op->found = inner.Bool("found", true, false);
    if (op->found) op->observed_digest = inner.Hex("value", true);
    if (const std::string problem = inner.Done(); !problem.empty()) {
      fields->Fail(absl::StrCat("in \"saw\": ", problem));
    }
  }

  void Details(Fields* fields, Operation* op) {
    op->node = history_.InternName(fields->Text("node", false));
    op->error = history_.InternName(fields->Text("error", false));
    op->attempts =
        static_cast<std::uint8_t>(fields->Uint("attempts", 255, false, 1));
    if (const Json* level = fields->Take("level"); level != nullptr) {
      if (!Level(*level, op)) fields->Wrong("level", "[asked, given]");
    }
    const Json* witness = fields->Take("witness");
    if (witness == nullptr) return;
    std::uint64_t term = 0;
    std::uint64_t sub = Witness::kAfterAll;
    const std::vector<Json>& items = witness->items;
    const bool sized = witness->type == Json::Type::kArray &&
                       (items.size() == 2 || items.size() == 3);
    if (!sized || !items[0].GetUint(&term) || term > kAny32 ||
        !items[1].GetUint(&op->witness.index) ||
        (items.size() == 3 && (!items[2].GetUint(&sub) || sub > kAny32))) {
      fields->Wrong("witness", "[term, index] or [term, index, sub]");
    }
    op->witness.term = static_cast<std::uint32_t>(term);
    op->witness.sub = static_cast<std::uint32_t>(sub);
  }

  static bool Level(const Json& level, Operation* op) {
    if (level.type != Json::Type::kArray || level.items.size() != 2) {
      return false;
    }
    const Slice asked = level.items[0].text;
    const Slice given = level.items[1].text;
    if (op->kind == OpKind::kGet) {
      return ParseReadLevel(asked, &op->read_asked) &&
             ParseReadLevel(given, &op->read_given);
    }
    return ParseWriteLevel(asked, &op->write_asked, &op->copies_asked) &&
           ParseWriteLevel(given, &op->write_given, &op->copies_given);
  }

  void Fault(Fields* fields) {
    FaultWindow fault;
    fault.id = std::string(fields->Text("fault", true));
    fault.kind = std::string(fields->Text("kind", true));
    fault.target = std::string(fields->Text("target", true));
    fault.start_ns = fields->Ns("start", true, 0);
    fault.stop_ns = fields->Ns("stop", false, kNeverNs);
    fault.effective = fields->Bool("effective", true, false);
    fault.effect = std::string(fields->Text("effect", false));
    if (fault.stop_ns < fault.start_ns) fields->Fail("stops before it starts");
    history_.AddFault(std::move(fault));
  }

  void Node(Fields* fields) {
    NodeEvent event;
    if (!ParseNodeEvent(fields->Text("node_event", true), &event.kind)) {
      fields->Wrong("node_event", "up, down, paused, resumed or a role");
    }
    event.node = history_.InternName(fields->Text("node", true));
    event.ns = fields->Ns("ns", true, 0);
    event.term = fields->Uint("term", kAny64, false);
    event.note = std::string(fields->Text("note", false));
    history_.AddNodeEvent(std::move(event));
  }

  void Final(Fields* fields) {
    FinalState& final_state = history_.final_state();
    if (final_state.recorded) fields->Fail("a second final state");
    final_state.recorded = fields->Bool("final", true, true);
    final_state.healed_ns = fields->Ns("healed", true, 0);
    final_state.converged_ns = fields->Ns("converged", false, kNeverNs);
    final_state.limit_ns = fields->Ns("limit", true, 0);
    final_state.at_rest = fields->Bool("at_rest", false, true);
  }

  void Owners(Fields* fields) {
    KeyOwners owners;
    owners.key = Key(fields);
    const Json* nodes = fields->Need("owners");
    if (nodes == nullptr) return;
    for (const Json& node : nodes->items) {
      if (node.type != Json::Type::kString) fields->Wrong("owners", "names");
      owners.nodes.push_back(history_.InternName(node.text));
    }
    if (owners.nodes.empty()) fields->Wrong("owners", "a list of nodes");
    if (!fields->failed()) {
      history_.final_state().owners.push_back(std::move(owners));
    }
  }

  void Replica(Fields* fields) {
    FinalReplica replica;
    replica.node = history_.InternName(fields->Text("replica", true));
    replica.applied = fields->Uint("applied", kAny64);
    replica.reachable = fields->Bool("reachable", true, true);
    replica.authoritative = fields->Bool("authoritative", true, false);
    history_.final_state().replicas.push_back(std::move(replica));
  }

  void Holds(Fields* fields) {
    const NameId node = history_.InternName(fields->Text("holds", true));
    FinalEntry entry;
    entry.key = Key(fields);
    entry.tag = fields->Uint("tag", kAny64);
    entry.found = fields->Bool("found", true, false);
    if (entry.found) entry.digest = fields->Hex("value", true);
    std::vector<FinalReplica>& replicas = history_.final_state().replicas;
    if (replicas.empty() || replicas.back().node != node) {
      fields->Fail("not below the line of its replica");
      return;
    }
    replicas.back().entries.push_back(entry);
  }

  History history_;
  absl::flat_hash_set<Tag> seen_;
  bool started_ = false;
  bool owned_ = false;  // version 2: says who owns keys
};

}  // namespace

absl::StatusOr<History> ReadJsonl(Slice text) { return Reader().Read(text); }

}  // namespace wringer::reports
