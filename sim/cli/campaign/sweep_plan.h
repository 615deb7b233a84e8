// From what a person asked for to the list of runs, and the file in which a
// results directory remembers it.
#ifndef WR_SIM_CLI_CAMPAIGN_SWEEP_PLAN_H_
#define WR_SIM_CLI_CAMPAIGN_SWEEP_PLAN_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/cli/commands.h"
#include "sim/explore/seed_plan.h"

namespace wringer::cli {

// The plan, or nothing after the mistakes were printed.
//
// A scenario named by itself is run with every seed. One found in a directory
// that fixes its seed (a story of the gallery, a regression) is run once with
// that: other seeds need not show its story.
std::optional<sim::SeedPlan> PlanSweep(const CommonOptions& common,
                                       const SweepOptions& options);

// invocation.json: what --resume needs to make the same plan again.
std::string InvocationJson(const SweepOptions& options,
                           const sim::SeedPlan& plan);
// Takes scenarios, seeds and settings over into `options`; budgets remain what
// they are there. kNotFound, kInvalidArgument.
absl::Status ReadInvocation(const std::string& path, SweepOptions* options);

// --seeds-from commit: a first seed that every commit has for itself.
// kFailedPrecondition outside of a git checkout.
absl::StatusOr<std::uint64_t> SeedOfCommit();

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SWEEP_PLAN_H_
