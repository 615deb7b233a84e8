// Everything that can be chosen about a node, with every limit in one place.
#ifndef WR_ENGINE_NODE_CONTRACT_OPTIONS_H_
#define WR_ENGINE_NODE_CONTRACT_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/types.h"
#include "engine/log_store/log_store.h"
#include "engine/membership/config_judge.h"
#include "engine/membership/detector.h"
#include "engine/replication/options.h"
#include "engine/session/session_table.h"
#include "engine/storage/factory.h"

namespace wringer::node {

// What the node's processor is charged. Constants of the scenario, never
// measured: they make a node saturate, and are the same on every machine.
struct CpuCosts {
  Nanos per_message = 2 * kMicrosecond;  // received or sent
  Nanos per_kib = 500;                   // of a message, or of an entry applied
  Nanos per_apply = 2 * kMicrosecond;    // an entry, or a merge
  Nanos per_read = 1 * kMicrosecond;
};

struct NodeLimits {
  std::size_t key_bytes = 4 << 10;
  std::size_t value_bytes = 1 << 20;
  std::size_t open_requests = 10'000;  // more are refused as unavailable
  // Entries of the log not executed yet; with more, writes are refused as
  // unavailable. A queue that grows faster than disks and backups drain it
  // would answer nobody in time (etcd: "too many requests").
  std::size_t backlog_entries = 512;
  std::size_t apply_page_bytes = 256 << 10;
  // Entries executed before other work of the node gets its turn.
  std::size_t apply_slice_entries = 64;
  std::size_t read_fibers = 2;
  std::size_t snapshot_bytes = std::size_t{1} << 30;  // of one being received
};

struct NodeOptions {
  // What the node does when its disk fails it. Either way it promises nothing
  // more in this life.
  enum class OnFailure : std::uint8_t {
    kStopServing,  // stays up and refuses requests
    kCrash,        // asks its observer to end it
  };

  // Frames of another cluster are dropped.
  std::uint64_t cluster = 0;
  replication::ReplicationOptions replication;
  log_store::LogStoreOptions log;
  storage::EngineOptions engine;
  session::SessionOptions sessions;
  // Whom to ask for the cluster view; empty: nobody.
  std::vector<NodeId> config_nodes;
  Nanos config_heartbeat = 50 * kMillisecond;
  // Set at a member of the config group: it executes config commands, serves
  // replicas and refuses clients.
  std::optional<membership::ConfigServiceOptions> config_group;
  membership::DetectorOptions detector;
  OnFailure on_failure = OnFailure::kStopServing;
  // Applied bytes after which a checkpoint is made, if the engine does not ask
  // for one before.
  std::uint64_t checkpoint_bytes = 4 << 20;
  Nanos checkpoint_retry = 1 * kSecond;  // after one failed for want of space
  CpuCosts cpu;
  NodeLimits limits;
};

// kInvalidArgument naming the first field that makes no sense.
absl::Status Validate(const NodeOptions& options);

// Whether `durable` means synced under this policy.
bool Syncs(const wal::WalOptions& wal);

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_OPTIONS_H_
