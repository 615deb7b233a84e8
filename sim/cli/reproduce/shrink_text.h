// A shrunk scenario as people read it: what is left, how exact it has to be,
// and what turned out not to matter; on the terminal, and as the comment of the
// regression file.
#ifndef WR_SIM_CLI_REPRODUCE_SHRINK_TEXT_H_
#define WR_SIM_CLI_REPRODUCE_SHRINK_TEXT_H_

#include <cstdint>
#include <string>

#include "reports/render/style.h"
#include "sim/cli/failure.h"
#include "sim/explore/shrink/ranges.h"
#include "sim/explore/shrink/shrinker.h"

namespace wringer::cli {

struct ShrinkStory {
  const sim::ShrinkResult& shrunk;
  const sim::Tolerance& tolerance;
  const Failure& failure;
  std::string path;  // what was shrunk
  std::uint64_t seed = 0;
  std::string what_happened;  // the story of the finding; may be empty
};

// Operations and faults in order of time, a line each.
std::string NeededText(const ShrinkStory& story);
// "Not needed: ..."; several lines, empty if everything was.
std::string NotNeededText(const ShrinkStory& story);

// The file: comment, scenario in its short form, and what is expected of it. A
// file with planted bugs must show the violation; without, it must not come
// back.
std::string RegressionToml(const ShrinkStory& story);
// The scenario in it.
sim::Scenario RegressionScenario(const ShrinkStory& story);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_REPRODUCE_SHRINK_TEXT_H_
