#include "reports/history/op_pairing.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::reports {
namespace {

// An unknown operation that would change nothing if it happened.
bool UnknownAndPure(const ForeignOp& op) {
  if (!op.unknown) return false;
  if (op.kind == ForeignKind::kRead) return true;
  if (op.kind != ForeignKind::kTxn) return false;
  for (const MicroOp& micro : op.txn) {
    if (micro.write) return false;
  }
  return true;
}

}  // namespace

bool ParseEventType(Slice text, EventType* out) {
  if (text == "invoke") {
    *out = EventType::kInvoke;
  } else if (text == "ok") {
    *out = EventType::kOk;
  } else if (text == "fail") {
    *out = EventType::kFail;
  } else if (text == "info") {
    *out = EventType::kInfo;
  } else {
    return false;
  }
  return true;
}

absl::Status LineError(std::uint32_t line, Slice problem) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", problem));
}

absl::Status OpPairing::Add(EventType type, const ForeignOp& op,
                            std::int64_t ns, std::uint32_t line,
                            ForeignOp** finished) {
  *finished = nullptr;
  ++time_;
  const auto open = open_.find(op.process);
  if (type == EventType::kInvoke) {
    if (open != open_.end()) {
      return LineError(line, absl::StrCat("process ", op.process,
                                          " calls again; its call of line ",
                                          history_->ops[open->second].call_line,
                                          " is still open"));
    }
    open_[op.process] = history_->ops.size();
    history_->ops.push_back(op);
    ForeignOp& call = history_->ops.back();
    call.unknown = true;
    call.call = time_;
    call.call_ns = ns;
    call.call_line = line;
    return absl::OkStatus();
  }
  if (open == open_.end()) {
    return LineError(line, absl::StrCat("process ", op.process,
                                        " completes, but nothing is open"));
  }
  ForeignOp& call = history_->ops[open->second];
  if (call.kind != op.kind) {
    return LineError(line, absl::StrCat("completes another :f than line ",
                                        call.call_line, " called"));
  }
  call.ret_ns = ns;
  call.ret_line = line;
  call.unknown = type == EventType::kInfo;
  call.ret = call.unknown ? ForeignOp::kNever : time_;
  open_.erase(open);
  *finished = &call;
  return absl::OkStatus();
}

void OpPairing::Drop(ForeignOp* op) {
  dropped_.push_back(static_cast<std::size_t>(op - history_->ops.data()));
}

void OpPairing::Finish() {
  std::vector<bool> drop(history_->ops.size(), false);
  for (const std::size_t i : dropped_) drop[i] = true;
  std::vector<ForeignOp> kept;
  for (std::size_t i = 0; i < history_->ops.size(); ++i) {
    if (drop[i] || UnknownAndPure(history_->ops[i])) {
      ++history_->uninformative;
    } else {
      kept.push_back(std::move(history_->ops[i]));
    }
  }
  history_->ops = std::move(kept);
}

}  // namespace wringer::reports
