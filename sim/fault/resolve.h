// From what a fault names (roles, zones, nodes) to nodes and links, at the
// moment it fires.
#ifndef WR_SIM_FAULT_RESOLVE_H_
#define WR_SIM_FAULT_RESOLVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/types.h"
#include "sim/fault/fault_target.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

// The stable key of a fault's draws: of its id, not of its place in a list.
std::uint64_t FaultKey(std::uint64_t seed, const FaultSpec& fault);

struct ResolvedFault {
  // The fault with its targets replaced by node targets, ascending, unique; a
  // role nobody holds vanishes. (A group in `link.between` keeps its name: the
  // format has no list there.)
  FaultSpec pinned;
  std::vector<NodeId> nodes;    // all that it names, ascending, unique
  std::vector<LinkEnds> links;  // of partition and link, ascending, unique
  std::string target;           // "n1", "n1 | n2 n3", "n1 n2 -> n3"
};

// Draws (`any`, `minority`) come from `key`; `old_leader` is what `old-leader`
// means now.
ResolvedFault Resolve(const FaultSpec& fault, const FaultTarget& cluster,
                      NodeId old_leader, std::uint64_t key);

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_RESOLVE_H_
