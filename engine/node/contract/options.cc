#include "engine/node/contract/options.h"

#include "absl/strings/str_cat.h"

namespace wringer::node {
namespace {

absl::Status Positive(const char* field, std::uint64_t value) {
  if (value > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("node: ", field, " is 0"));
}

absl::Status NotNegative(const char* field, Nanos value) {
  if (value >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("node: ", field, " is negative"));
}

}  // namespace

absl::Status Validate(const NodeOptions& options) {
  const NodeLimits& limits = options.limits;
  const CpuCosts& cpu = options.cpu;
  for (const absl::Status& status : {
           Positive("replication.self", options.replication.self.value()),
           Positive("limits.key_bytes", limits.key_bytes),
           Positive("limits.value_bytes", limits.value_bytes),
           Positive("limits.open_requests", limits.open_requests),
           Positive("limits.apply_page_bytes", limits.apply_page_bytes),
           Positive("limits.apply_slice_entries", limits.apply_slice_entries),
           Positive("limits.read_fibers", limits.read_fibers),
           Positive("limits.snapshot_bytes", limits.snapshot_bytes),
           Positive("checkpoint_bytes", options.checkpoint_bytes),
           Positive("sessions.max_sessions", options.sessions.max_sessions),
           Positive("sessions.max_results", options.sessions.max_results),
           NotNegative("cpu.per_message", cpu.per_message),
           NotNegative("cpu.per_kib", cpu.per_kib),
           NotNegative("cpu.per_apply", cpu.per_apply),
           NotNegative("cpu.per_read", cpu.per_read),
           NotNegative("checkpoint_retry", options.checkpoint_retry),
       }) {
    if (!status.ok()) return status;
  }
  if (options.config_group && options.replication.model != "raft") {
    return absl::InvalidArgumentError(
        "node: a member of the config group runs raft");
  }
  if (options.detector.kind != membership::DetectorOptions::Kind::kNone &&
      options.detector.interval <= 0) {
    return absl::InvalidArgumentError(
        "node: detector.interval must be positive");
  }
  if (!options.config_nodes.empty() && options.config_heartbeat <= 0) {
    return absl::InvalidArgumentError(
        "node: config_heartbeat must be positive to ask a config service");
  }
  return absl::OkStatus();
}

bool Syncs(const wal::WalOptions& wal) {
  return wal.sync == wal::SyncPolicy::kEvery ||
         wal.sync == wal::SyncPolicy::kGroup;
}

}  // namespace wringer::node
