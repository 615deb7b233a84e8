#include "sim/cli/load.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "absl/strings/str_cat.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {

sim::ParseResult Load(const std::string& path,
                      const std::vector<std::string>& settings) {
  sim::ParseOptions options;
  options.settings = settings;
  return sim::LoadScenario(path, options);
}

std::optional<sim::Scenario> LoadOrComplain(
    const CommonOptions& common, const std::string& path,
    const std::vector<std::string>& settings) {
  sim::ParseResult result = Load(path, settings);
  PrintDiagnostics(common, result.diagnostics);
  return std::move(result.scenario);
}

std::uint64_t ChooseSeed(const std::optional<std::uint64_t>& asked,
                         const sim::Scenario& scenario) {
  if (asked) return *asked;
  const char* given = std::getenv("WRINGER_SEED");
  if (given != nullptr) {
    if (const auto seed = ParseSeed(given)) return *seed;
  }
  if (scenario.seed) return *scenario.seed;
  // The one place where chance enters: it is printed before anything runs.
  std::random_device device;
  const std::uint64_t high = device();
  return (high << 32) | device();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(absl::StrCat("cannot read \"", path, "\""));
  }
  std::string text((std::istreambuf_iterator<char>(file)),
                   std::istreambuf_iterator<char>());
  if (file.bad()) {
    return absl::UnavailableError(
        absl::StrCat("reading \"", path, "\" failed"));
  }
  return text;
}

absl::Status WriteFile(const std::string& path, Slice text) {
  // Whole or not at all: a reader never sees half a file.
  const std::string temporary = path + ".tmp";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.flush();
    if (!file) {
      std::remove(temporary.c_str());
      return absl::UnavailableError(
          absl::StrCat("cannot write \"", path, "\""));
    }
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write \"", path, "\""));
  }
  return absl::OkStatus();
}

}  // namespace wringer::cli
