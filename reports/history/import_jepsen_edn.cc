// Jepsen's EDN histories. Rules taken from Knossos: failed operations are
// dropped, :info may have happened or not, a nil read may have seen anything.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "reports/history/edn_reader.h"
#include "reports/history/import.h"
#include "reports/history/op_pairing.h"

namespace wringer::reports {
namespace {

class Importer {
 public:
  explicit Importer(const ImportOptions& options) : options_(options) {
    history_.model = options.model;
    // An absent string reads as "", and "nil" may be somebody's string.
    history_.values.Intern(options.model == ForeignModel::kKv ? "" : "nil");
    const std::string initial = options.initial.empty() ? "0" : options.initial;
    if (options.model == ForeignModel::kCasRegister ||
        options.model == ForeignModel::kMultiRegister) {
      history_.initial = history_.values.Intern(initial);
    }
  }

  absl::Status Event(const Edn& event) {
    if (event.type != Edn::Type::kMap) {
      return LineError(event.line, "expected a map {:process ...}");
    }
    const Edn* process = event.Find("process");
    if (process == nullptr) return LineError(event.line, "no :process");
    // The nemesis and other actors that are not clients.
    if (process->type != Edn::Type::kInteger) return absl::OkStatus();
    const Edn* type = event.Find("type");
    EventType event_type;
    if (type == nullptr || type->type != Edn::Type::kKeyword ||
        !ParseEventType(type->text, &event_type)) {
      return LineError(event.line, ":type must be :invoke :ok :fail or :info");
    }
    return ClientEvent(event, process->integer, event_type);
  }

  ForeignHistory Finish() {
    pairing_.Finish();
    if (history_.keys.size() == 0) history_.keys.Intern("");
    return std::move(history_);
  }

 private:
  absl::Status ClientEvent(const Edn& event, std::int64_t process,
                           EventType type) {
    ForeignOp op;
    op.process = process;
    const Edn* f = event.Find("f");
    if (f == nullptr || !ParseKind(*f, &op.kind)) {
      return LineError(event.line,
                       absl::StrCat(":f is not an operation of model ",
                                    ForeignModelName(options_.model)));
    }
    static const Edn kNone;
    const Edn* value = event.Find("value");
    if (value == nullptr) value = &kNone;
    const bool asks = type == EventType::kInvoke;
    const bool answers = type == EventType::kOk && Answers(op.kind);
    bool known = true;
    // What a failed or unknown completion carries may be an error text.
    if (asks || answers) {
      if (Slice problem = Arguments(event, *value, asks, &op, &known);
          !problem.empty()) {
        return LineError(event.line, problem);
      }
    }
    return Record(event, type, op, known);
  }

  absl::Status Record(const Edn& event, EventType type, const ForeignOp& op,
                      bool known) {
    const Edn* time = event.Find("time");
    const std::int64_t ns = time != nullptr && time->type == Edn::Type::kInteger
                                ? time->integer
                                : -1;
    ForeignOp* call = nullptr;
    const absl::Status added = pairing_.Add(type, op, ns, event.line, &call);
    if (!added.ok() || call == nullptr) return added;
    if (type == EventType::kFail || (type == EventType::kOk && !known)) {
      pairing_.Drop(call);
    } else if (type == EventType::kOk && Answers(op.kind)) {
      if (call->key != op.key || call->txn.size() != op.txn.size()) {
        return LineError(event.line, "answers another question than was asked");
      }
      call->value = op.value;
      call->txn = op.txn;
    }
    return added;
  }

  // The completion says more than the call did.
  static bool Answers(ForeignKind kind) {
    return kind == ForeignKind::kRead || kind == ForeignKind::kTxn;
  }

  bool ParseKind(const Edn& f, ForeignKind* out) const {
    if (f.type != Edn::Type::kKeyword) return false;
    struct Name {
      ForeignModel model;
      const char* name;
      ForeignKind kind;
    };
    using enum ForeignModel;
    static constexpr Name kNames[] = {
        {kCasRegister, "read", ForeignKind::kRead},
        {kCasRegister, "write", ForeignKind::kWrite},
        {kCasRegister, "cas", ForeignKind::kCas},
        {kMultiRegister, "txn", ForeignKind::kTxn},
        {kMutex, "acquire", ForeignKind::kAcquire},
        {kMutex, "release", ForeignKind::kRelease},
        {kKv, "get", ForeignKind::kRead},
        {kKv, "put", ForeignKind::kWrite},
        {kKv, "append", ForeignKind::kAppend},
    };
    for (const Name& name : kNames) {
      if (name.model != options_.model || f.text != name.name) continue;
      *out = name.kind;
      return true;
    }
    return false;
  }

  // Empty, or what is wrong.
  Slice Arguments(const Edn& event, const Edn& value, bool asks, ForeignOp* op,
                  bool* known) {
    if (options_.model == ForeignModel::kMutex) {
      op->key = history_.keys.Intern("");
      return "";
    }
    if (options_.model == ForeignModel::kMultiRegister) {
      return Txn(value, asks, op);
    }
    if (options_.model == ForeignModel::kKv) return Kv(event, value, op);
    return Register(value, op, known);
  }

  Slice Register(const Edn& whole, ForeignOp* op, bool* known) {
    const Edn* value = &whole;
    // jepsen.independent wraps every value as [key value].
    const bool pair = value->IsSequence() && value->items.size() == 2;
    const bool keyed =
        pair && (op->kind != ForeignKind::kCas || value->items[1].IsSequence());
    op->key = history_.keys.Intern(keyed ? EdnText(value->items[0]) : "");
    if (keyed) value = &value->items[1];
    if (op->kind == ForeignKind::kCas) {
      if (!value->IsSequence() || value->items.size() != 2) {
        return "a cas needs :value [old new]";
      }
      op->expected = Value(value->items[0]);
      op->value = Value(value->items[1]);
      return "";
    }
    op->value = Value(*value);
    *known = op->kind != ForeignKind::kRead || !value->IsNil() ||
             options_.nil_read_is_absent;
    return "";
  }

  Slice Txn(const Edn& value, bool asks, ForeignOp* op) {
    if (!value.IsSequence()) return "a txn needs a vector of micro-operations";
    for (const Edn& item : value.items) {
      if (!item.IsSequence() || item.items.size() != 3 ||
          item.items[0].type != Edn::Type::kKeyword) {
        return "a micro-operation is [:read key value] or [:write key value]";
      }
      const std::string& f = item.items[0].text;
      MicroOp micro;
      micro.write = f == "write" || f == "w";
      if (!micro.write && f != "read" && f != "r") {
        return "a micro-operation is :read or :write";
      }
      micro.key = history_.keys.Intern(EdnText(item.items[1]));
      micro.value = Value(item.items[2]);
      micro.known =
          !asks && (micro.value != kNilValue || options_.nil_read_is_absent);
      op->txn.push_back(micro);
    }
    return "";
  }

  Slice Kv(const Edn& event, const Edn& value, ForeignOp* op) {
    const Edn* key = event.Find("key");
    if (key == nullptr) return "no :key";
    op->key = history_.keys.Intern(EdnText(*key));
    if (value.IsNil()) return "";
    if (value.type != Edn::Type::kString) return ":value must be a string";
    op->value =
        value.text.empty() ? kNilValue : history_.values.Intern(value.text);
    return "";
  }

  ValueId Value(const Edn& value) {
    return value.IsNil() ? kNilValue : history_.values.Intern(EdnText(value));
  }

  const ImportOptions options_;
  ForeignHistory history_;
  OpPairing pairing_{&history_};
};

}  // namespace

absl::StatusOr<ForeignHistory> ImportJepsenEdn(Slice text,
                                               const ImportOptions& options) {
  absl::StatusOr<std::vector<Edn>> forms = ParseEdn(text);
  if (!forms.ok()) return forms.status();
  // Either every event is a form, or one form holds them all.
  const bool wrapped = forms->size() == 1 && (*forms)[0].IsSequence();
  const std::vector<Edn>& events = wrapped ? (*forms)[0].items : *forms;
  Importer importer(options);
  for (const Edn& event : events) {
    if (const absl::Status status = importer.Event(event); !status.ok()) {
      return status;
    }
  }
  return importer.Finish();
}

}  // namespace wringer::reports
