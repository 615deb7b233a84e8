#include "reports/history/foreign.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace wringer::reports {
namespace {

constexpr std::array<const char*, 4> kModels = {
    "cas-register", "multi-register", "mutex", "kv"};

std::string TxnText(const ForeignHistory& history, const ForeignOp& op) {
  std::string text = "txn";
  for (const MicroOp& micro : op.txn) {
    absl::StrAppend(&text, micro.write ? " write " : " read ",
                    history.keys.Text(micro.key));
    if (micro.write || micro.known) {
      absl::StrAppend(&text, micro.write ? " = " : " -> ",
                      history.values.Text(micro.value));
    }
  }
  return text;
}

std::string What(const ForeignHistory& history, const ForeignOp& op) {
  const Slice value = history.values.Text(op.value);
  const Slice expected = history.values.Text(op.expected);
  switch (op.kind) {
    case ForeignKind::kRead:
      return absl::StrCat("read -> ", value);
    case ForeignKind::kWrite:
      return absl::StrCat("write ", value);
    case ForeignKind::kCas:
      return absl::StrCat("cas ", expected, " -> ", value);
    case ForeignKind::kRefusedCas:
      return absl::StrCat("cas from ", expected, " refused");
    case ForeignKind::kAppend:
      return absl::StrCat("append ", value);
    case ForeignKind::kAcquire:
      return "acquire";
    case ForeignKind::kRelease:
      return "release";
    case ForeignKind::kTxn:
      return TxnText(history, op);
  }
  return "";
}

}  // namespace

Slice ForeignModelName(ForeignModel model) {
  return kModels[static_cast<std::size_t>(model)];
}

bool ParseForeignModel(Slice text, ForeignModel* out) {
  for (std::size_t i = 0; i < kModels.size(); ++i) {
    if (text != kModels[i]) continue;
    *out = static_cast<ForeignModel>(i);
    return true;
  }
  return false;
}

std::string ForeignOpText(const ForeignHistory& history, const ForeignOp& op) {
  std::string text = absl::StrCat("process ", op.process, ": ");
  const bool by_key = op.kind != ForeignKind::kTxn &&
                      history.model != ForeignModel::kMutex &&
                      history.keys.size() > 1;
  if (by_key) {
    absl::StrAppend(&text, "key ", history.keys.Text(op.key), ": ");
  }
  absl::StrAppend(&text, What(history, op), " (line ", op.call_line);
  if (op.ret_line != 0) {
    absl::StrAppend(&text, ", answered line ", op.ret_line);
  }
  absl::StrAppend(&text, op.unknown ? ", outcome unknown)" : ")");
  return text;
}

}  // namespace wringer::reports
