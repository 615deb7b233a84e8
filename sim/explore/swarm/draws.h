// The draws of the swarm, one function a group, and what makes them fit.
//
// A draw fills in its part of the scenario from a stream that is its own and
// looks at nothing another group drew.
#ifndef WR_SIM_EXPLORE_SWARM_DRAWS_H_
#define WR_SIM_EXPLORE_SWARM_DRAWS_H_

#include <cstdint>
#include <iterator>
#include <string>

#include "engine/base/random.h"
#include "sim/explore/swarm/swarm.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim::swarm {

// What a draw is made with: a stream and the shapes of choice it needs.
class Draw {
 public:
  Draw(std::uint64_t seed, SwarmGroup group, std::uint64_t part = 0)
      : random_(seed, Purpose("swarm"), std::uint64_t(group), part) {}

  bool Percent(std::uint32_t percent) {
    return random_.Chance(percent * 10'000);
  }
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    return random_.Between(low, high);
  }
  std::uint32_t Count(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(random_.Between(low, high));
  }
  // One of an array's elements; write one twice to have it twice as often.
  template <typename T, std::size_t N>
  T Of(const T (&choices)[N]) {
    return choices[random_.Below(N)];
  }
  // A power of two between two of them, all equally likely.
  std::uint64_t Doubling(std::uint64_t low, std::uint64_t high) {
    std::uint64_t steps = 0;
    while ((low << (steps + 1)) <= high) ++steps;
    return low << random_.Below(steps + 1);
  }

 private:
  RandomStream random_;
};

// One bit a family of faults, on in about half of the seeds. The raw parts of
// damage and membership are timelines of their own.
void DrawRun(std::uint64_t seed, RunSpec* run);
CoreRule DrawCore(std::uint64_t seed);
void DrawCluster(std::uint64_t seed, ClusterSpec* cluster);
ReplicationModel DrawModel(std::uint64_t seed);
void DrawReplication(std::uint64_t seed, ReplicationSpec* replication);
void DrawStorage(std::uint64_t seed, StorageSpec* storage);
void DrawWal(std::uint64_t seed, WalSpec* wal);
void DrawWorkload(std::uint64_t seed, WorkloadSpec* workload);
void DrawLevels(std::uint64_t seed, LevelsSpec* levels);
void DrawNetwork(std::uint64_t seed, NetworkSpec* network);
void DrawDisk(std::uint64_t seed, DiskSpec* disk);
void DrawClocks(std::uint64_t seed, ClockSpec* clocks);
// REQUIRES: nodes, model and run are what they will be; they say whom and when.
void DrawFaults(std::uint64_t seed, const SwarmOptions& options,
                Scenario* scenario);
// The part of it that waits for something to happen.
void DrawMoments(std::uint64_t seed, Scenario* scenario);
// A failure at the leader or a node, right behind the fault `id`.
FaultSpec FailureBehind(Draw* draw, const std::string& id, const Scenario& s);
// Of a fault that is written out in the timeline.
SwarmGroup GroupOf(const FaultSpec& fault);

// Makes the parts fit together, so that the parser's checks hold and, unless
// `beyond`, the faults are within what the design promises to survive.
void Reconcile(const SwarmOptions& options, Scenario* scenario);
// The part of it that is about faults.
void ReconcileFaults(const SwarmOptions& options, Scenario* scenario);

}  // namespace wringer::sim::swarm

#endif  // WR_SIM_EXPLORE_SWARM_DRAWS_H_
