// The text log of early Jepsen, as kept with its etcd runs:
//   INFO  jepsen.util - 3<TAB>:invoke<TAB>:cas<TAB>[0 3]
// Lines without " - " after a jepsen.util prefix are other people's chatter.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "reports/history/edn_reader.h"
#include "reports/history/import.h"
#include "reports/history/op_pairing.h"

namespace wringer::reports {
namespace {

constexpr Slice kPrefix = "jepsen.util - ";

class Importer {
 public:
  explicit Importer(const ImportOptions& options) {
    history_.model = ForeignModel::kCasRegister;
    history_.values.Intern("nil");
    if (!options.initial.empty() && options.initial != "nil") {
      history_.initial = history_.values.Intern(options.initial);
    }
    history_.keys.Intern("");
  }

  absl::Status Line(Slice text, std::uint32_t line) {
    const std::vector<Slice> fields =
        absl::StrSplit(text, absl::ByAnyChar("\t "), absl::SkipEmpty());
    ForeignOp op;
    if (fields.empty()) return LineError(line, "an event without a process");
    // Fault lines: "INFO  jepsen.util - :nemesis :info :start ...".
    if (fields[0][0] == ':') return absl::OkStatus();
    if (!absl::SimpleAtoi(fields[0], &op.process) || op.process < 0) {
      return LineError(line, "the process is not a number");
    }
    EventType type;
    if (fields.size() < 4 || fields[1][0] != ':' ||
        !ParseEventType(fields[1].substr(1), &type)) {
      return LineError(line, "expected process, :type, :f and value");
    }
    if (!ParseKind(fields[2], &op.kind)) {
      return LineError(line, absl::StrCat("unknown operation ", fields[2]));
    }
    const std::vector<Slice> rest(fields.begin() + 3, fields.end());
    return Event(type, absl::StrJoin(rest, " "), &op, line);
  }

  ForeignHistory Finish() {
    pairing_.Finish();
    return std::move(history_);
  }

 private:
  static bool ParseKind(Slice text, ForeignKind* out) {
    if (text == ":read") {
      *out = ForeignKind::kRead;
    } else if (text == ":write") {
      *out = ForeignKind::kWrite;
    } else if (text == ":cas") {
      *out = ForeignKind::kCas;
    } else {
      return false;
    }
    return true;
  }

  absl::Status Event(EventType type, Slice value, ForeignOp* op,
                     std::uint32_t line) {
    const bool read = op->kind == ForeignKind::kRead;
    const bool has_value =
        type == EventType::kInvoke || (type == EventType::kOk && read);
    if (has_value && !Arguments(value, op)) {
      return LineError(line, absl::StrCat("bad value ", value));
    }
    ForeignOp* call = nullptr;
    const absl::Status added = pairing_.Add(type, *op, -1, line, &call);
    if (!added.ok() || call == nullptr) return added;
    if (type == EventType::kOk && read) call->value = op->value;
    if (type != EventType::kFail) return added;
    if (op->kind == ForeignKind::kCas && value != ":timed-out") {
      call->kind = ForeignKind::kRefusedCas;
    } else {
      pairing_.Drop(call);
    }
    return added;
  }

  bool Arguments(Slice text, ForeignOp* op) {
    const absl::StatusOr<std::vector<Edn>> forms = ParseEdn(text);
    if (!forms.ok() || forms->size() != 1) return false;
    const Edn& value = (*forms)[0];
    if (op->kind != ForeignKind::kCas) return Value(value, &op->value);
    return value.IsSequence() && value.items.size() == 2 &&
           Value(value.items[0], &op->expected) &&
           Value(value.items[1], &op->value);
  }

  bool Value(const Edn& value, ValueId* out) {
    if (!value.IsNil() && value.type != Edn::Type::kInteger) return false;
    *out = value.IsNil() ? kNilValue : history_.values.Intern(EdnText(value));
    return true;
  }

  ForeignHistory history_;
  OpPairing pairing_{&history_};
};

}  // namespace

absl::StatusOr<ForeignHistory> ImportJepsenLog(Slice text,
                                               const ImportOptions& options) {
  if (options.model != ForeignModel::kCasRegister) {
    return absl::InvalidArgumentError(
        "jepsen-log holds histories of model cas-register only");
  }
  Importer importer(options);
  std::uint32_t number = 0;
  for (Slice line : absl::StrSplit(text, '\n')) {
    ++number;
    const auto at = line.find(kPrefix);
    if (at == Slice::npos) {
      if (absl::StripAsciiWhitespace(line).empty() ||
          absl::StartsWith(line, "INFO") || absl::StartsWith(line, "WARN")) {
        continue;
      }
      return LineError(number, "not a line of a Jepsen log");
    }
    line.remove_prefix(at + kPrefix.size());
    const absl::Status status =
        importer.Line(absl::StripAsciiWhitespace(line), number);
    if (!status.ok()) return status;
  }
  return importer.Finish();
}

}  // namespace wringer::reports
