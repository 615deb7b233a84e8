// Small changes to a scenario, each a pure function. What they yield need not
// be valid: the prober reads every proposal through the parser's own checks,
// and a proposal that does not pass them does not fail either.
#ifndef WR_SIM_EXPLORE_SHRINK_EDITS_H_
#define WR_SIM_EXPLORE_SHRINK_EDITS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/explore/shrink/ddmin.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// ---- faults ----

// Only these faults. A heal no longer names those that are gone.
Scenario WithFaults(const Scenario& scenario, const Subset& kept);
// Weaker or simpler forms of one fault, the boldest first.
std::vector<Scenario> WeakerFaults(const Scenario& scenario, std::size_t fault);
// One fault in place of two of a kind: both stretches or both victims in one.
std::vector<Scenario> MergedFaults(const Scenario& scenario);

// ---- operations ----

Scenario WithOperations(const Scenario& scenario, const Subset& kept);
// Only the operations of these clients (places in 0 .. clients - 1).
Scenario WithClients(const Scenario& scenario, const Subset& kept);
// Simpler forms of one operation: get or put instead of cas, a short value.
std::vector<Scenario> SimplerOperations(const Scenario& scenario,
                                        std::size_t op);
// Operations of client `from` made by client `to`.
Scenario WithClientMerged(const Scenario& scenario, std::uint32_t from,
                          std::uint32_t to);
// Clients, keys and ids numbered from the start, without gaps.
Scenario Renumbered(const Scenario& scenario);

// ---- nodes ----

// Without one replica: later ones move up, faults lose it as a victim, quorum
// sizes become a majority of what is left. Nothing if it cannot be taken away.
std::optional<Scenario> WithoutNode(const Scenario& scenario, NodeId node);

// ---- time ----

// The moments at which something is set to happen: scripted operations and
// faults with a time, ascending, each once.
std::vector<Nanos> MomentsOf(const Scenario& scenario);
// Everything from `from` on happens earlier by `by`; the run is shorter by it.
Scenario WithShift(const Scenario& scenario, Nanos from, Nanos by);
// What happens at `from` happens at `to`.
Scenario WithMoment(const Scenario& scenario, Nanos from, Nanos to);
// The last thing that is set to happen, faults' ends included.
Nanos LastMoment(const Scenario& scenario);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_EDITS_H_
