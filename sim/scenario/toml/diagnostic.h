// What is wrong with a scenario, where, and the way out.
//
// A span counts lines, columns and length in characters (code points) from 1,
// as editors do. All mistakes of the schema are reported at once, by line;
// mistakes of syntax one at a time, because nothing after one can be trusted.
#ifndef WR_SIM_SCENARIO_TOML_DIAGNOSTIC_H_
#define WR_SIM_SCENARIO_TOML_DIAGNOSTIC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/slice.h"

namespace wringer::sim {

enum class Severity : std::uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  std::string file;  // as it was given, or "--set"
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 1;  // of the caret line; 1 at least
  std::string message;
  std::string help;
  std::string source_line;  // the text of `line`, for the caret rendering
};

struct RenderOptions {
  bool color = false;
};

// The mistakes as a person reads them, in the order given:
//
//   error: unknown storage engine "lms"
//     --> s.toml:9:10
//      |
//    9 | engine = "lms"
//      |          ^^^^^
//      = help: did you mean "lsm"? known: btree, lsm, memory
//
// Ends with a newline unless empty. Control characters of the file are shown
// as '?'.
std::string Render(const std::vector<Diagnostic>& diagnostics,
                   const RenderOptions& options = {});

// "3 errors, 1 warning; nothing was run". Empty without diagnostics.
std::string Summary(const std::vector<Diagnostic>& diagnostics);

bool HasErrors(const std::vector<Diagnostic>& diagnostics);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TOML_DIAGNOSTIC_H_
