// Faults against the design they hit: what cannot happen there goes, and,
// unless `beyond`, what the design does not promise to survive.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

using Model = ReplicationModel;

using Kinds = std::vector<std::pair<FaultKind, RandomFault*>>;

Kinds KindsOf(RandomFaultsSpec* random) {
  return {{FaultKind::kCrash, &random->crash},
          {FaultKind::kPowerLoss, &random->power_loss},
          {FaultKind::kPause, &random->pause},
          {FaultKind::kWipe, &random->wipe},
          {FaultKind::kPartition, &random->partition},
          {FaultKind::kLink, &random->link},
          {FaultKind::kClockStep, &random->clock_step},
          {FaultKind::kClockDrift, &random->clock_drift},
          {FaultKind::kClockFreeze, &random->clock_freeze},
          {FaultKind::kDiskFull, &random->disk_full},
          {FaultKind::kIoError, &random->io_error},
          {FaultKind::kSlowDisk, &random->slow_disk},
          {FaultKind::kBitRot, &random->bit_rot}};
}

bool IsDamage(const FaultSpec& fault) {
  return fault.kind == FaultKind::kWipe || fault.kind == FaultKind::kBitRot ||
         fault.id.starts_with("swarm-reboot");
}

// What waited for a fault that is gone would wait for ever.
void DropDependents(std::vector<FaultSpec>* timeline) {
  std::set<std::string> ids;
  for (const FaultSpec& fault : *timeline) ids.insert(fault.id);
  const auto dropped = std::erase_if(*timeline, [&](const FaultSpec& fault) {
    return fault.trigger.kind == FaultTrigger::Kind::kFault &&
           !ids.contains(fault.trigger.fault);
  });
  if (dropped > 0) DropDependents(timeline);
}

bool HasOtherThanDamage(const std::vector<FaultSpec>& timeline) {
  return std::any_of(timeline.begin(), timeline.end(), [](const FaultSpec& f) {
    return GroupOf(f) != SwarmGroup::kDamage;
  });
}

// A lone node has no links to cut; its own crash is the one it can have.
void FitOneNode(RandomFaultsSpec* random) {
  random->partition.weight = 0;
  random->link.weight = 0;
  random->at_most.down = {false, 1};
}

void FitOneNode(std::vector<FaultSpec>* timeline) {
  std::erase_if(*timeline, [](const FaultSpec& fault) {
    return fault.kind == FaultKind::kPartition ||
           fault.kind == FaultKind::kLink;
  });
  DropDependents(timeline);
}

// Membership is raft's; an epoch is granted where the config service fences,
// and whoever is in sync has all that was acknowledged.
bool CanChange(const FaultSpec& change, const Scenario& s) {
  const bool fenced =
      s.replication.model == Model::kPrimaryBackup &&
      s.cluster.config_service != ConfigServiceKind::kNone &&
      s.replication.primary_backup.failover == FailoverRule::kFenced &&
      s.replication.primary_backup.ack == AckRule::kSync;
  if (change.kind == FaultKind::kConfig) return fenced;
  if (change.kind != FaultKind::kMembership) {
    return s.cluster.config_service == ConfigServiceKind::kRaft;
  }
  return s.replication.model == Model::kRaft && s.cluster.nodes >= 4;
}

// A side names nodes that are not there.
bool CutsNobody(const FaultSpec& fault, const Scenario& s) {
  const auto& sides = fault.partition.sides;
  return std::any_of(sides.begin(), sides.end(), [&](const auto& side) {
    return side.back().node.value() > s.cluster.nodes;
  });
}

// Nodes that the timeline names, and changes that the model has.
void FitTimeline(bool beyond, Scenario* s) {
  std::erase_if(s->faults.timeline, [&](const FaultSpec& fault) {
    const bool change = GroupOf(fault) == SwarmGroup::kMembership;
    return (change && !CanChange(fault, *s)) || CutsNobody(fault, *s);
  });
  DropDependents(&s->faults.timeline);
  RaftSpec& raft = s->replication.raft;
  bool leaves = false;
  for (const FaultSpec& fault : s->faults.timeline) {
    if (fault.kind != FaultKind::kMembership) continue;
    leaves |= fault.membership != MembershipAction::kTransferLeader;
    if (fault.membership == MembershipAction::kSetVoters) {
      raft.joint_membership = true;
    }
  }
  // A node that votes no more hears from nobody and campaigns; without both it
  // deposes every leader (Ongaro's dissertation, section 4.2.3).
  if (leaves && !beyond) raft.pre_vote = raft.check_quorum = true;
  const auto fit = [s](Target* target) {
    const std::uint32_t id = target->node.value();
    target->node = NodeId(std::min(id, s->cluster.nodes));
  };
  for (FaultSpec& fault : s->faults.timeline) {
    for (Target& target : fault.nodes) fit(&target);
    for (Target& target : fault.partition.isolate) fit(&target);
    for (Target& target : fault.link.from) fit(&target);
    for (Target& target : fault.link.to) fit(&target);
    if (fault.trigger.node) fit(&*fault.trigger.node);
    const auto same = std::unique(fault.nodes.begin(), fault.nodes.end());
    fault.nodes.erase(same, fault.nodes.end());
  }
}

// Clocks that leases are built on keep within the bound they trust: the
// greatest difference between two of them is twice what one may be off.
void TrustClocks(Scenario* s) {
  const RandomFaultsSpec& random = *s->faults.random;
  const std::int64_t faulty =
      random.clock_drift.weight > 0 ? random.clock_drift.rate.high : 0;
  const std::int64_t off = s->clocks.drift.high + faulty;
  const auto bound = static_cast<Ppm>(2 * off + 20);
  Ppm& raft = s->replication.raft.drift_bound;
  raft = std::max(raft, bound);
  Ppm& pb = s->replication.primary_backup.drift_bound;
  pb = std::max(pb, bound);
}

// A primary's epoch may rest on it alone when others were dropped: a disk lost
// then is data lost. Damage comes alone there.
void OneDamageOnly(Scenario* s) {
  const RandomFaultsSpec& random = *s->faults.random;
  const bool others_fail =
      random.crash.weight > 0 || random.power_loss.weight > 0 ||
      random.pause.weight > 0 || random.partition.weight > 0 ||
      random.link.weight > 0 || random.io_error.weight > 0 ||
      random.disk_full.weight > 0 || HasOtherThanDamage(s->faults.timeline) ||
      s->replication.primary_backup.degrade == DegradeRule::kShrink;
  if (s->replication.model == Model::kPrimaryBackup && others_fail) {
    std::erase_if(s->faults.timeline, IsDamage);
  }
}

// What is allowed, and yet ends in a state that no check can tell from a bug:
// --beyond draws it.
void LeaveOutRefusals(Scenario* s) {
  // Without syncs there is no watermark that tells damage from a torn tail.
  if (!SyncsBeforeAck(s->wal)) {
    std::erase_if(s->faults.timeline, [](const FaultSpec& fault) {
      return IsDamage(fault) && fault.kind != FaultKind::kWipe;
    });
  }
  // A file that never syncs again keeps its node down for good.
  if (s->disk.after_fsync_error == AfterFsyncError::kSticky) {
    s->disk.after_fsync_error = AfterFsyncError::kCleanButLost;
  }
}

void KeepWithinContract(const SwarmOptions& options, Scenario* s) {
  const auto survives = [&](FaultKind kind) {
    return !options.survives || options.survives(*s, kind);
  };
  for (const auto& [kind, fault] : KindsOf(&*s->faults.random)) {
    if (!survives(kind)) fault->weight = 0;
  }
  // Without a copy elsewhere a lost disk is lost.
  std::erase_if(s->faults.timeline, [&](const FaultSpec& fault) {
    const bool lost = fault.kind == FaultKind::kWipe && s->cluster.nodes == 1;
    return lost || !survives(fault.kind);
  });
  DropDependents(&s->faults.timeline);
  OneDamageOnly(s);
  LeaveOutRefusals(s);
  TrustClocks(s);
}

}  // namespace

void ReconcileFaults(const SwarmOptions& options, Scenario* s) {
  FitTimeline(options.beyond, s);
  if (!s->faults.random) return;
  RandomFaultsSpec& random = *s->faults.random;
  if (s->cluster.nodes == 1) {
    FitOneNode(&random);
    FitOneNode(&s->faults.timeline);
  }
  if (s->cluster.config_service != ConfigServiceKind::kRaft) random.config = 0;
  if (options.beyond && s->cluster.nodes > 1) {
    random.at_most.down = {false, s->cluster.nodes};
  }
  if (!options.beyond) KeepWithinContract(options, s);
  const Kinds kinds = KindsOf(&random);
  const bool any = std::any_of(kinds.begin(), kinds.end(), [](const auto& k) {
    return k.second->weight > 0;
  });
  if (!any) s->faults.random.reset();
}

}  // namespace wringer::sim::swarm
