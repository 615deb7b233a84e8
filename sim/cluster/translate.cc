#include "sim/cluster/translate.h"

#include <algorithm>

#include "engine/base/random.h"
#include "engine/base/status_macros.h"
#include "engine/replication/factory.h"
#include "engine/replication/quorum/ring.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kClusterId = 1;

wal::WalOptions WalOptionsOf(const WalSpec& spec) {
  wal::WalOptions options;
  switch (spec.sync) {
    case WalSync::kEvery:
      options.sync = wal::SyncPolicy::kEvery;
      break;
    case WalSync::kGroup:
      options.sync = wal::SyncPolicy::kGroup;
      options.delay = spec.delay;
      break;
    case WalSync::kInterval:
      options.sync = wal::SyncPolicy::kInterval;
      options.interval = spec.delay;
      break;
    case WalSync::kNone:
      options.sync = wal::SyncPolicy::kNone;
      break;
  }
  options.segment_bytes = spec.segment;
  return options;
}

std::string ModelName(ReplicationModel model) {
  switch (model) {
    case ReplicationModel::kSingle:
      return "single";
    case ReplicationModel::kPrimaryBackup:
      return "primary_backup";
    case ReplicationModel::kRaft:
      return "raft";
    case ReplicationModel::kQuorum:
      return "quorum";
    case ReplicationModel::kChain:
      return "chain";
    case ReplicationModel::kMultiLeader:
      return "multi_leader";
  }
  return "?";
}

replication::PrimaryBackupOptions Translate(const PrimaryBackupSpec& spec,
                                            bool leases) {
  using Options = replication::PrimaryBackupOptions;
  Options options;
  options.ack = spec.ack == AckRule::kAsync      ? Options::Ack::kAsync
                : spec.ack == AckRule::kSemiSync ? Options::Ack::kSemiSync
                                                 : Options::Ack::kSync;
  options.copies = spec.k;
  options.acked_by =
      spec.acked_by == AckedBy::kRemoteWrite  ? Options::AckedBy::kWrite
      : spec.acked_by == AckedBy::kRemoteSync ? Options::AckedBy::kSync
                                              : Options::AckedBy::kApply;
  options.visible = spec.visible == Visibility::kBeforeAck
                        ? Options::Visible::kBeforeAck
                        : Options::Visible::kAfterAck;
  options.degrade =
      spec.degrade == DegradeRule::kBlock   ? Options::Degrade::kBlock
      : spec.degrade == DegradeRule::kAsync ? Options::Degrade::kAsync
                                            : Options::Degrade::kShrink;
  options.degrade_after = spec.degrade_after;
  switch (spec.failover) {
    case FailoverRule::kNone:
      options.failover = Options::Failover::kNone;
      break;
    case FailoverRule::kUnfenced:
      options.failover = Options::Failover::kUnfenced;
      break;
    case FailoverRule::kScripted:  // granted epochs, but only when told
    case FailoverRule::kFenced:
      options.failover = Options::Failover::kFenced;
      break;
  }
  options.first_primary = spec.primary;
  options.heartbeat = spec.heartbeat;
  options.failover_after = spec.failover_timeout;
  options.max_batch_bytes = static_cast<std::size_t>(spec.max_batch);
  options.max_inflight = spec.max_inflight;
  options.lease = leases ? spec.lease : 0;
  options.clock_drift_ppm = spec.drift_bound;
  return options;
}

replication::RaftOptions Translate(const RaftSpec& spec, bool leases) {
  replication::RaftOptions options;
  options.election_min = spec.election.low;
  options.election_max = spec.election.high;
  options.heartbeat = spec.heartbeat;
  options.pre_vote = spec.pre_vote;
  options.check_quorum = spec.check_quorum;
  options.leases = leases;
  options.clock_drift_ppm = spec.drift_bound;
  options.max_batch_bytes = static_cast<std::size_t>(spec.max_batch);
  options.max_inflight = spec.max_inflight;
  options.snapshot_every = spec.snapshot_every;
  options.keep_entries = spec.keep_entries;
  options.snapshot_chunk_bytes = static_cast<std::size_t>(spec.snapshot_chunk);
  options.joint_membership = spec.joint_membership;
  options.on_damage = spec.on_corrupt_entry == CorruptEntryRule::kHalt
                          ? replication::RaftOptions::OnDamage::kHalt
                          : replication::RaftOptions::OnDamage::kRepair;
  return options;
}

replication::QuorumOptions Translate(const QuorumSpec& spec) {
  using Options = replication::QuorumOptions;
  Options options;
  options.n = spec.n;
  options.w = spec.w;
  options.r = spec.r;
  options.versions = spec.versions == VersionScheme::kAbd
                         ? Options::Versions::kAbd
                         : Options::Versions::kLastWriterWins;
  options.repair = spec.repair == RepairRule::kNone ? Options::Repair::kNone
                   : spec.repair == RepairRule::kAsync
                       ? Options::Repair::kAsync
                       : Options::Repair::kBlocking;
  options.hints = spec.hints;
  options.sloppy = spec.sloppy;
  options.hint_replay = spec.hint_replay;
  options.hint_ttl = spec.hint_ttl;
  options.anti_entropy = spec.anti_entropy;
  options.tombstone_grace = spec.gc_grace;
  return options;
}

bool WantsLeases(const Scenario& scenario) {
  return scenario.workload.levels.read.kind == ReadLevelSpec::Kind::kLease;
}

// Whether the nodes watch each other. A config service hears them itself.
bool RunsDetector(const Scenario& scenario) {
  const ReplicationSpec& spec = scenario.replication;
  if (spec.detector.kind == DetectorKind::kNone) return false;
  if (spec.model == ReplicationModel::kQuorum) return true;
  return spec.model == ReplicationModel::kPrimaryBackup &&
         spec.primary_backup.failover == FailoverRule::kUnfenced;
}

membership::DetectorOptions DetectorOptionsOf(const Scenario& scenario,
                                              NodeId self, std::uint64_t seed) {
  using Kind = membership::DetectorOptions::Kind;
  membership::DetectorOptions options;
  if (!RunsDetector(scenario)) return options;
  const DetectorSpec& spec = scenario.replication.detector;
  options.kind = spec.kind == DetectorKind::kTimeout ? Kind::kTimeout
                 : spec.kind == DetectorKind::kPhi   ? Kind::kPhi
                                                     : Kind::kSwim;
  options.self = self;
  options.members = ReplicasOf(scenario);
  options.interval = spec.interval;
  options.timeout = spec.timeout;
  options.phi = spec.phi;
  options.indirect = spec.indirect;
  options.random_key = RandomKey(seed, Purpose("detector"), self.value());
  return options;
}

replication::ReplicationOptions ReplicationOptionsOf(const Scenario& scenario) {
  replication::ReplicationOptions options;
  const ReplicationSpec& spec = scenario.replication;
  options.model = ModelName(spec.model);
  options.members = ReplicasOf(scenario);
  options.self = options.members.front();
  const bool leases = WantsLeases(scenario);
  options.primary_backup = Translate(spec.primary_backup, leases);
  options.primary_backup.advised = RunsDetector(scenario);
  options.raft = Translate(spec.raft, leases);
  options.quorum = Translate(spec.quorum);
  options.durable_means = SyncsBeforeAck(scenario.wal)
                              ? wire::WriteLevelKind::kLocal
                              : wire::WriteLevelKind::kOs;
  return options;
}

SyncFailure Translate(AfterFsyncError rule) {
  switch (rule) {
    case AfterFsyncError::kCleanButLost:
      return SyncFailure::kCleanButLost;
    case AfterFsyncError::kStaysDirty:
      return SyncFailure::kStaysDirty;
    case AfterFsyncError::kSticky:
      break;
  }
  return SyncFailure::kSticky;
}

bool HasFaultsOf(const Scenario& scenario, FaultKind kind) {
  return std::any_of(
      scenario.faults.timeline.begin(), scenario.faults.timeline.end(),
      [kind](const FaultSpec& fault) { return fault.kind == kind; });
}

}  // namespace

bool LinksMayDuplicate(const Scenario& scenario,
                       const std::vector<FaultSpec>& plan) {
  if (scenario.network.quality.duplicate > 0) return true;
  for (const LinkSpec& link : scenario.network.links) {
    if (link.duplicate.value_or(0) > 0) return true;
  }
  return std::any_of(plan.begin(), plan.end(), [](const FaultSpec& fault) {
    return fault.kind == FaultKind::kLink && fault.link.duplicate > 0;
  });
}

std::vector<NodeId> ReplicasOf(const Scenario& scenario) {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 1; i <= scenario.cluster.nodes; ++i) {
    nodes.push_back(NodeId(i));
  }
  return nodes;
}

bool HasConfigService(const Scenario& scenario) {
  if (scenario.cluster.config_service == ConfigServiceKind::kNone) return false;
  if (scenario.replication.model != ReplicationModel::kPrimaryBackup) {
    return false;
  }
  const FailoverRule rule = scenario.replication.primary_backup.failover;
  return rule == FailoverRule::kFenced || rule == FailoverRule::kScripted ||
         HasFaultsOf(scenario, FaultKind::kConfig);
}

std::vector<NodeId> ConfigNodesOf(const Scenario& scenario) {
  if (!HasConfigService(scenario)) return {};
  const bool group =
      scenario.cluster.config_service == ConfigServiceKind::kRaft;
  const std::uint32_t count = group ? scenario.cluster.config_nodes : 1;
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 1; i <= count; ++i) {
    nodes.push_back(NodeId(kConfigNodeBase + i));
  }
  return nodes;
}

absl::StatusOr<replication::Capabilities> CapabilitiesOf(
    const Scenario& scenario) {
  return replication::ModelCapabilities(ReplicationOptionsOf(scenario));
}

node::NodeOptions NodeOptionsOf(const Scenario& scenario, NodeId self,
                                bool bootstrap, std::uint64_t seed) {
  node::NodeOptions options;
  options.cluster = kClusterId;
  options.replication = ReplicationOptionsOf(scenario);
  options.replication.self = self;
  options.replication.bootstrap = bootstrap;
  options.replication.random_key =
      RandomKey(seed, Purpose("replication"), self.value());
  options.log.directory = kLogDirectory;
  options.log.wal = WalOptionsOf(scenario.wal);
  options.engine.engine = std::string(NameOf(scenario.storage.engine));
  options.engine.directory = kDataDirectory;
  // A replicated log is authoritative; a leaderless engine keeps its own.
  options.engine.journal =
      scenario.replication.model == ReplicationModel::kQuorum;
  options.engine.wal = options.log.wal;
  options.engine.checkpoint_bytes = scenario.storage.memory.checkpoint_every;
  if (IsConfigNode(self)) {
    // A member of the config group: the same node with another state.
    options.config_group = ConfigServiceOptionsOf(scenario);
    options.replication.model = "raft";
    options.replication.members = ConfigNodesOf(scenario);
    options.replication.raft.leases = false;
    options.engine.journal = false;
    // Fencing rests on it: what the replicas' data may lose, epochs may not.
    if (!SyncsBeforeAck(scenario.wal)) {
      options.log.wal.sync = wal::SyncPolicy::kGroup;
      options.engine.wal = options.log.wal;
      options.replication.durable_means = wire::WriteLevelKind::kLocal;
    }
  } else {
    options.config_nodes = ConfigNodesOf(scenario);
    options.detector = DetectorOptionsOf(scenario, self, seed);
  }
  options.config_heartbeat = scenario.replication.primary_backup.heartbeat;
  options.cpu.per_message = scenario.cpu.message;
  options.cpu.per_kib = scenario.cpu.kib;
  options.cpu.per_apply = scenario.cpu.apply;
  return options;
}

membership::ConfigServiceOptions ConfigServiceOptionsOf(
    const Scenario& scenario) {
  const PrimaryBackupSpec& spec = scenario.replication.primary_backup;
  membership::ConfigServiceOptions options;
  options.members = ReplicasOf(scenario);
  options.first_primary = spec.primary;
  options.failover_after = spec.failover_timeout;
  options.all_copies = spec.ack == AckRule::kSync;
  options.copies = spec.ack == AckRule::kSemiSync ? spec.k : 0;
  options.unsynced = !OraclePromisesOf(scenario).synced ||
                     spec.acked_by == AckedBy::kRemoteWrite;
  options.automatic = spec.failover == FailoverRule::kFenced;
  options.lease = WantsLeases(scenario) ? spec.lease : 0;
  options.heartbeat = spec.heartbeat;
  const DetectorSpec& detector = scenario.replication.detector;
  if (detector.kind == DetectorKind::kPhi) options.phi = detector.phi;
  if (detector.kind == DetectorKind::kTimeout) {
    options.failover_after = detector.timeout;
  }
  return options;
}

client::ClientOptions ClientOptionsOf(
    const Scenario& scenario, const replication::Capabilities& capabilities) {
  const WorkloadSpec& spec = scenario.workload;
  client::ClientOptions options;
  options.cluster = kClusterId;
  options.nodes = ReplicasOf(scenario);
  options.read_routing =
      spec.route == ClientRoute::kLeader   ? client::ReadRouting::kLeader
      : spec.route == ClientRoute::kSticky ? client::ReadRouting::kHome
                                           : client::ReadRouting::kSpread;
  options.leaderless = !capabilities.has_leader;
  options.sessions = capabilities.has_log;
  options.attempt_timeout = spec.timeout;
  options.max_attempts = spec.retries + 1;
  options.deadline = (spec.timeout + spec.backoff.high) *
                     static_cast<Nanos>(options.max_attempts);
  options.backoff_min = std::max<Nanos>(spec.backoff.low, 1);
  options.backoff_max = std::max(spec.backoff.high, options.backoff_min);
  return options;
}

wire::WriteLevel WriteLevelOf(const Scenario& scenario,
                              const replication::Capabilities& capabilities) {
  using From = WriteLevelSpec::Kind;
  using To = wire::WriteLevelKind;
  const WriteLevelSpec& spec = scenario.workload.levels.write;
  switch (spec.kind) {
    case From::kDefault:
      return capabilities.default_write;
    case From::kMem:
      return {To::kMem, 0};
    case From::kOs:
      return {To::kOs, 0};
    case From::kLocal:
      return {To::kLocal, 0};
    case From::kCount:
      return {To::kCopies, spec.copies};
    case From::kQuorum:
      return {To::kQuorum, 0};
    case From::kAll:
      return {To::kAll, 0};
    case From::kAny:
      return {To::kAny, 0};
  }
  return capabilities.default_write;
}

wire::ReadLevel ReadLevelOf(const Scenario& scenario) {
  using From = ReadLevelSpec::Kind;
  using To = wire::ReadLevelKind;
  const ReadLevelSpec& spec = scenario.workload.levels.read;
  switch (spec.kind) {
    case From::kLocal:
      return {To::kLocal, 0};
    case From::kSession:
      return {To::kSession, 0};
    case From::kBounded:
      return {To::kBounded, spec.staleness};
    case From::kLeader:
      return {To::kLeader, 0};
    case From::kLease:
      return {To::kLease, 0};
    case From::kQuorum:
      return {To::kQuorum, 0};
    case From::kStrong:
      break;
  }
  return {To::kStrong, 0};
}

// No clock that runs off by more than leases are told to trust, from the
// beginning or by a fault.
bool ClocksWithin(const Scenario& scenario, std::int64_t bound) {
  const auto within = [bound](std::int64_t low, std::int64_t high) {
    return low >= -bound && high <= bound;
  };
  const ClockSpec& clocks = scenario.clocks;
  if (!within(clocks.drift.low, clocks.drift.high)) return false;
  for (const FaultSpec& fault : scenario.faults.timeline) {
    if (fault.kind == FaultKind::kClockFreeze) return false;
    if (fault.kind == FaultKind::kClockDrift &&
        !within(fault.rate, fault.rate)) {
      return false;
    }
  }
  if (!scenario.faults.random) return true;
  const RandomFaultsSpec& random = *scenario.faults.random;
  if (random.clock_freeze.weight > 0) return false;
  return random.clock_drift.weight == 0 ||
         within(random.clock_drift.rate.low, random.clock_drift.rate.high);
}

StoreMirror::OwnersOf OwnersOf(const Scenario& scenario) {
  const std::vector<NodeId> nodes = ReplicasOf(scenario);
  const std::size_t n =
      std::min<std::size_t>(scenario.replication.quorum.n, nodes.size());
  return [ring = replication::quorum::Ring(nodes, n)](Slice key) {
    return ring.Owners(key);
  };
}

CopyPromises CopyPromisesOf(const Scenario& scenario) {
  const QuorumSpec& quorum = scenario.replication.quorum;
  return {.n = quorum.n,
          .w = quorum.w,
          .hints_count = quorum.sloppy,
          .hint_ttl = quorum.hint_ttl,
          .synced = OraclePromisesOf(scenario).synced};
}

std::size_t QuorumCopiesOf(const Scenario& scenario) {
  if (scenario.replication.model != ReplicationModel::kPrimaryBackup) return 0;
  return scenario.cluster.nodes / 2 + 1;
}

OraclePromises OraclePromisesOf(const Scenario& scenario) {
  OraclePromises promises;
  const bool raft = scenario.replication.model == ReplicationModel::kRaft;
  promises.leases =
      WantsLeases(scenario) &&
      ClocksWithin(scenario,
                   raft ? scenario.replication.raft.drift_bound
                        : scenario.replication.primary_backup.drift_bound);
  promises.synced = SyncsBeforeAck(scenario.wal);
  promises.applied_is_final = promises.synced;
  promises.only_copy = scenario.replication.model == ReplicationModel::kSingle;
  if (scenario.replication.model != ReplicationModel::kPrimaryBackup) {
    return promises;
  }
  const PrimaryBackupSpec& spec = scenario.replication.primary_backup;
  // An operator's promotion fences nobody; a grant does.
  const auto& timeline = scenario.faults.timeline;
  const bool unfenced =
      spec.failover == FailoverRule::kUnfenced ||
      std::any_of(timeline.begin(), timeline.end(), [](const FaultSpec& f) {
        return f.kind == FaultKind::kConfig &&
               f.config == ConfigAction::kPromote;
      });
  // Whom it appoints need not be one of the k that acknowledged.
  const bool granted =
      spec.ack == AckRule::kSemiSync &&
      std::any_of(timeline.begin(), timeline.end(), [](const FaultSpec& f) {
        return f.kind == FaultKind::kConfig;
      });
  promises.one_leader = !unfenced;
  promises.state_advances = false;  // a backup that diverged is rebuilt
  promises.applied_is_final &= !unfenced && !granted &&
                               spec.ack != AckRule::kAsync &&
                               spec.degrade != DegradeRule::kAsync &&
                               spec.visible == Visibility::kAfterAck &&
                               spec.acked_by != AckedBy::kRemoteWrite;
  return promises;
}

LinkModel ModelOf(const LinkQuality& quality) {
  LinkModel model;
  model.latency = {quality.latency.low, quality.latency.high,
                   quality.latency.tail};
  model.loss_ppm = quality.loss;
  model.duplicate_ppm = quality.duplicate;
  model.reorder_ppm = quality.reorder;
  model.reorder_by = quality.reorder_by;
  model.bytes_per_second = quality.bandwidth;
  return model;
}

NetworkOptions NetworkOptionsOf(const Scenario& scenario,
                                std::uint32_t extra_clients) {
  NetworkOptions options;
  options.fifo = scenario.network.order == MessageOrder::kFifo;
  options.model = ModelOf(scenario.network.quality);
  options.servers = ReplicasOf(scenario);
  for (const NodeId node : ConfigNodesOf(scenario)) {
    options.servers.push_back(node);
  }
  options.clients = scenario.workload.clients + extra_clients;
  return options;
}

absl::StatusOr<DiskOptions> DiskOptionsOf(const Scenario& scenario, NodeId node,
                                          std::uint64_t seed) {
  const DiskSpec& spec = scenario.disk;
  WR_ASSIGN_OR_RETURN(
      DiskOptions options,
      MakeDiskOptions(NameOf(spec.file_system), NameOf(spec.device)));
  options.seed = seed;
  options.disk = node.value();
  options.profile.sync_failure = Translate(spec.after_fsync_error);
  options.device.logical_sector = static_cast<std::uint32_t>(spec.sector);
  options.capacity_bytes = spec.capacity;
  options.cache_bytes = spec.page_cache;
  options.tear_bytes = static_cast<std::uint32_t>(spec.torn_writes);
  return options;
}

}  // namespace wringer::sim
