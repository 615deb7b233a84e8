// How `wringer` speaks: colours, its own name, its first line, its complaints.
//
// stdout is the result, stderr is progress and diagnostics.
#ifndef WR_SIM_CLI_TERMINAL_H_
#define WR_SIM_CLI_TERMINAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "reports/render/style.h"
#include "sim/cli/commands.h"
#include "sim/scenario/toml/diagnostic.h"

namespace wringer::cli {

// The style for a stream: colour only on a terminal, ASCII if asked for or if
// the locale cannot show more.
reports::Style StyleFor(const CommonOptions& common, int fd);

// What to print in a line to be pasted: "scripts/wringer" or how we were
// called.
std::string ProgramName();
void SetProgramName(std::string argv0);

struct BuildInfo {
  std::string version;   // "0.1.0"
  std::string commit;    // "1a2b3c4", "+dirty" behind it, or "unknown"
  std::string compiler;  // "gcc 12.2.0"
  std::string flags;     // "-O2 -g1"
};
const BuildInfo& Build();
// "wringer 0.1.0 (1a2b3c4 gcc 12.2.0)".
std::string BuildLine();

// "0x2f9c41d7".
std::string SeedText(std::uint64_t seed);
// Decimal or 0x...; nothing if it is not a 64-bit number.
std::optional<std::uint64_t> ParseSeed(Slice text);
// "1.8 s", "57 ms", "12 us".
std::string DurationText(std::int64_t ns);
// "1,204,338".
std::string CountText(std::uint64_t n);

// stdout and stderr. Out flushes.
void Out(Slice text);
void Err(Slice text);
// "error: MESSAGE\n  = help: HELP" on stderr; returns kUsage.
int Complain(Slice message, Slice help = Slice());
// Diagnostics of a scenario on stderr, with their summary.
void PrintDiagnostics(const CommonOptions& common,
                      const std::vector<sim::Diagnostic>& diagnostics);

// Quotes what a shell would take apart.
std::string ShellQuoted(const std::string& word);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_TERMINAL_H_
