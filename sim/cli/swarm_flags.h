// --swarm: the scenario of a seed, drawn on top of a file or of nothing.
//
// What the design promises to survive is the expectation matrix's to say; this
// is where the pure draw of sim/explore/swarm is told.
#ifndef WR_SIM_CLI_SWARM_FLAGS_H_
#define WR_SIM_CLI_SWARM_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/commands.h"
#include "sim/explore/swarm/swarm.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

// The name a swarm on top of nothing has where a scenario has its path.
inline constexpr char kSwarmPath[] = "swarm";

// What the seeds draw on top of: the file of that path, or a scenario of
// defaults for "" and kSwarmPath. Nothing after its mistakes, or those of the
// settings, were printed.
std::optional<sim::Scenario> LoadSwarmBase(
    const CommonOptions& common, const std::string& path,
    const std::vector<std::string>& settings);

// The scenario of that seed: drawn on top of `base` under --swarm, with the
// settings in place of what was drawn there; else `base` itself, which has them
// already.
sim::Scenario ScenarioOfSeed(const SwarmFlags& flags, const sim::Scenario& base,
                             const std::vector<std::string>& settings,
                             std::uint64_t seed);

// " --swarm --model raft", "" without --swarm: for lines to be pasted.
std::string SwarmWords(const SwarmFlags& flags);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_SWARM_FLAGS_H_
