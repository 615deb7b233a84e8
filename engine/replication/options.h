// How a replica is to behave: one struct a model, chosen by name.
#ifndef WR_ENGINE_REPLICATION_OPTIONS_H_
#define WR_ENGINE_REPLICATION_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/types.h"
#include "engine/wire/levels.h"

namespace wringer::replication {

struct SingleOptions {};

struct PrimaryBackupOptions {
  enum class Ack : std::uint8_t { kAsync, kSemiSync, kSync };
  enum class AckedBy : std::uint8_t { kWrite, kSync, kApply };  // at the backup
  enum class Visible : std::uint8_t { kBeforeAck, kAfterAck };
  enum class Degrade : std::uint8_t { kBlock, kAsync, kShrink };
  enum class Failover : std::uint8_t { kNone, kUnfenced, kFenced };

  Ack ack = Ack::kSync;
  std::uint32_t copies = 1;  // kSemiSync: backups that must acknowledge
  AckedBy acked_by = AckedBy::kSync;
  Visible visible = Visible::kAfterAck;
  Degrade degrade = Degrade::kBlock;
  Nanos degrade_after = 1 * kSecond;
  Failover failover = Failover::kFenced;
  NodeId first_primary{1};
  Nanos heartbeat = 50 * kMillisecond;
  Nanos failover_after = 500 * kMillisecond;  // of silence
  // A failure detector gives advice: a backup does not promote itself while it
  // is told that the primary lives, unless that goes on for too long.
  bool advised = false;
  // Asked of the config service, for lease reads; 0: none.
  Nanos lease = 0;
  std::uint32_t clock_drift_ppm = 200;  // bound the leases rely on
  std::size_t max_batch_bytes = 256 << 10;
  std::size_t max_inflight = 64;  // append messages per backup
};

struct RaftOptions {
  Nanos election_min = 150 * kMillisecond;
  Nanos election_max = 300 * kMillisecond;
  Nanos heartbeat = 50 * kMillisecond;
  bool pre_vote = true;
  bool check_quorum = true;
  bool leases = false;
  std::uint32_t clock_drift_ppm = 500;  // bound the leases rely on
  std::size_t max_batch_bytes = 256 << 10;
  std::size_t max_batch_entries = 256;
  std::size_t max_inflight = 64;
  std::uint64_t snapshot_every = 10'000;  // applied entries
  std::uint64_t keep_entries = 1'000;     // behind a snapshot, for laggards
  std::size_t snapshot_chunk_bytes = 64 << 10;
  bool joint_membership = true;  // false: single-server changes only
  enum class OnDamage : std::uint8_t { kHalt, kRepair, kTruncate };
  OnDamage on_damage = OnDamage::kRepair;
};

struct QuorumOptions {
  std::uint32_t n = 3;  // owners of a key
  std::uint32_t w = 2;
  std::uint32_t r = 2;
  enum class Versions : std::uint8_t { kLastWriterWins, kAbd };
  Versions versions = Versions::kLastWriterWins;
  enum class Repair : std::uint8_t { kNone, kAsync, kBlocking };
  Repair repair = Repair::kAsync;
  bool hints = true;
  bool sloppy = false;  // hints count toward w
  Nanos request_timeout = 300 * kMillisecond;
  Nanos hint_replay = 1 * kSecond;
  Nanos hint_ttl = 30 * kSecond;         // undelivered for so long: given up
  Nanos anti_entropy = 5 * kSecond;      // 0: never
  Nanos tombstone_grace = 60 * kSecond;  // 0: keep for ever
  bool observe_clocks = true;            // HLC learns from what it sees
};

struct ReplicationOptions {
  std::string model = "single";  // single | primary_backup | raft | quorum
  NodeId self;
  std::vector<NodeId> members;   // ascending; the first configuration
  std::uint64_t random_key = 0;  // of this replica's keyed streams
  // The cluster is being born: a blank disk is what one expects. On every later
  // boot a blank disk means that former promises are forgotten.
  bool bootstrap = false;
  // What "durable" means under the WAL's sync policy: kLocal (synced) or kOs
  // (in the page cache). Bounds the write level a reply may claim.
  wire::WriteLevelKind durable_means = wire::WriteLevelKind::kLocal;
  SingleOptions single;
  PrimaryBackupOptions primary_backup;
  RaftOptions raft;
  QuorumOptions quorum;
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_OPTIONS_H_
