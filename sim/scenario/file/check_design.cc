// Contradictions within the design: cluster, WAL, replication.
#include <map>

#include "absl/strings/str_cat.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/units.h"

namespace wringer::sim {
namespace {

std::string Time(Nanos t) { return FormatQuantity(t, Dimension::kDuration); }

void CheckZones(const Scenario& s, Findings* findings) {
  std::map<NodeId, std::string> zone_of;
  for (const Zone& zone : s.cluster.zones) {
    const std::string path = absl::StrCat("cluster.zones.", zone.name);
    for (std::size_t i = 0; i < zone.nodes.size(); ++i) {
      const std::string at = absl::StrCat(path, ".", i);
      CheckTarget(s, Target::Node(zone.nodes[i]), at, findings);
      const auto [other, is_new] = zone_of.emplace(zone.nodes[i], zone.name);
      if (!is_new) {
        findings->Error(at,
                        absl::StrCat(NodeName(zone.nodes[i]), " is in zone ",
                                     other->second, " already"),
                        "a node stands in one zone; take it out of the other");
      }
    }
  }
}

void CheckWal(const Scenario& s, Findings* findings) {
  const bool waits =
      s.wal.sync == WalSync::kGroup || s.wal.sync == WalSync::kInterval;
  if (waits && s.wal.delay == 0 && s.wal.sync == WalSync::kInterval) {
    findings->Error("wal.delay", "a sync interval cannot be 0s",
                    "give wal.delay, or sync = \"every\"");
  }
  if (s.replication.model == ReplicationModel::kRaft &&
      !SyncsBeforeAck(s.wal)) {
    findings->Warning(
        "wal.sync",
        absl::StrCat("raft counts an entry once it is synced; with sync = \"",
                     NameOf(s.wal.sync),
                     "\" a power loss may take committed entries"),
        "use \"every\" or \"group\" unless that is what you want to see");
  }
}

void CheckBackups(const Scenario& s, Findings* findings) {
  const PrimaryBackupSpec& pb = s.replication.primary_backup;
  const std::string at = "replication.primary_backup.";
  CheckTarget(s, Target::Node(pb.primary), at + "primary", findings);
  if (pb.ack == AckRule::kSemiSync && pb.k >= s.cluster.nodes) {
    findings->Error(
        at + "k",
        absl::StrCat("semi-sync waits for ", pb.k, " backups, but ",
                     s.cluster.nodes, " nodes have ", s.cluster.nodes - 1),
        absl::StrCat("k is at most nodes - 1 = ", s.cluster.nodes - 1,
                     "; or raise cluster.nodes"));
  }
  if (pb.ack != AckRule::kAsync && pb.acked_by != AckedBy::kRemoteWrite &&
      !SyncsBeforeAck(s.wal)) {
    findings->Error(
        "wal.sync",
        absl::StrCat("acked_by = \"", NameOf(pb.acked_by),
                     "\" promises synced copies, but the WAL's sync is \"",
                     NameOf(s.wal.sync), "\""),
        "use wal.sync = \"every\" or \"group\", or acked_by = "
        "\"remote-write\"");
  }
  const bool no_service = s.cluster.config_service == ConfigServiceKind::kNone;
  if (no_service && pb.failover == FailoverRule::kFenced) {
    findings->Error(at + "failover",
                    "a fenced failover needs someone who grants epochs",
                    "set cluster.config_service = \"scripted\" or \"raft\", or "
                    "failover = \"unfenced\"");
  }
  if (no_service && pb.degrade == DegradeRule::kShrink) {
    findings->Error(at + "degrade",
                    "the in-sync set shrinks in the config service, but there "
                    "is none",
                    "set cluster.config_service = \"scripted\" or \"raft\"");
  }
  if (pb.failover_timeout <= pb.heartbeat) {
    findings->Error(
        at + "failover_timeout",
        absl::StrCat("failover_timeout ", Time(pb.failover_timeout),
                     " is not longer than the heartbeat ", Time(pb.heartbeat)),
        "a healthy primary would be replaced; several heartbeats "
        "are usual");
  }
  // Whoever reads under the lease has asked for it.
  const bool is_read_under =
      s.workload.levels.read.kind == ReadLevelSpec::Kind::kLease;
  if (pb.lease >= pb.failover_timeout && !is_read_under) {
    findings->Warning(at + "lease",
                      absl::StrCat("the lease ", Time(pb.lease),
                                   " outlives the failover_timeout ",
                                   Time(pb.failover_timeout)),
                      "a failover then waits for the lease to run out");
  }
}

void CheckRaft(const Scenario& s, Findings* findings) {
  const RaftSpec& raft = s.replication.raft;
  const std::string at = "replication.raft.";
  if (raft.heartbeat >= raft.election.low) {
    findings->Error(
        at + "heartbeat",
        absl::StrCat("the heartbeat ", Time(raft.heartbeat),
                     " is not shorter than the election timeout ",
                     Time(raft.election.low)),
        "followers would start elections under a healthy leader; a third of "
        "the timeout or less is usual");
  }
  if (raft.lease > raft.election.low) {
    findings->Error(
        at + "lease",
        absl::StrCat("the lease ", Time(raft.lease),
                     " outlives the shortest election timeout ",
                     Time(raft.election.low)),
        "voters keep silent for one election timeout only; shorten the lease");
  }
}

void CheckQuorum(const Scenario& s, Findings* findings) {
  const QuorumSpec& q = s.replication.quorum;
  const std::string at = "replication.quorum.";
  if (q.n > s.cluster.nodes) {
    findings->Error(at + "n",
                    absl::StrCat("a key cannot have ", q.n, " owners among ",
                                 s.cluster.nodes, " nodes"),
                    "lower n, or raise cluster.nodes");
  }
  for (const auto& [key, value] : {std::pair("w", q.w), std::pair("r", q.r)}) {
    if (value > q.n) {
      findings->Error(
          absl::StrCat(at, key),
          absl::StrCat(key, " = ", value, " is more than n = ", q.n),
          absl::StrCat("use 1 to ", q.n));
    }
  }
  if (q.w + q.r <= q.n && s.expect.consistency == Consistency::kLinearizable) {
    findings->Warning(
        at + "r",
        absl::StrCat("w + r = ", q.w + q.r, " does not exceed n = ", q.n,
                     ": a read may miss every copy of the last write, so "
                     "\"linearizable\" will not hold"),
        absl::StrCat("use w + r > ", q.n,
                     ", or expect consistency = \"eventual\""));
  }
  if (q.hints && q.hint_ttl > q.gc_grace) {
    findings->Warning(
        at + "gc_grace",
        absl::StrCat("tombstones go after ", Time(q.gc_grace), ", hints after ",
                     Time(q.hint_ttl),
                     ": a late hint can bring a deleted key back"),
        "keep gc_grace above hint_ttl");
  }
}

// Advice needs somebody who takes it.
void CheckDetector(const Scenario& s, Findings* findings) {
  const DetectorKind kind = s.replication.detector.kind;
  if (kind == DetectorKind::kNone) return;
  constexpr Slice kPath = "replication.detector.kind";
  const FailoverRule failover = s.replication.primary_backup.failover;
  switch (s.replication.model) {
    case ReplicationModel::kQuorum:
      return;
    case ReplicationModel::kPrimaryBackup:
      if (failover == FailoverRule::kUnfenced) return;
      if (failover == FailoverRule::kFenced && kind != DetectorKind::kSwim) {
        return;
      }
      findings->Error(
          kPath,
          failover == FailoverRule::kFenced
              ? "the config service hears every replica itself: there is no "
                "gossip among them that it could follow"
              : "without a failover of its own nobody takes the detector's "
                "advice",
          "use \"phi\" or \"timeout\" with failover = \"fenced\"; "
          "\"swim\" goes with \"unfenced\"");
      return;
    default:
      if (!findings->IsWritten(std::string(kPath))) return;
      findings->Warning(kPath,
                        absl::StrCat("model \"", NameOf(s.replication.model),
                                     "\" takes no advice: it has timeouts of "
                                     "its own"),
                        "detectors serve primary_backup and quorum");
  }
}

void CheckConfigGroup(const Scenario& s, Findings* findings) {
  if (s.cluster.config_service != ConfigServiceKind::kRaft) return;
  if (s.cluster.config_nodes % 2 == 0) {
    findings->Warning("cluster.config_nodes",
                      absl::StrCat(s.cluster.config_nodes,
                                   " members survive no more losses than ",
                                   s.cluster.config_nodes - 1),
                      "an odd number is usual");
  }
}

}  // namespace

void CheckCore(const Scenario& s, Findings* findings) {
  if (s.run.core == CoreRule::kAll || CanLoseNodes(s.replication)) return;
  const bool pb = s.replication.model == ReplicationModel::kPrimaryBackup;
  findings->Error(
      "run.core",
      pb ? std::string("without a fenced failover nobody replaces a primary "
                       "that failed for good")
         : absl::StrCat("model \"", NameOf(s.replication.model),
                        "\" needs every node that it has"),
      pb ? "set replication.primary_backup.failover = \"fenced\", or core = "
           "\"all\""
         : "use core = \"all\"");
}

void CheckDesign(const Scenario& s, Findings* findings) {
  CheckCore(s, findings);
  CheckZones(s, findings);
  CheckWal(s, findings);
  CheckDetector(s, findings);
  CheckConfigGroup(s, findings);
  switch (s.replication.model) {
    case ReplicationModel::kPrimaryBackup:
      return CheckBackups(s, findings);
    case ReplicationModel::kRaft:
      return CheckRaft(s, findings);
    case ReplicationModel::kQuorum:
      return CheckQuorum(s, findings);
    case ReplicationModel::kSingle:
      if (s.cluster.nodes > 1 && findings->IsWritten("cluster.nodes")) {
        findings->Warning("cluster.nodes",
                          absl::StrCat("model \"single\" uses n1 alone; the "
                                       "other ",
                                       s.cluster.nodes - 1, " stand idle"),
                          "set nodes = 1, or choose another model");
      }
      return;
    case ReplicationModel::kChain:
    case ReplicationModel::kMultiLeader:
      return;
  }
}

}  // namespace wringer::sim
