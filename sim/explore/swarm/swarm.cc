#include "sim/explore/swarm/swarm.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "sim/explore/swarm/draws.h"

namespace wringer::sim {
namespace {

// Puts back what the base states and what was left out.
class Restorer {
 public:
  Restorer(const Scenario& base, const SwarmOptions& options)
      : base_(base), options_(options) {}

  // `part` of the base if it says something there or the group is left out.
  template <typename Part>
  void Keep(SwarmGroup group, const Part& base, Part* drawn) const {
    if (Without(group) || !(base == Part{})) *drawn = base;
  }

  void KeepWorkload(WorkloadSpec* drawn) const {
    const LevelsSpec levels = drawn->levels;
    WorkloadSpec stated = base_.workload;
    stated.levels = LevelsSpec{};
    Keep(SwarmGroup::kWorkload, stated, drawn);
    drawn->levels = levels;
    Keep(SwarmGroup::kLevels, base_.workload.levels, &drawn->levels);
  }

  void KeepReplication(ReplicationSpec* drawn) const {
    const ReplicationSpec& base = base_.replication;
    const SwarmGroup group = SwarmGroup::kReplication;
    Keep(group, base.primary_backup, &drawn->primary_backup);
    Keep(group, base.raft, &drawn->raft);
    Keep(group, base.quorum, &drawn->quorum);
    Keep(group, base.detector, &drawn->detector);
    const bool stated = !(base == ReplicationSpec{});
    if (stated || Without(SwarmGroup::kModel)) drawn->model = base.model;
    if (options_.model) drawn->model = *options_.model;
  }

  bool Without(SwarmGroup group) const {
    return options_.without.contains(group);
  }

 private:
  const Scenario& base_;
  const SwarmOptions& options_;
};

// Families that were left out: their faults go, and nothing else moves.
void DropFamilies(const Restorer& restorer, FaultsSpec* faults) {
  RandomFaultsSpec& random = *faults->random;
  if (restorer.Without(SwarmGroup::kProcessFaults)) {
    random.crash.weight = 0;
    random.power_loss.weight = 0;
    random.pause.weight = 0;
  }
  if (restorer.Without(SwarmGroup::kNetworkFaults)) {
    random.partition.weight = 0;
    random.link.weight = 0;
  }
  if (restorer.Without(SwarmGroup::kClockFaults)) {
    random.clock_step.weight = 0;
    random.clock_drift.weight = 0;
    random.clock_freeze.weight = 0;
  }
  if (restorer.Without(SwarmGroup::kDiskFaults)) {
    random.slow_disk.weight = 0;
    random.io_error.weight = 0;
    random.disk_full.weight = 0;
  }
  std::erase_if(faults->timeline, [&](const FaultSpec& fault) {
    return restorer.Without(swarm::GroupOf(fault));
  });
}

}  // namespace

Scenario DrawSwarm(const Scenario& base, std::uint64_t seed,
                   const SwarmOptions& options) {
  const Restorer restorer(base, options);
  Scenario s = base;
  s.seed = seed;
  if (s.name.empty()) s.name = absl::StrCat("swarm ", seed);
  s.replication.model = swarm::DrawModel(seed);
  swarm::DrawReplication(seed, &s.replication);
  restorer.KeepReplication(&s.replication);
  swarm::DrawRun(seed, &s.run);
  s.run.limits = base.run.limits;
  const CoreRule core = swarm::DrawCore(seed);
  restorer.Keep(SwarmGroup::kRun, base.run, &s.run);
  if (base.run.core == CoreRule::kAll && !restorer.Without(SwarmGroup::kCore)) {
    s.run.core = core;
  }
  swarm::DrawCluster(seed, &s.cluster);
  restorer.Keep(SwarmGroup::kCluster, base.cluster, &s.cluster);
  swarm::DrawStorage(seed, &s.storage);
  restorer.Keep(SwarmGroup::kStorage, base.storage, &s.storage);
  swarm::DrawWal(seed, &s.wal);
  restorer.Keep(SwarmGroup::kWal, base.wal, &s.wal);
  swarm::DrawWorkload(seed, &s.workload);
  swarm::DrawLevels(seed, &s.workload.levels);
  restorer.KeepWorkload(&s.workload);
  swarm::DrawNetwork(seed, &s.network);
  restorer.Keep(SwarmGroup::kNetwork, base.network, &s.network);
  swarm::DrawDisk(seed, &s.disk);
  restorer.Keep(SwarmGroup::kDisk, base.disk, &s.disk);
  swarm::DrawClocks(seed, &s.clocks);
  restorer.Keep(SwarmGroup::kClocks, base.clocks, &s.clocks);
  if (base.faults == FaultsSpec{}) {
    swarm::DrawFaults(seed, options, &s);
    DropFamilies(restorer, &s.faults);
  }
  if (options.adjust) options.adjust(&s);
  swarm::Reconcile(options, &s);
  return s;
}

}  // namespace wringer::sim
