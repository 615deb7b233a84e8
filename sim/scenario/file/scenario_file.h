// Scenario files: read, check, dump, list, describe.
//
//   ParseResult r = LoadScenario("scenarios/smoke/three_nodes.toml", {});
//   if (!r.ok()) std::cerr << Render(r.diagnostics);
//   std::string resolved = DumpScenario(*r.scenario, seed);
//
// These are the library functions behind `wringer scenario check|dump|list|
// schema|fmt`. Nothing here depends on the time of day, the locale or the
// order of directory entries.
#ifndef WR_SIM_SCENARIO_FILE_SCENARIO_FILE_H_
#define WR_SIM_SCENARIO_FILE_SCENARIO_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/toml/diagnostic.h"

namespace wringer::sim {

struct ParseOptions {
  // --set KEY=VALUE, in order; later ones win.
  std::vector<std::string> settings;
  // Asked last, about scenarios that are right in themselves.
  DesignCheck design_check;
  // False: each key by itself, and not whether they fit together.
  bool across = true;
};

struct ParseResult {
  // Set iff there is no error.
  std::optional<Scenario> scenario;
  // Errors and warnings: the file's by line, then those of --set. One error of
  // syntax, or every mistake of the schema; a check across tables is left out
  // while one of them is in doubt.
  std::vector<Diagnostic> diagnostics;

  bool ok() const { return scenario.has_value(); }
};

// Reads a scenario from text. `file` is its name for messages.
ParseResult ParseScenario(Slice text, Slice file,
                          const ParseOptions& options = {});

// Reads a scenario from a file; one that cannot be read is a diagnostic too.
ParseResult LoadScenario(const std::string& path,
                         const ParseOptions& options = {});

// The resolved form: canonical TOML, every value explicit, unset ones left
// out. Parsing it gives a scenario equal to `scenario` with the seed set;
// dumping that gives the same text.
std::string DumpScenario(const Scenario& scenario, std::uint64_t seed);
// The same, with the scenario's own seed or none.
std::string DumpScenario(const Scenario& scenario);

// The short form: only what differs from the format's defaults. Parsing it
// gives an equal scenario; where a default depends on another key
// (network.profile) and that cannot be had, this is the resolved form.
std::string DumpDifferences(const Scenario& scenario);

// One file of a listing. `ok` is false if it does not parse.
struct ScenarioEntry {
  std::string path;
  bool ok = false;
  std::string name;
  std::vector<std::string> tags;
  std::optional<std::string> violation;  // expected
  bool regression = false;
  std::vector<Diagnostic> diagnostics;
};

// The scenarios below a directory, or the one file, by path. kNotFound if
// there is no such place.
absl::StatusOr<std::vector<ScenarioEntry>> ListScenarios(
    const std::string& path);

// JSON Schema (2020-12) of the format, for editors.
std::string ScenarioJsonSchema();

// The reference of every key, in Markdown: the second half of
// scenarios/README.md.
std::string ScenarioReference();

// The text with white space in order: `=` aligned within a block, one blank
// line before a header, no trailing blanks. Comments and the order of lines
// stay. The file must be TOML; meaning never changes.
absl::StatusOr<std::string> FormatScenario(Slice text);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_FILE_SCENARIO_FILE_H_
