// Liveness when not everything heals: after the load a core stays healthy, as
// small as the model's contract allows, and every other node fails for good.
// The core must agree and serve without them.
//
// A cluster that comes back only once all of it is well again has an
// availability that nobody promised; TigerBeetle's simulator judges the same
// way ("liveness mode": a core, and permanent failures outside it).
#ifndef WR_SIM_RUN_HEALTHY_CORE_H_
#define WR_SIM_RUN_HEALTHY_CORE_H_

#include <cstdint>
#include <set>
#include <vector>

#include "engine/base/types.h"
#include "sim/cluster/cluster.h"
#include "sim/fault/fault_driver.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// Replicas and members of a raft config service that the cluster can lose, all
// at once: drawn, as many as the contract allows beside those in `damaged`,
// whose disks may have lost what was promised. Empty if it needs everybody.
std::set<NodeId> DrawLost(const Scenario& scenario, const Cluster& cluster,
                          const std::set<NodeId>& damaged, std::uint64_t seed);

// What becomes of each of `lost`: what is wrong with its process, clocks or
// disk stays so, and most are struck besides, down, cut off, paused or, where
// the model withstands that, deaf or mute. All other faults end.
void FailForGood(const Scenario& scenario, const Cluster& cluster,
                 const std::set<NodeId>& lost, std::uint64_t seed,
                 FaultDriver* driver);

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_HEALTHY_CORE_H_
