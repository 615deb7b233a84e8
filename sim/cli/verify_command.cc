// wringer verify: the same run twice, event for event.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/cluster/run.h"
#include "sim/core/divergence.h"

namespace wringer::cli {
namespace {

sim::DigestTrail TrailOf(const sim::RunResult& result) {
  return {result.digest_marks, result.events, result.digest};
}

absl::StatusOr<sim::RunResult> Once(const sim::Scenario& scenario,
                                    std::uint64_t seed,
                                    sim::WorldObserver* observer) {
  sim::RunOptions options;
  options.seed = seed;
  if (observer != nullptr) options.observers.push_back(observer);
  return sim::Run(scenario, options);
}

// Runs both again with the window recorded, and says where they part.
int ShowDivergence(const sim::Scenario& scenario, std::uint64_t seed,
                   sim::EventWindow window) {
  sim::WindowRecorder left(window);
  sim::WindowRecorder right(window);
  const auto first = Once(scenario, seed, &left);
  const auto second = Once(scenario, seed, &right);
  if (!first.ok() || !second.ok()) return kToolFailed;
  const sim::Divergence divergence = sim::CompareWindows(left, right);
  Out(sim::DivergenceText(divergence));
  return kNotDeterministic;
}

}  // namespace

int VerifyScenario(const CommonOptions& common, const VerifyOptions& options) {
  const auto scenario =
      LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const std::uint64_t seed = ChooseSeed(options.seed, *scenario);
  Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                   SeedText(seed), "\n"));
  const auto first = Once(*scenario, seed, nullptr);
  if (!first.ok()) return Complain(first.status().message());
  const auto second = Once(*scenario, seed, nullptr);
  if (!second.ok()) return Complain(second.status().message());
  const auto window = sim::FirstDifference(TrailOf(*first), TrailOf(*second));
  if (!window) {
    Out(absl::StrCat("PASS   two runs of ", CountText(first->events),
                     " events, one digest ", DigestText(first->digest), "\n"));
    return kHeld;
  }
  Out(absl::StrCat(
      "FAIL   not deterministic: digests ", DigestText(first->digest), " and ",
      DigestText(second->digest), "; they part between event ",
      CountText(window->after), " and ", CountText(window->last), "\n"));
  return ShowDivergence(*scenario, seed, *window);
}

}  // namespace wringer::cli
