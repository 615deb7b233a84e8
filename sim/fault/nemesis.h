// The nemesis: draws random faults from the seed, before the run starts, into
// an explicit list that can be dumped, read, and shrunk.
//
// A sequence of slots is drawn first, `gap` apart. Each slot is won by one
// kind: every kind draws an exponential waiting time of its own for the slot,
// divided by its weight, and the shortest wins (so each wins in proportion to
// its weight). The winner's victim, duration and parameters come from the
// kind's own stream at that slot. So switching a kind off changes only the
// slots it had won: times, kinds and draws of the others stay as they were.
//
// A drawn fault that would break `at_most` is dropped, and nothing else moves.
#ifndef WR_SIM_FAULT_NEMESIS_H_
#define WR_SIM_FAULT_NEMESIS_H_

#include <cstdint>
#include <vector>

#include "engine/base/types.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

struct NemesisInput {
  std::uint64_t seed = 0;
  std::vector<NodeId> replicas;  // ascending
  bool has_leader = true;        // the model elects or appoints one
  Nanos run_length = 0;
  // Of a raft config service; empty if there is none. Ascending.
  std::vector<NodeId> config_nodes{};
};

// Timed faults in order of time, ids "crash-r7": kind and slot.
std::vector<FaultSpec> DrawFaults(const RandomFaultsSpec& spec,
                                  const NemesisInput& input);

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_NEMESIS_H_
