// The subcommands of `wringer`, as plain options in and exit code out. main.cc
// fills these in from the command line; each command is one file.
#ifndef WR_SIM_CLI_COMMANDS_H_
#define WR_SIM_CLI_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wringer::cli {

// What a shell or a CI job reads.
enum ExitCode : int {
  kHeld = 0,     // everything asked for was done and held
  kFinding = 1,  // safety, liveness, expectation or engine crash
  kUsage = 2,    // usage or scenario error; nothing ran
  kNotDeterministic = 3,
  kInconclusive = 4,  // a budget ran out before there was a verdict
  kToolFailed = 5,
  kSelfTestFailed = 6,
  kInterrupted = 130,
};

enum class ColorMode : std::uint8_t { kAuto, kAlways, kNever };

// Flags that every command understands.
struct CommonOptions {
  ColorMode color = ColorMode::kAuto;
  bool ascii = false;
  bool json = false;  // one document on stdout, nothing else
  bool quiet = false;
  int verbose = 0;
  std::string out = "results";  // where findings are kept
};

struct RunOptionsCli {
  std::string scenario;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;     // --set KEY=VALUE
  std::vector<std::string> log;          // --log n2,replication
  std::optional<std::int64_t> until;     // --until: simulated time, ns
  std::optional<std::int64_t> log_from;  // --trace-window
  std::optional<std::int64_t> log_to;
  std::string history;  // --history FILE: write it
  bool ledger = false;
  bool keep = true;  // save findings below `out`
  // replay only
  bool force = false;  // go on although it is another run
  bool gdb = false;
  std::string stop_at;  // event number or simulated time
};

struct VerifyOptions {
  std::string scenario;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
};

struct SweepOptions {
  std::vector<std::string> scenarios;
  std::uint64_t first_seed = 1;
  std::uint64_t last_seed = 100;
  std::optional<std::int64_t> real_ns;  // --for
  int workers = 0;                      // 0: one a core
  std::vector<std::string> settings;
};

struct ShrinkOptionsCli {
  std::string scenario;  // or a capsule
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
  std::optional<std::int64_t> real_ns;  // --for
  int workers = 0;                      // 0: one a core
  std::string output;                   // -o; empty: chosen
  bool probe = true;                    // find out how exact it has to be
};

struct CheckOptionsCli {
  std::string history;
  std::string model = "register";
  std::string level = "linearizable";
  std::string format = "wringer";
  std::uint64_t budget = 0;  // steps; 0: the default
};

struct ScenarioOptions {
  std::string verb;  // check | dump | list | schema | fmt | reference
  std::vector<std::string> paths;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
};

int RunScenario(const CommonOptions& common, const RunOptionsCli& options);
int ReplayScenario(const CommonOptions& common, const RunOptionsCli& options);
int ExplainScenario(const CommonOptions& common, const RunOptionsCli& options);
int VerifyScenario(const CommonOptions& common, const VerifyOptions& options);
int SweepScenarios(const CommonOptions& common, const SweepOptions& options);
int ShrinkScenario(const CommonOptions& common,
                   const ShrinkOptionsCli& options);
int CheckHistoryFile(const CommonOptions& common,
                     const CheckOptionsCli& options);
int ScenarioTool(const CommonOptions& common, const ScenarioOptions& options);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_COMMANDS_H_
