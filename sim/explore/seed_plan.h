// Which runs a campaign makes, in which order, as a pure function of their
// number: so that a resumed campaign goes on with the same list.
//
// First the pinned scenarios, once each with the seed they fix; then seeds
// asked for by name (a corpus); then seed by seed through all others, so that a
// short campaign sees each of them.
#ifndef WR_SIM_EXPLORE_SEED_PLAN_H_
#define WR_SIM_EXPLORE_SEED_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.h"

namespace wringer::sim {

struct PlannedScenario {
  std::string path;
  Scenario scenario;
  std::string identity;  // of its resolved text; see IdentityOf
  // Set: one run with this seed and no other.
  std::optional<std::uint64_t> pinned;
};

struct PlannedRun {
  std::size_t scenario = 0;  // place in SeedPlan::scenarios
  std::uint64_t seed = 0;
  auto operator<=>(const PlannedRun&) const = default;
};

class SeedPlan {
 public:
  // Seeds are first, first + 1, ... last, both included; `last` unset: without
  // end, around past 2^64. `extra` are runs by name.
  SeedPlan(std::vector<PlannedScenario> scenarios, std::uint64_t first,
           std::optional<std::uint64_t> last,
           std::vector<PlannedRun> extra = {});

  const std::vector<PlannedScenario>& scenarios() const { return scenarios_; }
  // The n-th run from 0; nothing behind the last one.
  std::optional<PlannedRun> At(std::uint64_t n) const;
  // Runs in all; unset: without end.
  std::optional<std::uint64_t> size() const;

 private:
  std::vector<PlannedScenario> scenarios_;
  std::uint64_t first_;
  std::optional<std::uint64_t> last_;
  std::vector<PlannedRun> named_;      // pinned, then extra
  std::vector<std::size_t> unpinned_;  // places of the others
};

// Sixteen hex digits: equal for equal scenarios, comments and order of keys
// aside. The seed does not count.
std::string IdentityOf(const Scenario& scenario);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SEED_PLAN_H_
