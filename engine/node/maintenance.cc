#include "engine/node/maintenance.h"

#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::node {

using env::Component;

Maintenance::Maintenance(const NodeOptions& options, env::Env* env,
                         storage::StorageEngine* engine,
                         const log_store::LogStore* log, const Applier* applier,
                         Host* host)
    : options_(options),
      env_(env),
      engine_(engine),
      log_(log),
      applier_(applier),
      host_(host),
      work_(env->fibers),
      log_moved_(env->fibers) {}

void Maintenance::Start() {
  env_->fibers->Spawn("maintenance", [this] { Run(); });
}

bool Maintenance::CheckpointDue() const {
  return applier_ != nullptr &&
         applier_->bytes_applied() >=
             bytes_at_checkpoint_ + options_.checkpoint_bytes;
}

void Maintenance::Poke() {
  if (work_.empty()) return;  // at work already, and will look again
  if (engine_->HasWork() || CheckpointDue()) work_.WakeOne();
}

void Maintenance::AwaitLog(SequenceNumber sequence) {
  const LogIndex upto = applier_->IndexAt(sequence);
  const auto behind = [&] {
    return log_->durable().log.index < upto && log_->base().index < upto;
  };
  if (behind()) WR_MARK(kCheckpointAwaitedLog);
  while (behind()) log_moved_.Wait();
}

void Maintenance::Run() {
  while (!stopped_) {
    if (!engine_->HasWork() && !CheckpointDue()) {
      work_.Wait();
      continue;
    }
    const absl::Status status = DoWork();
    if (absl::IsResourceExhausted(status)) {
      // The log keeps what the checkpoint would have freed; try again later.
      WR_MARK(kCheckpointNoSpace);
      env_->trace->Log(Component::kNode, "node.checkpoint_failed",
                       status.message());
      env_->fibers->Sleep(options_.checkpoint_retry);
      continue;
    }
    if (!status.ok()) return host_->Halt(status);
    Report();
  }
}

absl::Status Maintenance::DoWork() {
  const bool checkpoint = CheckpointDue();
  const std::uint64_t bytes =
      applier_ == nullptr ? 0 : applier_->bytes_applied();
  const std::uint64_t before = engine_->stats().checkpoints;
  if (engine_->HasWork()) WR_RETURN_IF_ERROR(engine_->Work());
  // The engine may have made one by itself just now.
  if (checkpoint && engine_->stats().checkpoints == before) {
    WR_RETURN_IF_ERROR(engine_->Checkpoint());
  }
  if (engine_->stats().checkpoints == before) return absl::OkStatus();
  bytes_at_checkpoint_ = bytes;
  ++checkpoints_;
  return absl::OkStatus();
}

void Maintenance::Report() {
  if (applier_ == nullptr) return;
  const LogIndex upto = applier_->IndexAt(engine_->durable_sequence());
  if (upto <= reported_) return;
  reported_ = upto;
  const Term term = log_->TermAt(upto);
  // Not held any more: a snapshot has replaced the log meanwhile.
  if (term.value() == 0) return;
  host_->Step(replication::Checkpointed{.upto = {term, upto}});
}

}  // namespace wringer::node
