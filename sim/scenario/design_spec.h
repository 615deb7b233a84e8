// The design under test: cluster, storage, WAL, replication. What `compare`
// varies while the world (world_spec.h) stays the same.
//
// Options of one implementation live in a struct of its name and keep their
// values while another is chosen, so that one file can be run under all.
#ifndef WR_SIM_SCENARIO_DESIGN_SPEC_H_
#define WR_SIM_SCENARIO_DESIGN_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/types.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

enum class ConfigServiceKind : std::uint8_t {
  kNone,      // nobody grants epochs
  kScripted,  // one infallible oracle outside the cluster: for teaching
  kRaft,      // a meta group m1..mN that can itself be hit by faults
};

struct Zone {
  std::string name;
  std::vector<NodeId> nodes;
  bool operator==(const Zone&) const = default;
};

struct ClusterSpec {
  std::uint32_t nodes = 3;  // named n1 .. nN
  std::vector<Zone> zones;  // by name; a node is in one zone at most
  ConfigServiceKind config_service = ConfigServiceKind::kScripted;
  std::uint32_t config_nodes = 3;  // members m1 .. mN of a raft config service
  bool operator==(const ClusterSpec&) const = default;
};

enum class StorageKind : std::uint8_t {
  kMemory,
  kHashLog,
  kBTree,
  kLsm,
  kSqlite
};

// Ordered map, WAL and checkpoints.
struct MemoryStorageSpec {
  // A checkpoint starts when this much WAL was written since the last one.
  std::uint64_t checkpoint_every = 1 * kMiB;
  bool operator==(const MemoryStorageSpec&) const = default;
};

struct StorageSpec {
  StorageKind engine = StorageKind::kMemory;
  MemoryStorageSpec memory;
  bool operator==(const StorageSpec&) const = default;
};

// When the authoritative log is synced.
enum class WalSync : std::uint8_t {
  kEvery,     // one sync per record, before it counts as durable
  kGroup,     // records wait up to `delay` and share one sync
  kInterval,  // a sync every `delay`; acknowledged before it: level `os`
  kNone,      // never: level `os`
};

struct WalSpec {
  WalSync sync = WalSync::kGroup;
  Nanos delay = 2 * kMillisecond;  // of `group` and `interval`
  std::uint64_t segment = 4 * kMiB;
  bool operator==(const WalSpec&) const = default;
};

// What is acknowledged as durable has been synced.
inline bool SyncsBeforeAck(const WalSpec& wal) {
  return wal.sync == WalSync::kEvery || wal.sync == WalSync::kGroup;
}

enum class ReplicationModel : std::uint8_t {
  kSingle,
  kPrimaryBackup,
  kRaft,
  kQuorum,
  kChain,        // known, not built yet
  kMultiLeader,  // known, not built yet
};

// Whom the primary waits for before it answers (replication.md A2.2).
enum class AckRule : std::uint8_t {
  kAsync,     // nobody
  kSemiSync,  // `k` backups
  kSync,      // every member of the in-sync set
};
// What a backup must have done for its acknowledgement to count.
enum class AckedBy : std::uint8_t { kRemoteWrite, kRemoteSync, kRemoteApply };
// When others may see a write at the primary (MySQL AFTER_COMMIT, AFTER_SYNC).
enum class Visibility : std::uint8_t { kBeforeAck, kAfterAck };
// What happens when the backups asked for do not answer.
enum class DegradeRule : std::uint8_t {
  kBlock,   // wait for ever
  kAsync,   // after `degrade_after`, answer alone, at level `local`
  kShrink,  // after `degrade_after`, have the config service drop them
};
enum class FailoverRule : std::uint8_t {
  kNone,
  kScripted,  // only by faults of kind `config`
  kUnfenced,  // detector-driven, the old primary is not told
  kFenced,    // an epoch of the config service, in-sync candidates only
};

struct PrimaryBackupSpec {
  AckRule ack = AckRule::kSync;
  std::uint32_t k = 1;  // semi-sync: backups to wait for
  AckedBy acked_by = AckedBy::kRemoteSync;
  Visibility visible = Visibility::kAfterAck;
  DegradeRule degrade = DegradeRule::kBlock;
  Nanos degrade_after = 1 * kSecond;
  FailoverRule failover = FailoverRule::kFenced;
  Nanos heartbeat = 50 * kMillisecond;
  Nanos failover_timeout = 500 * kMillisecond;  // silence before a failover
  Nanos lease = 300 * kMillisecond;  // the config service's, for lease reads
  Ppm drift_bound = 200;             // trusted clock rate error between nodes
  NodeId primary{1};                 // of the first epoch
  std::uint64_t max_batch = 64 * kKiB;
  std::uint32_t max_inflight = 16;  // unacknowledged messages per backup
  bool operator==(const PrimaryBackupSpec&) const = default;
};

// What a Raft node does with log entries it finds damaged (replication.md
// A2.4).
enum class CorruptEntryRule : std::uint8_t {
  kHalt,
  kRepair,  // "maybe acknowledged": vote for nobody until repaired by peers
};

struct RaftSpec {
  NanosRange election{150 * kMillisecond, 300 * kMillisecond};
  Nanos heartbeat = 50 * kMillisecond;
  bool pre_vote = true;
  bool check_quorum = true;
  std::uint64_t max_batch = 64 * kKiB;  // bytes of entries in one message
  std::uint32_t max_inflight = 16;      // unacknowledged messages per follower
  std::uint64_t snapshot_every = 10'000;  // applied entries; 0: never
  std::uint64_t snapshot_chunk = 64 * kKiB;
  std::uint64_t keep_entries = 1'000;  // kept behind a snapshot for followers
  Nanos lease = 100 * kMillisecond;    // before the drift bound is taken off
  Ppm drift_bound = 200;               // trusted clock rate error between nodes
  CorruptEntryRule on_corrupt_entry = CorruptEntryRule::kRepair;
  bool joint_membership = true;  // false: one node at a time
  bool operator==(const RaftSpec&) const = default;
};

enum class VersionScheme : std::uint8_t {
  kLww,  // hybrid logical clock of the coordinator, last writer wins
  kAbd,  // two phases: read the greatest version of a quorum, write one above
};
enum class RepairRule : std::uint8_t {
  kNone,
  kAsync,     // answer first, repair stale replicas afterwards
  kBlocking,  // a quorum holds the answer before it is given
};

struct QuorumSpec {
  std::uint32_t n = 3;  // owners of a key
  std::uint32_t w = 2;
  std::uint32_t r = 2;
  VersionScheme versions = VersionScheme::kLww;
  RepairRule repair = RepairRule::kAsync;
  bool hints = true;    // keep writes for owners that do not answer
  bool sloppy = false;  // strangers may stand in for owners in w and r
  Nanos hint_ttl = 30 * kSecond;
  Nanos hint_replay = 1 * kSecond;    // pause between attempts
  Nanos anti_entropy = 10 * kSecond;  // Merkle comparison interval; 0: never
  Nanos gc_grace = 60 * kSecond;      // age at which tombstones may go
  bool operator==(const QuorumSpec&) const = default;
};

enum class DetectorKind : std::uint8_t {
  kNone,  // the model's own timeouts, by the messages it sends anyway
  kTimeout,
  kPhi,
  kSwim
};

// Advice to failover and elections, never authority (replication.md A2.9).
struct DetectorSpec {
  DetectorKind kind = DetectorKind::kNone;
  Nanos interval = 50 * kMillisecond;  // heartbeat or probe period
  Nanos timeout = 500 * kMillisecond;  // timeout, swim: silence until suspicion
  std::uint32_t phi = 8;               // phi: suspicion level
  std::uint32_t indirect = 2;          // swim: helpers asked to ping
  bool operator==(const DetectorSpec&) const = default;
};

struct ReplicationSpec {
  ReplicationModel model = ReplicationModel::kPrimaryBackup;
  PrimaryBackupSpec primary_backup;
  RaftSpec raft;
  QuorumSpec quorum;
  DetectorSpec detector;
  bool operator==(const ReplicationSpec&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_DESIGN_SPEC_H_
