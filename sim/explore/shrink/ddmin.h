// Delta debugging: the smallest part of a list that still does it.
//
// ddmin (Zeller, Hildebrandt 2002, "Simplifying and Isolating Failure-Inducing
// Input", figure 5) with chunks that halve: take a chunk away; if what is left
// still does it, go on from there; if no chunk can go, halve the chunks. The
// result is 1-minimal: no single element of it can go.
//
// Pure: the caller says, for an ordered batch of proposals, which is the first
// that still does it. How many it tries at a time is its own business, so the
// result does not depend on the number of workers.
#ifndef WR_SIM_EXPLORE_SHRINK_DDMIN_H_
#define WR_SIM_EXPLORE_SHRINK_DDMIN_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace wringer::sim {

// Places in the list, ascending.
using Subset = std::vector<std::size_t>;

// The index of the first proposal that still does it; nothing if none does, or
// if the search is to stop.
using FirstHit =
    std::function<std::optional<std::size_t>(const std::vector<Subset>&)>;

// A 1-minimal subset of 0 .. size - 1, the empty one included, unless
// `first_hit` stopped answering; then the best so far. REQUIRES: the whole list
// does it. Proposes O(n log n) subsets if few elements matter, O(n^2) at worst.
Subset MinimalSubset(std::size_t size, const FirstHit& first_hit);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_DDMIN_H_
