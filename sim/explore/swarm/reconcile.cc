// What was drawn apart is made to fit together. No draw happens here.
#include <algorithm>

#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

using Model = ReplicationModel;
using Read = ReadLevelSpec::Kind;
using Write = WriteLevelSpec::Kind;

void FitCluster(Scenario* s) {
  if (s->replication.model == Model::kSingle) s->cluster.nodes = 1;
  if (s->replication.model != Model::kPrimaryBackup) {
    s->cluster.config_service = ConfigServiceKind::kNone;
  }
}

void FitPrimaryBackup(Scenario* s) {
  PrimaryBackupSpec& pb = s->replication.primary_backup;
  pb.k = std::min(pb.k, s->cluster.nodes - 1);
  pb.primary = NodeId(std::min(pb.primary.value(), s->cluster.nodes));
  if (!SyncsBeforeAck(s->wal)) pb.acked_by = AckedBy::kRemoteWrite;
  if (s->cluster.config_service == ConfigServiceKind::kNone) {
    if (pb.failover == FailoverRule::kFenced) {
      pb.failover = FailoverRule::kUnfenced;
    }
    if (pb.degrade == DegradeRule::kShrink) pb.degrade = DegradeRule::kBlock;
  }
  DetectorKind& detector = s->replication.detector.kind;
  const bool fenced = pb.failover == FailoverRule::kFenced;
  const bool gossip = detector == DetectorKind::kSwim;
  if (!fenced && pb.failover != FailoverRule::kUnfenced) {
    detector = DetectorKind::kNone;
  } else if (fenced && gossip) {
    detector = DetectorKind::kPhi;
  }
}

// `x` of n owners as a share of `fewer` owners: a majority stays one.
std::uint32_t Scaled(std::uint32_t x, std::uint32_t n, std::uint32_t fewer) {
  if (x == n / 2 + 1) return fewer / 2 + 1;
  return std::max(1u, x * fewer / n);
}

void FitQuorum(Scenario* s) {
  QuorumSpec& quorum = s->replication.quorum;
  const std::uint32_t n = std::min(quorum.n, s->cluster.nodes);
  quorum.w = Scaled(quorum.w, quorum.n, n);
  quorum.r = Scaled(quorum.r, quorum.n, n);
  quorum.n = n;
  s->workload.mix.cas = 0;
}

void FitReplication(Scenario* s) {
  switch (s->replication.model) {
    case Model::kPrimaryBackup:
      FitPrimaryBackup(s);
      return;
    case Model::kQuorum:
      FitQuorum(s);
      return;
    default:
      s->replication.detector.kind = DetectorKind::kNone;
      return;
  }
}

bool HasWriteLevel(const Scenario& s, Write level) {
  if (level == Write::kDefault) return true;
  if (level == Write::kLocal || level == Write::kCount ||
      level == Write::kQuorum || level == Write::kAll) {
    if (!SyncsBeforeAck(s.wal)) return false;
  }
  const bool async = s.replication.primary_backup.ack == AckRule::kAsync;
  switch (s.replication.model) {
    case Model::kSingle:
      return level <= Write::kLocal;
    case Model::kPrimaryBackup:
      if (level == Write::kCount || level == Write::kAll) return !async;
      return level <= Write::kLocal;
    case Model::kRaft:
      return level == Write::kQuorum || level == Write::kAll;
    case Model::kQuorum:
      return level >= Write::kCount;
    default:
      return false;
  }
}

bool HasReadLevel(const Scenario& s, Read level) {
  const PrimaryBackupSpec& pb = s.replication.primary_backup;
  const bool granted = (pb.failover == FailoverRule::kFenced ||
                        pb.failover == FailoverRule::kScripted) &&
                       s.cluster.config_service != ConfigServiceKind::kNone;
  switch (s.replication.model) {
    case Model::kSingle:
      return level != Read::kLease && level != Read::kBounded &&
             level != Read::kQuorum;
    case Model::kPrimaryBackup:
      return level != Read::kQuorum && (level != Read::kLease || granted);
    case Model::kRaft:
      return level != Read::kQuorum;
    case Model::kQuorum:
      if (level == Read::kStrong) {
        const QuorumSpec& q = s.replication.quorum;
        return q.versions == VersionScheme::kAbd && q.w + q.r > q.n;
      }
      return level == Read::kLocal || level == Read::kSession ||
             level == Read::kQuorum;
    default:
      return false;
  }
}

void FitLevels(Scenario* s) {
  LevelsSpec& levels = s->workload.levels;
  if (!HasWriteLevel(*s, levels.write.kind)) levels.write = WriteLevelSpec{};
  const bool owned = s->replication.model == Model::kQuorum;
  levels.write.copies = std::min(
      levels.write.copies, owned ? s->replication.quorum.n : s->cluster.nodes);
  if (!HasReadLevel(*s, levels.read.kind)) {
    levels.read = ReadLevelSpec{};
    if (!HasReadLevel(*s, Read::kStrong)) levels.read.kind = Read::kQuorum;
  }
}

// Designs that do not keep what they promise yet; --beyond draws them.
void LeaveOutGaps(Scenario* s) {
  PrimaryBackupSpec& pb = s->replication.primary_backup;
  // Nobody is told to lead, and nobody resyncs the backups of a primary that
  // came back: they stay apart.
  if (pb.failover == FailoverRule::kScripted) {
    pb.failover = FailoverRule::kFenced;
  }
}

}  // namespace

void Reconcile(const SwarmOptions& options, Scenario* scenario) {
  if (!options.beyond) LeaveOutGaps(scenario);
  FitCluster(scenario);
  FitReplication(scenario);
  FitLevels(scenario);
  if (!CanLoseNodes(scenario->replication)) scenario->run.core = CoreRule::kAll;
  ReconcileFaults(options, scenario);
}

}  // namespace wringer::sim::swarm
