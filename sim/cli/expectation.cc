#include "sim/cli/expectation.h"

#include "absl/strings/str_cat.h"
#include "sim/cluster/translate.h"

namespace wringer::cli {
namespace {

using sim::AckRule;
using sim::DegradeRule;
using sim::FailoverRule;
using sim::FaultKind;
using sim::ReadLevelSpec;
using sim::ReplicationModel;
using sim::Scenario;

constexpr std::uint8_t kLost = kLin | kDur | kSessions;

enum Row : std::size_t {
  kSingleSynced,
  kSingleUnsynced,
  kPbAsyncFenced,
  kPbAsyncUnfenced,
  kPbSemiBeforeAck,
  kPbSemiDegrading,
  kPbSemiBlocking,
  kPbSyncFenced,
  kPbSyncUnfenced,
  kPbSyncBeforeAck,
  kPbSyncUnfencedBeforeAck,
  kPbSyncLeaderReads,
  kPbSemiLeaderReads,
  kPbSyncLease,
  kPbSemiLease,
  kPbUnsynced,
  kRaftStrong,
  kRaftLease,
  kRaftLeader,
  kRaftUnsynced,
  kQuorumLww,
  kQuorumLwwTrueClocks,
  kQuorumAbdLateRepair,
  kQuorumAbd,
  kQuorumSloppy,
  kQuorumWeak,
  kQuorumUnsynced,
  kQuorumAbdUnsynced,
};

// clang-format off
const std::vector<ExpectationRow>& Rows() {
  static const std::vector<ExpectationRow> rows = {
    // design                              none      crash     power     partition clocks    damage    config
    {"single, synced WAL",               {{kNothing, kNothing, kNothing, kNothing, kNothing, kLost,    kNothing}}},
    {"single, unsynced WAL",             {{kNothing, kNothing, kLost,    kNothing, kNothing, kLost,    kNothing}}},
    {"primary-backup async, fenced",     {{kSessions, kLost,   kLost,    kLost,    kLost,    kLost,    kLost}}},
    {"primary-backup async, unfenced",   {{kSessions, kLost,   kLost,    kLost,    kLost,    kLost,    kSessions}}},
    {"semi-sync, visible before ack",    {{kSessions, kLin|kSessions, kLin|kSessions, kLost, kLost,  kLost, kLost}}},
    {"semi-sync, degrades to async",     {{kSessions, kLost,   kLost,    kLost,    kLost,    kLost,    kLost}}},
    {"semi-sync, blocking",              {{kSessions, kSessions, kSessions, kSessions, kSessions, kSessions, kLost}}},
    {"primary-backup sync, fenced",      {{kSessions, kSessions, kSessions, kSessions, kSessions, kSessions, kSessions}}},
    {"primary-backup sync, unfenced",    {{kSessions, kSessions, kSessions, kSessions, kSessions, kSessions, kSessions}}},
    {"sync, visible before ack",         {{kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kSessions, kSessions}}},
    {"sync, unfenced, visible before ack", {{kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kSessions, kLin|kSessions, kNothing}}},
    {"primary-backup sync, leader reads", {{kNothing, kNothing, kNothing, kLin|kSessions, kNothing, kNothing, kNothing}}},
    {"semi-sync blocking, leader reads", {{kNothing, kNothing, kNothing, kLin|kSessions, kNothing, kNothing, kLost}}},
    {"primary-backup sync, lease reads", {{kNothing, kNothing, kNothing, kNothing, kLin|kSessions, kNothing, kNothing}}},
    {"semi-sync blocking, lease reads",  {{kNothing, kNothing, kNothing, kNothing, kLin|kSessions, kNothing, kLost}}},
    {"primary-backup, unsynced copies",  {{kSessions, kSessions, kLost,  kSessions, kSessions, kLost,  kSessions}}},
    {"raft, strong reads",               {{kSessions, kSessions, kSessions, kSessions, kSessions, kSessions, kSessions}}},
    {"raft, lease reads",                 {{kNothing, kNothing, kNothing, kNothing, kLin|kSessions, kNothing, kNothing}}},
    {"raft, leader reads",                {{kNothing, kNothing, kNothing, kLin|kSessions, kLin|kSessions, kNothing, kNothing}}},
    {"raft, unsynced WAL",               {{kSessions, kSessions, kLost|kConv, kSessions, kSessions, kLost|kConv, kSessions}}},
    {"quorum, last writer wins",         {{kLost,    kLost,    kLost,    kLost,    kLost,    kLost,    kNothing}}},
    {"quorum, last writer wins, true clocks", {{kNothing, kLost, kLost,   kNothing, kLost,    kNothing, kNothing}}},
    {"quorum, ABD, late repair",         {{kLin|kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kLin|kSessions, kNothing}}},
    {"quorum, ABD versions",             {{kNothing, kNothing, kNothing, kNothing, kNothing, kNothing, kNothing}}},
    {"quorum, sloppy",                   {{kLin|kSessions, kLost,  kLost,    kLost,    kLost,    kLost,    kNothing}}},
    {"quorum, R + W <= N",               {{kLost,    kLost,    kLost,    kLost,    kLost,    kLost,    kNothing}}},
    {"quorum, unsynced WAL",             {{kLost,    kLost,    kLost|kConv, kLost, kLost,    kLost,    kNothing}}},
    {"quorum, ABD, unsynced WAL",        {{kNothing, kNothing, kLost|kConv, kNothing, kNothing, kNothing, kNothing}}},
  };
  return rows;
}
// clang-format on

Row PrimaryBackupRow(const Scenario& s) {
  const sim::PrimaryBackupSpec& pb = s.replication.primary_backup;
  const bool unfenced = pb.failover == FailoverRule::kUnfenced;
  switch (pb.ack) {
    case AckRule::kAsync:
      return unfenced ? kPbAsyncUnfenced : kPbAsyncFenced;
    case AckRule::kSemiSync:
      if (pb.visible == sim::Visibility::kBeforeAck) return kPbSemiBeforeAck;
      if (pb.degrade != DegradeRule::kBlock || unfenced) {
        return kPbSemiDegrading;
      }
      return kPbSemiBlocking;
    case AckRule::kSync:
      break;
  }
  if (pb.degrade == DegradeRule::kAsync) return kPbSemiDegrading;
  if (pb.visible == sim::Visibility::kBeforeAck) {
    return unfenced ? kPbSyncUnfencedBeforeAck : kPbSyncBeforeAck;
  }
  return unfenced ? kPbSyncUnfenced : kPbSyncFenced;
}

// The copies a write waits for, as its level says.
std::uint32_t CopiesOf(const Scenario& s) {
  using Kind = sim::WriteLevelSpec::Kind;
  const sim::WriteLevelSpec& level = s.workload.levels.write;
  switch (level.kind) {
    case Kind::kDefault:
    case Kind::kQuorum:
      return s.replication.quorum.w;
    case Kind::kAll:
      return s.replication.quorum.n;
    case Kind::kCount:
      return level.copies;
    default:
      return 1;
  }
}

// Every wall clock shows the true time, until a fault touches it.
bool ClocksAreTrue(const Scenario& s) {
  const auto zero = [](const auto& range) {
    return range.low == 0 && range.high == 0;
  };
  return zero(s.clocks.offset) && zero(s.clocks.drift);
}

Row QuorumRow(const Scenario& s, bool synced) {
  const sim::QuorumSpec& q = s.replication.quorum;
  const bool weak = q.r + CopiesOf(s) <= q.n;
  // Whoever numbers a version may not have heard of the one before it: a clock
  // behind then makes the later write the lesser, and no fault is needed.
  const bool lww = q.versions == sim::VersionScheme::kLww;
  // ABD reads write back what they saw, to w owners whatever the writes asked
  // for; at level quorum they do so only where repair comes before the answer.
  const bool repairs =
      s.workload.levels.read.kind == ReadLevelSpec::Kind::kStrong ||
      q.repair == sim::RepairRule::kBlocking;
  const bool writes_back = repairs && q.r + q.w > q.n;
  const bool atomic = !weak && !lww && !q.sloppy && writes_back;
  if (!synced) return atomic ? kQuorumAbdUnsynced : kQuorumUnsynced;
  if (atomic) return kQuorumAbd;
  if (weak) return kQuorumWeak;
  if (lww) {
    return ClocksAreTrue(s) && writes_back && !q.sloppy ? kQuorumLwwTrueClocks
                                                        : kQuorumLww;
  }
  return q.sloppy ? kQuorumSloppy : kQuorumAbdLateRepair;
}

bool Synced(const Scenario& s) {
  // To the page cache is what remote-write promises of the copies.
  const bool copies =
      s.replication.model != ReplicationModel::kPrimaryBackup ||
      s.replication.primary_backup.acked_by != sim::AckedBy::kRemoteWrite;
  return sim::SyncsBeforeAck(s.wal) && copies;
}

// A design that is otherwise strict, by how it reads. A leader that was
// replaced answers until it hears of it.
Row ByReads(Row strict, const Scenario& s) {
  switch (s.workload.levels.read.kind) {
    case ReadLevelSpec::Kind::kLease:
      if (strict == kRaftStrong) return kRaftLease;
      if (strict == kPbSyncFenced) return kPbSyncLease;
      if (strict == kPbSemiBlocking) return kPbSemiLease;
      return strict;
    case ReadLevelSpec::Kind::kLeader:
      if (strict == kRaftStrong) return kRaftLeader;
      if (strict == kPbSyncFenced) return kPbSyncLeaderReads;
      if (strict == kPbSemiBlocking) return kPbSemiLeaderReads;
      return strict;
    default:
      return strict;
  }
}

// A strict design with unsynced copies may violate what either may.
std::vector<Row> StrictRows(Row strict, Row unsynced, const Scenario& s) {
  const Row row = ByReads(strict, s);
  if (Synced(s)) return {row};
  if (row == strict) return {unsynced};
  return {unsynced, row};
}

std::vector<Row> RowIndices(const Scenario& s) {
  switch (s.replication.model) {
    case ReplicationModel::kSingle:
      return {Synced(s) ? kSingleSynced : kSingleUnsynced};
    case ReplicationModel::kPrimaryBackup: {
      const Row row = PrimaryBackupRow(s);
      const bool early =
          row == kPbSyncBeforeAck || row == kPbSyncUnfencedBeforeAck;
      if (early && !Synced(s)) return {kPbUnsynced, row};
      const bool strict = row == kPbSyncFenced || row == kPbSemiBlocking ||
                          row == kPbSyncUnfenced;
      if (!strict) return {row};
      return StrictRows(row, kPbUnsynced, s);
    }
    case ReplicationModel::kRaft:
      return StrictRows(kRaftStrong, kRaftUnsynced, s);
    default:
      return {QuorumRow(s, Synced(s))};
  }
}

// A fault of the class "pause, clocks" that is no hazard to this design.
bool Bears(Row row, const Scenario& s, FaultKind kind) {
  // A lease breaks by clocks that run at other rates than it trusts, not by a
  // pause, a slow disk or a wall clock that jumps.
  const bool lease =
      row == kRaftLease || row == kPbSyncLease || row == kPbSemiLease;
  if (lease) return sim::OraclePromisesOf(s).leases;
  // Whoever stands still or is slow knows the time when it goes on.
  return row == kQuorumLwwTrueClocks &&
         (kind == FaultKind::kPause || kind == FaultKind::kSlowDisk);
}

}  // namespace

const std::vector<ExpectationRow>& ExpectationMatrix() { return Rows(); }

std::string DesignOf(const Scenario& scenario) {
  std::string text;
  for (const Row row : RowIndices(scenario)) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", Rows()[row].design);
  }
  return text;
}

FaultClass ClassOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kCrash:
      return FaultClass::kCrash;
    case FaultKind::kPowerLoss:
      return FaultClass::kPowerLoss;
    case FaultKind::kPartition:
    case FaultKind::kLink:
      return FaultClass::kPartition;
    case FaultKind::kPause:
    case FaultKind::kClockStep:
    case FaultKind::kClockDrift:
    case FaultKind::kClockFreeze:
    case FaultKind::kSlowDisk:
      return FaultClass::kClocks;
    case FaultKind::kWipe:
    case FaultKind::kBitRot:
    case FaultKind::kIoError:
    case FaultKind::kDiskFull:
      return FaultClass::kDamage;
    case FaultKind::kConfig:
    case FaultKind::kMembership:
      return FaultClass::kConfig;
    case FaultKind::kHeal:
      break;
  }
  return FaultClass::kNone;
}

Slice FaultClassName(FaultClass fault_class) {
  switch (fault_class) {
    case FaultClass::kNone:
      return "no fault";
    case FaultClass::kCrash:
      return "crash";
    case FaultClass::kPowerLoss:
      return "power loss";
    case FaultClass::kPartition:
      return "partition";
    case FaultClass::kClocks:
      return "pause, clocks";
    case FaultClass::kDamage:
      return "disk damage";
    case FaultClass::kConfig:
      break;
  }
  return "reconfiguration";
}

bool SeenBeforeAcknowledged(const Scenario& scenario) {
  return scenario.replication.model == ReplicationModel::kPrimaryBackup &&
         scenario.replication.primary_backup.visible ==
             sim::Visibility::kBeforeAck;
}

std::uint8_t MayViolate(const Scenario& scenario,
                        const std::vector<FaultKind>& kinds) {
  std::uint8_t may = kNothing;
  for (const Row index : RowIndices(scenario)) {
    const ExpectationRow& row = Rows()[index];
    may |= row.may[std::size_t(FaultClass::kNone)];
    for (const FaultKind kind : kinds) {
      const FaultClass fault_class = ClassOf(kind);
      if (fault_class == FaultClass::kClocks && Bears(index, scenario, kind)) {
        continue;
      }
      may |= row.may[std::size_t(fault_class)];
    }
  }
  return may;
}

std::string HazardText(std::uint8_t hazards) {
  std::string out;
  const auto add = [&](std::uint8_t bit, const char* text) {
    if ((hazards & bit) == 0) return;
    absl::StrAppend(&out, out.empty() ? "" : ", ", text);
  };
  add(kLin, "linearizability");
  add(kDur, "acknowledged writes");
  add(kSessions, "session guarantees of weak reads");
  add(kConv, "convergence");
  return out.empty() ? "nothing" : out;
}

}  // namespace wringer::cli
