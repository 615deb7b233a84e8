#include "engine/node/applier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "engine/node/keyspace.h"

namespace wringer::node {
namespace {

using replication::EntryKind;
using replication::LogEntry;
using session::Result;
using session::SessionTable;
using wire::OpKind;
using wire::Outcome;

constexpr std::uint64_t kSequencesPerEntry = 2;
// How long the planted SNP-01 leaves the cursor ahead of the data.
constexpr Nanos kCursorAheadOfData = 1 * kMillisecond;

Result Refusal(Outcome outcome, LogPosition at) {
  Result result;
  result.outcome = outcome;
  result.position = at;
  return result;
}

}  // namespace

Applier::Applier(const NodeOptions& options, env::Env* env,
                 storage::StorageEngine* engine, log_store::LogStore* log,
                 Host* host, ConfigMachine* machine)
    : options_(options),
      env_(env),
      engine_(engine),
      log_(log),
      host_(host),
      machine_(machine),
      sessions_(options.sessions),
      work_(env->fibers) {}

absl::Status Applier::Load() {
  WR_ASSIGN_OR_RETURN(const std::optional<std::string> cursor,
                      engine_->Get(kCursorKey));
  applied_ = {};
  if (cursor.has_value() && !DecodeCursor(*cursor, &applied_)) {
    return absl::DataLossError("the applied cursor cannot be read");
  }
  WR_ASSIGN_OR_RETURN(std::optional<std::string> config,
                      engine_->Get(kConfigKey));
  config_ = std::move(config).value_or(std::string());
  WR_RETURN_IF_ERROR(sessions_.Load(engine_));
  if (machine_ != nullptr) WR_RETURN_IF_ERROR(machine_->Load(engine_));
  digest_.Clear();
  const auto it = engine_->NewIterator();
  for (it->Seek(Slice(&kDataPrefix, 1)); it->Valid(); it->Next()) {
    if (IsDataKey(it->key())) digest_.Add(it->key(), it->value());
  }
  WR_RETURN_IF_ERROR(it->status());
  applied_sequence_ = engine_->last_sequence();
  applying_ = applied_;
  applying_sequence_ = applied_sequence_;
  sequence_offset_ =
      applied_sequence_.value() - kSequencesPerEntry * applied_.index.value();
  commit_ = applied_.index;
  return absl::OkStatus();
}

void Applier::Start() {
  env_->fibers->Spawn("applier", [this] { Run(); });
}

void Applier::Commit(LogIndex upto) {
  if (upto <= commit_) return;
  commit_ = upto;
  work_.WakeOne();
}

void Applier::Install(SnapshotImage image) {
  install_ = std::move(image);
  work_.WakeOne();
}

SequenceNumber Applier::SequenceOf(LogIndex index) const {
  return SequenceNumber(kSequencesPerEntry * index.value() + sequence_offset_);
}

LogIndex Applier::IndexAt(SequenceNumber sequence) const {
  const std::uint64_t doubled = sequence.value() - sequence_offset_;
  return std::min(LogIndex(doubled / kSequencesPerEntry), applied_.index);
}

LogPosition Applier::PositionAt(SequenceNumber sequence) const {
  // A batch may be visible before Apply has returned.
  if (sequence == applying_sequence_) return applying_;
  return applied_;
}

void Applier::Run() {
  while (!stopped_) {
    if (install_.has_value()) {
      SnapshotImage image = std::move(*install_);
      install_.reset();
      const absl::Status status = RunInstall(std::move(image));
      if (!status.ok()) return host_->Halt(status);
      continue;
    }
    if (applied_.index >= commit_) {
      work_.Wait();
      continue;
    }
    const absl::Status status = ApplyPage();
    if (!status.ok()) return host_->Halt(status);
    host_->OnAppliedUpTo(applied_);
  }
}

absl::Status Applier::ApplyPage() {
  const LogIndex commit = commit_;
  WR_ASSIGN_OR_RETURN(const std::vector<LogEntry> page,
                      log_->ReadEntries(applied_.index.next(), commit,
                                        options_.limits.apply_page_bytes));
  std::size_t slice = 0;
  for (const LogEntry& entry : page) {
    if (stopped_ || install_.has_value()) return absl::OkStatus();
    WR_CHECK(entry.index == applied_.index.next());
    WR_RETURN_IF_ERROR(ApplyEntry(entry));
    if (++slice % options_.limits.apply_slice_entries == 0) {
      env_->fibers->Sleep(0);
    }
  }
  if (WR_MUTANT(kApplierSkipsCutPage)) applied_.index = commit;
  return absl::OkStatus();
}

absl::Status Applier::ApplyEntry(const LogEntry& entry) {
  batch_.Clear();
  delta_.Clear();
  env_->cpu->Charge(options_.cpu.per_apply +
                    options_.cpu.per_kib * Nanos(entry.payload.size() >> 10));
  WR_ASSIGN_OR_RETURN(const Result result, Execute(entry));
  WR_RETURN_IF_ERROR(Write(entry));
  bytes_applied_ += entry.payload.size();
  host_->OnExecuted(entry, result);
  return absl::OkStatus();
}

absl::Status Applier::Write(const LogEntry& entry) {
  applying_ = entry.position();
  applying_sequence_ = SequenceOf(entry.index);
  // The log is authoritative; an engine journal, if any, only buffers.
  const storage::Durability durability = options_.engine.journal
                                             ? storage::Durability::kBuffered
                                             : storage::Durability::kMemory;
  if (WR_MUTANT(kCursorInOwnBatch)) {
    storage::WriteBatch cursor;
    EncodeCursor(applying_, cursor.PutAt(kCursorKey));
    WR_RETURN_IF_ERROR(
        engine_->Apply(cursor, applying_sequence_.prev(), durability));
    env_->fibers->Sleep(kCursorAheadOfData);
  } else {
    EncodeCursor(applying_, batch_.PutAt(kCursorKey));
  }
  WR_RETURN_IF_ERROR(engine_->Consume(&batch_, applying_sequence_, durability));
  digest_.Merge(delta_);
  applied_ = applying_;
  applied_sequence_ = applying_sequence_;
  return absl::OkStatus();
}

absl::StatusOr<Result> Applier::Execute(const LogEntry& entry) {
  const LogPosition at = entry.position();
  if (entry.kind == EntryKind::kNoop) return Refusal(Outcome::kOk, at);
  if (entry.kind == EntryKind::kConfig) {
    batch_.Put(kConfigKey, entry.payload);
    config_.assign(entry.payload.data(), entry.payload.size());
    return Refusal(Outcome::kOk, at);
  }
  if (machine_ != nullptr) {
    return machine_->Execute(entry.payload, at, &batch_, &delta_);
  }
  if (!wire::DecodeCommand(entry.payload, &command_).ok()) {
    return absl::DataLossError(
        absl::StrCat("log entry ", at.index.value(), " is not a command"));
  }
  // Well before it is looked up, which reads it as wider words than these.
  MakeDataKey(command_.key, &key_);
  if (command_.kind == OpKind::kRegisterSession) {
    const bool open =
        sessions_.Register(command_.client, command_.seq, at.index, &batch_);
    return Refusal(open ? Outcome::kOk : Outcome::kSessionUnknown, at);
  }
  // A read that took its place in the log: no effect, so no session.
  if (command_.kind == OpKind::kGet) return ExecuteWrite(command_, at);
  return ExecuteOnce(command_, at);
}

absl::StatusOr<Result> Applier::ExecuteOnce(const wire::Command& command,
                                            LogPosition at) {
  const SessionTable::Lookup seen = sessions_.Find(command.client, command.seq);
  switch (seen.verdict) {
    case SessionTable::Verdict::kUnknownSession:
      return Refusal(Outcome::kSessionUnknown, at);
    case SessionTable::Verdict::kForgotten:
      return Refusal(Outcome::kUnknown, at);
    case SessionTable::Verdict::kAnswered:
      WR_MARK(kSessionRetryAnswered);
      return *seen.result;
    case SessionTable::Verdict::kNew:
      break;
  }
  WR_ASSIGN_OR_RETURN(Result result, ExecuteWrite(command, at));
  // The catalogue's SES-01: only the node that answers remembers.
  if (WR_MUTANT(kSessionDedupOnLeaderOnly) && !host_->Awaited(at)) {
    return result;
  }
  sessions_.Remember(command.client, command.seq, command.acknowledged, result,
                     &batch_);
  return result;
}

absl::StatusOr<Result> Applier::ExecuteWrite(const wire::Command& command,
                                             LogPosition at) {
  WR_ASSIGN_OR_RETURN(const bool exists, engine_->GetInto(key_, &before_));
  StoredValue held;
  if (exists && !DecodeStored(before_, &held)) {
    return absl::DataLossError("a stored value cannot be read");
  }
  Result result;
  result.position = at;
  result.tag = held.tag;
  result.found = exists && !held.tombstone;
  // A tombstone is a version like any other: whoever saw it may replace it.
  const OpId current = exists ? held.tag : OpId{};
  const bool refused =
      command.kind == OpKind::kCas && current != command.expected_tag;
  if (command.kind == OpKind::kGet || refused) {
    if (result.found) result.value.assign(held.value.data(), held.value.size());
    return result;
  }
  StoredValue next{.tombstone = command.kind == OpKind::kDelete,
                   .tag = command.op,
                   .position = at,
                   .value = command.value};
  if (next.tombstone) next.value = Slice();
  std::string* const stored = batch_.PutAt(key_);
  EncodeStored(next, stored);
  if (exists) {
    delta_.Replace(key_, before_, *stored);
  } else {
    delta_.Add(key_, *stored);
  }
  // A delete tells whether there was something; a put or compare-and-set,
  // that there is now. All tell the tag they wrote.
  if (command.kind != OpKind::kDelete) result.found = true;
  result.cas_applied = command.kind == OpKind::kCas;
  result.tag = command.op;
  return result;
}

absl::Status Applier::RunInstall(SnapshotImage image) {
  // An older snapshot, late or doubled, must not undo what was executed
  // since. Positions compare by term first: state of a deposed leadership is
  // older than any of its successor's, whatever its index. Unless what was
  // executed is itself what has to go.
  const bool before_base = image.at.index <= log_->base().index;
  const bool stale = (image.at <= applied_ || before_base) && !image.diverged;
  if (stale && !WR_MUTANT(kInstallsOlderSnapshot)) {
    host_->OnSnapshotInstalled(image.at, false);
    return absl::OkStatus();
  }
  if (before_base) {
    // First the log: dying in between leaves a state that is ahead of its log,
    // which recovery joins again.
    host_->OnLogRestarting();
    log_->SubmitRestart(image.at);
    waits_for_log_ = true;
    while (!stopped_ && log_->durable().log != image.at) work_.Wait();
    waits_for_log_ = false;
    if (stopped_) return absl::OkStatus();
  }
  const SequenceNumber sequence =
      std::max(SequenceOf(image.at.index), engine_->last_sequence().next());
  WR_RETURN_IF_ERROR(engine_->ReplaceAll(image.contents, sequence));
  const std::uint64_t bytes_applied = bytes_applied_;
  WR_RETURN_IF_ERROR(Load());
  bytes_applied_ = bytes_applied;
  if (applied_ != image.at) {
    return absl::DataLossError("an installed snapshot lacks its cursor");
  }
  host_->OnSnapshotInstalled(image.at, true);
  return absl::OkStatus();
}

}  // namespace wringer::node
