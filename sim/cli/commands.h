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
  kCannotJudge = 125,  // bisect: this revision says nothing; skip it
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

// Of commands that can draw their scenario from the seed.
struct SwarmFlags {
  bool on = false;      // --swarm
  bool beyond = false;  // --beyond: outside of the design's contract, too
  std::string model;    // --model: this replication model only
};

struct RunOptionsCli {
  std::string scenario;  // empty: --swarm on top of nothing
  SwarmFlags swarm;      // run only
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
  SwarmFlags swarm;
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> last_seed;  // unset: as budgets allow, or 100
  std::optional<std::int64_t> real_ns;     // --for
  std::optional<std::uint64_t> runs;       // --runs
  int workers = 0;                         // 0: one a core
  std::uint64_t worker_bytes = std::uint64_t{2} << 30;
  std::optional<std::int64_t>
      run_ns;  // longer is a hang; unset: the scenarios'
  std::vector<std::string> settings;
  bool seeds_from_commit = false;
  std::string resume;    // a results directory to go on with
  bool force = false;    // --resume of another build
  std::string baseline;  // findings to compare with: a directory or a file
  std::string junit;     // write JUnit XML here
  bool github = false;   // annotations on stdout
  bool jsonl = false;    // each record on stdout as it comes
  std::string corpus;    // seeds to run first; new ones are added
  std::size_t keep_runs = 20;
};

// Every mutant that is scored is required to be caught, but those of may_miss.
struct ScoreOptions {
  std::vector<std::string> mutants;   // none: all of them
  std::vector<std::string> may_miss;  // scored, not required
  std::uint64_t runs = 100;           // at most, of each mutant
  std::uint64_t first_seed = 1;
  int workers = 0;                    // 0: one a core
  std::vector<std::string> settings;  // of every run
};

struct DoctorOptions {
  bool deep = false;
};

struct CorpusOptions {
  std::string verb;  // list | add | verify | prune
  std::vector<std::string> files;
  std::string folder = "scenarios/regressions";
  std::string seeds_file = ".wringer/corpus/seeds";
  std::optional<std::uint64_t> seed;  // add: keep this seed of the file
  std::string name;                   // add: the file's name in the folder
  std::string fixed_in;               // add: the commit
  bool force = false;                 // add although it still fails
};

struct BisectOptions {
  std::string scenario;  // or capsule
  std::string good;
  std::string bad = "HEAD";
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
  std::string violation;  // what counts; empty: what the bad revision shows
  std::string build;      // command that builds a revision, in its top folder
  std::string tool;       // the tool it makes, from the top folder
  bool step = false;      // judge the revision that is checked out here
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
  SwarmFlags swarm;  // dump only
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
};

int RunScenario(const CommonOptions& common, const RunOptionsCli& options);
int ReplayScenario(const CommonOptions& common, const RunOptionsCli& options);
int ExplainScenario(const CommonOptions& common, const RunOptionsCli& options);
int VerifyScenario(const CommonOptions& common, const VerifyOptions& options);
int SweepScenarios(const CommonOptions& common, const SweepOptions& options);
int ScoreMutants(const CommonOptions& common, const ScoreOptions& options);
int Doctor(const CommonOptions& common, const DoctorOptions& options);
int CorpusTool(const CommonOptions& common, const CorpusOptions& options);
int Bisect(const CommonOptions& common, const BisectOptions& options);
int ShrinkScenario(const CommonOptions& common,
                   const ShrinkOptionsCli& options);
int CheckHistoryFile(const CommonOptions& common,
                     const CheckOptionsCli& options);
int ScenarioTool(const CommonOptions& common, const ScenarioOptions& options);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_COMMANDS_H_
