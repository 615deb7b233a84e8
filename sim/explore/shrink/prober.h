// Asks of a scenario whether it still shows the failure that is being shrunk.
// The shrinker proposes, the prober runs and judges.
#ifndef WR_SIM_EXPLORE_SHRINK_PROBER_H_
#define WR_SIM_EXPLORE_SHRINK_PROBER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/types.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// What one run of a proposal showed. Times count from where the clock of the
// scenario starts.
struct Sight {
  bool same = false;   // the failure that is wanted: class and fingerprint
  Nanos seen_at = -1;  // when it became visible; -1: at the end, or unknown
  std::vector<std::uint64_t> story;  // ids of the operations that prove it
  std::uint64_t story_key = ~std::uint64_t{0};  // key they are about, if one
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
};

class Prober {
 public:
  virtual ~Prober() = default;

  // Runs one. Nothing if the search is to stop.
  virtual std::optional<Sight> Look(const Scenario& scenario) = 0;
  // The first of the proposals, in their order, that shows the failure,
  // whatever the order in which they are tried; nothing if none does or the
  // search is to stop.
  virtual std::optional<std::size_t> FirstFailing(
      const std::vector<Scenario>& proposals) = 0;
  // Whether each shows it. Untried ones do not, once the search is to stop.
  virtual std::vector<bool> Failing(const std::vector<Scenario>& proposals) = 0;
  // The budget is spent, or somebody wants to stop.
  virtual bool stopped() const = 0;
  virtual std::uint64_t runs() const = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_PROBER_H_
