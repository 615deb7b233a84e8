// Cluster, model, options, storage, WAL: the design of a swarm run.
//
// Thresholds are drawn small: what happens at a checkpoint, at the end of a
// segment or behind a snapshot happens many times in a run of seconds.
#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

void DrawPrimaryBackup(std::uint64_t seed, PrimaryBackupSpec* pb) {
  Draw draw(seed, SwarmGroup::kReplication, 1);
  constexpr AckRule kAcks[] = {AckRule::kSync,     AckRule::kSync,
                               AckRule::kSync,     AckRule::kSemiSync,
                               AckRule::kSemiSync, AckRule::kAsync};
  pb->ack = draw.Of(kAcks);
  pb->k = draw.Count(1, 3);
  constexpr AckedBy kBy[] = {AckedBy::kRemoteSync, AckedBy::kRemoteSync,
                             AckedBy::kRemoteApply, AckedBy::kRemoteWrite};
  pb->acked_by = draw.Of(kBy);
  pb->visible =
      draw.Percent(85) ? Visibility::kAfterAck : Visibility::kBeforeAck;
  constexpr DegradeRule kDegrade[] = {DegradeRule::kBlock, DegradeRule::kBlock,
                                      DegradeRule::kShrink,
                                      DegradeRule::kAsync};
  pb->degrade = draw.Of(kDegrade);
  pb->degrade_after = draw.Between(2, 20) * 50 * kMillisecond;
  constexpr FailoverRule kFailover[] = {
      FailoverRule::kFenced, FailoverRule::kFenced, FailoverRule::kFenced,
      FailoverRule::kUnfenced, FailoverRule::kScripted};
  pb->failover = draw.Of(kFailover);
  pb->heartbeat = draw.Between(2, 8) * 10 * kMillisecond;
  pb->failover_timeout = pb->heartbeat * draw.Between(4, 10);
  pb->lease = pb->failover_timeout * draw.Between(5, 9) / 10;
  pb->max_batch = draw.Doubling(1 * kKiB, 64 * kKiB);
  constexpr std::uint32_t kInflight[] = {1, 2, 4, 16};
  pb->max_inflight = draw.Of(kInflight);
}

void DrawRaft(std::uint64_t seed, RaftSpec* raft) {
  Draw draw(seed, SwarmGroup::kReplication, 2);
  raft->election.low = draw.Between(3, 8) * 50 * kMillisecond;
  raft->election.high = raft->election.low * draw.Between(3, 5) / 2;
  raft->heartbeat = raft->election.low / draw.Between(3, 6);
  raft->pre_vote = draw.Percent(60);
  raft->check_quorum = draw.Percent(75);
  raft->max_batch = draw.Doubling(1 * kKiB, 64 * kKiB);
  constexpr std::uint32_t kInflight[] = {1, 2, 4, 16};
  raft->max_inflight = draw.Of(kInflight);
  constexpr std::uint64_t kEvery[] = {5, 10, 20, 50, 200, 1'000, 0};
  raft->snapshot_every = draw.Of(kEvery);
  raft->snapshot_chunk = draw.Doubling(1 * kKiB, 64 * kKiB);
  constexpr std::uint64_t kKept[] = {1, 5, 20, 100, 1'000};
  raft->keep_entries = draw.Of(kKept);
  raft->lease = raft->election.low * draw.Between(4, 9) / 10;
  raft->on_corrupt_entry =
      draw.Percent(70) ? CorruptEntryRule::kRepair : CorruptEntryRule::kHalt;
  raft->joint_membership = draw.Percent(50);
}

void DrawQuorum(std::uint64_t seed, QuorumSpec* quorum) {
  Draw draw(seed, SwarmGroup::kReplication, 3);
  quorum->n = draw.Percent(70) ? 3 : 5;
  const std::uint32_t majority = quorum->n / 2 + 1;
  const bool weak = draw.Percent(15);
  const std::uint32_t w = draw.Count(1, quorum->n);
  const std::uint32_t r = draw.Count(1, quorum->n);
  quorum->w = weak ? w : majority;
  quorum->r = weak ? r : majority;
  quorum->versions =
      draw.Percent(65) ? VersionScheme::kAbd : VersionScheme::kLww;
  constexpr RepairRule kRepairs[] = {RepairRule::kNone, RepairRule::kAsync,
                                     RepairRule::kBlocking};
  quorum->repair = draw.Of(kRepairs);
  quorum->hints = draw.Percent(70);
  quorum->sloppy = draw.Percent(15);
  quorum->hint_replay = draw.Between(2, 20) * 50 * kMillisecond;
  quorum->anti_entropy = draw.Between(2, 8) * 250 * kMillisecond;
}

void DrawDetector(std::uint64_t seed, DetectorSpec* detector) {
  Draw draw(seed, SwarmGroup::kReplication, 4);
  constexpr DetectorKind kKinds[] = {DetectorKind::kNone, DetectorKind::kNone,
                                     DetectorKind::kTimeout, DetectorKind::kPhi,
                                     DetectorKind::kSwim};
  detector->kind = draw.Of(kKinds);
  detector->interval = draw.Between(2, 10) * 10 * kMillisecond;
  detector->timeout = detector->interval * draw.Between(5, 10);
  detector->phi = draw.Count(5, 12);
  detector->indirect = draw.Count(0, 3);
}

}  // namespace

void DrawRun(std::uint64_t seed, RunSpec* run) {
  Draw draw(seed, SwarmGroup::kRun);
  run->length = draw.Between(6, 14) * 500 * kMillisecond;
  run->settle = 20 * kSecond;
}

CoreRule DrawCore(std::uint64_t seed) {
  Draw draw(seed, SwarmGroup::kCore);
  return draw.Percent(40) ? CoreRule::kSmallest : CoreRule::kAll;
}

void DrawCluster(std::uint64_t seed, ClusterSpec* cluster) {
  Draw draw(seed, SwarmGroup::kCluster);
  constexpr std::uint32_t kNodes[] = {3, 3, 3, 4, 5, 5, 5, 6, 7};
  cluster->nodes = draw.Of(kNodes);
  cluster->config_service = draw.Percent(60) ? ConfigServiceKind::kScripted
                                             : ConfigServiceKind::kRaft;
  cluster->config_nodes = draw.Percent(75) ? 3 : 5;
}

ReplicationModel DrawModel(std::uint64_t seed) {
  Draw draw(seed, SwarmGroup::kModel);
  constexpr ReplicationModel kModels[] = {
      ReplicationModel::kRaft,          ReplicationModel::kRaft,
      ReplicationModel::kRaft,          ReplicationModel::kPrimaryBackup,
      ReplicationModel::kPrimaryBackup, ReplicationModel::kPrimaryBackup,
      ReplicationModel::kQuorum,        ReplicationModel::kQuorum,
      ReplicationModel::kQuorum,        ReplicationModel::kSingle};
  return draw.Of(kModels);
}

void DrawReplication(std::uint64_t seed, ReplicationSpec* replication) {
  DrawPrimaryBackup(seed, &replication->primary_backup);
  DrawRaft(seed, &replication->raft);
  DrawQuorum(seed, &replication->quorum);
  DrawDetector(seed, &replication->detector);
}

void DrawStorage(std::uint64_t seed, StorageSpec* storage) {
  Draw draw(seed, SwarmGroup::kStorage);
  storage->memory.checkpoint_every = draw.Doubling(4 * kKiB, 1 * kMiB);
}

void DrawWal(std::uint64_t seed, WalSpec* wal) {
  Draw draw(seed, SwarmGroup::kWal);
  constexpr WalSync kSyncs[] = {
      WalSync::kGroup, WalSync::kGroup, WalSync::kGroup,    WalSync::kEvery,
      WalSync::kEvery, WalSync::kEvery, WalSync::kInterval, WalSync::kNone};
  wal->sync = draw.Of(kSyncs);
  wal->delay = draw.Between(1, 20) * 500 * kMicrosecond;
  wal->segment = draw.Doubling(16 * kKiB, 4 * kMiB);
}

}  // namespace wringer::sim::swarm
