// wringer verify: the same run twice, event for event.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "sim/cli/commands.h"
#include "sim/cli/divergence_report.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/core/divergence.h"
#include "sim/run/run.h"

namespace wringer::cli {
namespace {

absl::StatusOr<sim::RunResult> Once(const sim::Scenario& scenario,
                                    std::uint64_t seed) {
  sim::RunOptions options;
  options.seed = seed;
  return sim::Run(scenario, options);
}

}  // namespace

int VerifyScenario(const CommonOptions& common, const VerifyOptions& options) {
  const auto scenario =
      LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                   SeedText(seed), "\n"));
  const auto first = Once(*scenario, seed);
  if (!first.ok()) return Complain(first.status().message());
  const auto second = Once(*scenario, seed);
  if (!second.ok()) return Complain(second.status().message());
  const auto window = sim::FirstDifference(TrailOf(*first), TrailOf(*second));
  if (!window) {
    Out(absl::StrCat("PASS   two runs of ", CountText(first->events),
                     " events, one digest ", DigestText(first->digest), "\n"));
    return kHeld;
  }
  Out(absl::StrCat("FAIL   not deterministic: digests ",
                   DigestText(first->digest), " and ",
                   DigestText(second->digest), "\n",
                   DivergenceReport(*scenario, seed, *window)));
  return kNotDeterministic;
}

}  // namespace wringer::cli
