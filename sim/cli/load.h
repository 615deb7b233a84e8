// Reading a scenario for a command, with what its design can do checked too.
#ifndef WR_SIM_CLI_LOAD_H_
#define WR_SIM_CLI_LOAD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/cli/commands.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

// The scenario, or nothing after its mistakes were printed.
std::optional<sim::Scenario> LoadOrComplain(
    const CommonOptions& common, const std::string& path,
    const std::vector<std::string>& settings);

// The same without printing.
sim::ParseResult Load(const std::string& path,
                      const std::vector<std::string>& settings);

// `--seed`, else WRINGER_SEED, else the file's, else a fresh one.
std::uint64_t ChooseSeed(const std::optional<std::uint64_t>& asked,
                         const sim::Scenario& scenario);

// A whole file; kNotFound, kUnavailable.
absl::StatusOr<std::string> ReadFile(const std::string& path);
absl::Status WriteFile(const std::string& path, Slice text);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_LOAD_H_
