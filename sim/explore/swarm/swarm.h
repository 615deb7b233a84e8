// The swarm: a seed draws the whole design and the whole world of a run.
//
// A test that always has every feature on rarely sees a few of them work
// against each other for long; leaving options out at random finds more (Groce,
// Zhang, Eide, Chen, Regehr: Swarm Testing, ISSTA 2012). So each seed draws
// nodes, model and options, levels, load, network, disks and clocks, and each
// family of faults is on or off.
//
//   Scenario s = DrawSwarm(base, seed, options);   // plain data, seed set
//
// Every group of options has a random stream of its own, keyed by (seed,
// group), and draws whether its values are used or not: leaving one group out
// changes no draw of another. What then does not fit together (more owners than
// nodes, a level the model does not have) is made to fit by Reconcile, which
// draws nothing.
//
// Pure: no clock, no file, no run. Equal arguments, equal scenario.
#ifndef WR_SIM_EXPLORE_SWARM_SWARM_H_
#define WR_SIM_EXPLORE_SWARM_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "sim/scenario/scenario.h"

namespace wringer::sim {

enum class SwarmGroup : std::uint8_t {
  kRun,          // length of load and settling
  kCluster,      // nodes, config service
  kModel,        // which replication model
  kReplication,  // options of all models, detector
  kStorage,
  kWal,
  kWorkload,  // all but the levels
  kLevels,
  kNetwork,
  kDisk,
  kClocks,
  // Families of faults. Without one, its faults do not happen.
  kProcessFaults,  // crash, power-loss, pause
  kNetworkFaults,  // partition, link
  kClockFaults,    // clock-step, clock-drift, clock-freeze
  kDiskFaults,     // slow-disk, io-error, disk-full
  kDamage,         // wipe, bit-rot
  kMembership,     // nodes leave and come back; epochs granted by hand
  kCore,           // what fails for good when the load ends
  kMoments,        // faults that follow something that happens; blackouts
};
inline constexpr std::size_t kSwarmGroupCount =
    std::size_t(SwarmGroup::kMoments) + 1;

struct SwarmOptions {
  // Draw faults the design does not promise to survive, too: majorities down,
  // clocks beyond the trusted bound, damage on several nodes.
  bool beyond = false;
  std::optional<ReplicationModel> model;  // set: this one and no other
  // Groups that are not drawn: options stay as the base has them, families of
  // faults stay off.
  std::set<SwarmGroup> without;
  // Whether a design still promises anything once faults of this kind happen.
  // Kinds for which it does not are left out unless `beyond`. Unset: all do.
  std::function<bool(const Scenario&, FaultKind)> survives;
  // Changes what was drawn, before it is made to fit together: what somebody
  // wants otherwise, whatever the seed says. Unset: nothing.
  std::function<void(Scenario*)> adjust;
};

// The scenario of this seed, with the seed set. A table of `base` that differs
// from the format's defaults stays as it is, all others are drawn: so a base
// without anything is the whole swarm, and one that states its faults, say,
// sees them under many designs. Marks and violations that `base` expects, its
// script and its mutants stay.
Scenario DrawSwarm(const Scenario& base, std::uint64_t seed,
                   const SwarmOptions& options = {});

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SWARM_SWARM_H_
