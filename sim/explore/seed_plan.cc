#include "sim/explore/seed_plan.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {

SeedPlan::SeedPlan(std::vector<PlannedScenario> scenarios, std::uint64_t first,
                   std::optional<std::uint64_t> last,
                   std::vector<PlannedRun> extra)
    : scenarios_(std::move(scenarios)), first_(first), last_(last) {
  if (last) WR_CHECK(first <= *last);
  for (std::size_t i = 0; i < scenarios_.size(); ++i) {
    if (scenarios_[i].pinned) {
      named_.push_back({i, *scenarios_[i].pinned});
    } else {
      unpinned_.push_back(i);
    }
  }
  named_.insert(named_.end(), extra.begin(), extra.end());
}

std::optional<PlannedRun> SeedPlan::At(std::uint64_t n) const {
  if (n < named_.size()) return named_[n];
  if (unpinned_.empty()) return std::nullopt;
  const std::uint64_t behind = n - named_.size();
  const std::uint64_t step = behind / unpinned_.size();
  if (last_ && step > *last_ - first_) return std::nullopt;
  return PlannedRun{unpinned_[behind % unpinned_.size()], first_ + step};
}

std::optional<std::uint64_t> SeedPlan::size() const {
  if (unpinned_.empty()) return named_.size();
  // A range that covers all 2^64 seeds has no end either.
  if (!last_ || *last_ - first_ >= UINT64_MAX / unpinned_.size() - 1) {
    return std::nullopt;
  }
  return named_.size() + (*last_ - first_ + 1) * unpinned_.size();
}

std::string IdentityOf(const Scenario& scenario) {
  Scenario seedless = scenario;
  seedless.seed.reset();
  return absl::StrFormat("%016x", Hash64(DumpScenario(seedless)));
}

}  // namespace wringer::sim
