#include "sim/workload/recorder.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/hash.h"

namespace wringer::sim {
namespace {

reports::OpKind KindOf(wire::OpKind kind) {
  switch (kind) {
    case wire::OpKind::kPut:
      return reports::OpKind::kPut;
    case wire::OpKind::kDelete:
      return reports::OpKind::kDelete;
    case wire::OpKind::kCas:
      return reports::OpKind::kCas;
    case wire::OpKind::kGet:
    case wire::OpKind::kRegisterSession:
      break;
  }
  return reports::OpKind::kGet;
}

reports::WriteLevel LevelOf(const wire::WriteLevel& level) {
  using From = wire::WriteLevelKind;
  using To = reports::WriteLevel;
  switch (level.kind) {
    case From::kMem:
      return To::kMem;
    case From::kOs:
      return To::kOs;
    case From::kLocal:
      return To::kLocal;
    case From::kCopies:
      return To::kCopies;
    case From::kQuorum:
      return To::kQuorum;
    case From::kAll:
      return To::kAll;
    case From::kAny:
      return To::kAny;
  }
  return To::kNone;
}

reports::ReadLevel LevelOf(const wire::ReadLevel& level) {
  using From = wire::ReadLevelKind;
  using To = reports::ReadLevel;
  switch (level.kind) {
    case From::kLocal:
      return To::kLocal;
    case From::kSession:
      return To::kSession;
    case From::kBounded:
      return To::kBounded;
    case From::kLeader:
      return To::kLeader;
    case From::kLease:
      return To::kLease;
    case From::kQuorum:
      return To::kQuorum;
    case From::kStrong:
      return To::kStrong;
  }
  return To::kNone;
}

Slice ErrorText(wire::Outcome reason) {
  switch (reason) {
    case wire::Outcome::kOk:
      return "";
    case wire::Outcome::kNotLeader:
      return "not leader";
    case wire::Outcome::kUnavailable:
      return "unavailable";
    case wire::Outcome::kUnknown:
      return "no answer";
    case wire::Outcome::kUnsupported:
      return "unsupported";
    case wire::Outcome::kSessionUnknown:
      return "session unknown";
    case wire::Outcome::kNoSpace:
      return "no space";
  }
  return "";
}

reports::Outcome OutcomeOf(client::Fate fate) {
  switch (fate) {
    case client::Fate::kOk:
      return reports::Outcome::kOk;
    case client::Fate::kFailed:
      return reports::Outcome::kFail;
    case client::Fate::kUnknown:
      break;
  }
  return reports::Outcome::kUnknown;
}

std::uint8_t Clamp8(std::uint32_t n) {
  return static_cast<std::uint8_t>(std::min<std::uint32_t>(n, 255));
}

}  // namespace

reports::Moment Recorder::Now() {
  constexpr std::uint64_t kPlacesPerEvent = 1024;
  last_seq_ = std::max(last_seq_ + 1, world_->events_run() * kPlacesPerEvent);
  return {last_seq_, world_->now()};
}

void Recorder::Called(std::uint32_t client, const PlannedOp& op,
                      const client::Operation& operation) {
  reports::Operation record;
  record.op_id = op.id.value();
  record.client = client;
  record.kind = KindOf(op.kind);
  record.key = history_->InternKey(op.key);
  if (record.kind == reports::OpKind::kGet) {
    record.read_asked = LevelOf(operation.read_level);
  } else {
    record.write_asked = LevelOf(operation.write_level);
    record.copies_asked = Clamp8(operation.write_level.copies);
  }
  if (!op.value.empty()) record.written_digest = Hash64(op.value);
  record.expected_tag = op.expected_tag.value();
  const reports::OpIndex index = history_->Call(record, Now());
  WR_CHECK(open_.emplace(op.id.value(), index).second);
  ++counts_.called;
}

void Recorder::FillReply(const client::Completion& completion,
                         reports::Operation* op) {
  const wire::ClientReply& reply = completion.reply;
  op->found = reply.found;
  op->cas_succeeded = op->kind == reports::OpKind::kCas && reply.cas_applied;
  // What a successful compare saw is what it expected; the reply's tag is its
  // own by then.
  op->observed_tag = op->cas_succeeded ? op->expected_tag : reply.tag.value();
  if (reply.found && !op->cas_succeeded) {
    op->observed_digest = Hash64(reply.value);
  }
  if (op->kind == reports::OpKind::kGet) {
    op->read_given = LevelOf(reply.read_level);
  } else {
    op->write_given = LevelOf(reply.write_level);
    op->copies_given = Clamp8(reply.write_level.copies);
  }
  op->witness.index = reply.position.index.value();
  op->witness.term = static_cast<std::uint32_t>(reply.position.term.value());
  const bool changed = op->kind == reports::OpKind::kPut ||
                       op->kind == reports::OpKind::kDelete ||
                       op->cas_succeeded;
  op->witness.sub = changed ? 0 : reports::Witness::kAfterAll;
}

void Recorder::Returned(const client::Completion& completion) {
  const auto it = open_.find(completion.op.value());
  WR_CHECK(it != open_.end());
  const reports::OpIndex index = it->second;
  open_.erase(it);
  reports::Operation& op = history_->op(index);
  op.attempts = Clamp8(std::max<std::uint32_t>(completion.attempts, 1));
  counts_.retries += std::max<std::uint32_t>(completion.attempts, 1) - 1;
  if (completion.node != kNoNode) {
    op.node = history_->InternName(NodeName(completion.node));
  }
  if (completion.fate == client::Fate::kOk) {
    FillReply(completion, &op);
  } else {
    op.error = history_->InternName(ErrorText(completion.reason));
  }
  const reports::Outcome outcome = OutcomeOf(completion.fate);
  history_->Complete(index, outcome, Now());
  const reports::Operation& done = history_->op(index);
  counts_.ok += outcome == reports::Outcome::kOk;
  counts_.failed += outcome == reports::Outcome::kFail;
  counts_.unknown += outcome == reports::Outcome::kUnknown;
  counts_.cas_refused += done.kind == reports::OpKind::kCas && done.Observes();
  if (done.WriteAcknowledged()) {
    ++counts_.writes_ok;
    if (listener_ != nullptr) listener_->OnWriteAcked(completion.node);
  }
}

}  // namespace wringer::sim
