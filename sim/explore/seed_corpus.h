// Seeds worth running again, one a line: a cache beside the regressions.
//
//   scenarios/swarm/raft.toml 0x5eed safety/lost-ack
//   scenarios/swarm/raft.toml 0x77 mark:raft.snapshot_installed
//
// A seed is only as good as the order of draws: any change of it may turn the
// seed into another run. `wringer corpus prune` drops what no longer does what
// it was kept for; files in scenarios/regressions are the truth.
#ifndef WR_SIM_EXPLORE_SEED_CORPUS_H_
#define WR_SIM_EXPLORE_SEED_CORPUS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/slice.h"

namespace wringer::sim {

struct CorpusSeed {
  std::string scenario;
  std::uint64_t seed = 0;
  // What it showed when it was kept: a violation, or "mark:NAME".
  std::string why;
  auto operator<=>(const CorpusSeed&) const = default;
};

// Comments and empty lines are skipped. kInvalidArgument with the line's
// number.
absl::StatusOr<std::vector<CorpusSeed>> ParseSeedCorpus(Slice text, Slice name);
// Sorted, without doubles.
std::string SeedCorpusText(std::vector<CorpusSeed> seeds);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SEED_CORPUS_H_
