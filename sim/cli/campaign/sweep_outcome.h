// What a sweep came to: everything its summary, its files and its exit code are
// made of.
#ifndef WR_SIM_CLI_CAMPAIGN_SWEEP_OUTCOME_H_
#define WR_SIM_CLI_CAMPAIGN_SWEEP_OUTCOME_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/cli/commands.h"
#include "sim/explore/campaign.h"
#include "sim/explore/findings_file.h"
#include "sim/explore/seed_plan.h"
#include "sim/explore/tally.h"

namespace wringer::cli {

struct SweepOutcome {
  const sim::SeedPlan* plan = nullptr;
  const sim::Tally* tally = nullptr;
  std::uint64_t resumed = 0;
  std::uint64_t torn = 0;
  std::vector<sim::PlannedRun> lost;  // killed from outside twice
  std::int64_t real_ns = 0;           // of this process
  int workers = 1;
  bool interrupted = false;

  std::string folder;    // of the results; empty: nothing was kept
  std::string baseline;  // what it was compared with; empty: nothing
  // A baseline that was asked for takes the blame for what it had already.
  bool baseline_asked = false;
  std::vector<sim::ListedKind> kinds;
  std::map<std::string, std::string> replays;  // by name of the kind
  // Kinds whose run, made again, had another digest.
  std::vector<std::string> unstable;

  std::vector<std::string> toothless;     // kinds of fault that never bit
  std::vector<std::string> marks_missed;  // of [expect], by any run

  std::size_t Count(sim::KindStatus status) const;
  // Kinds that make it fail.
  std::size_t Blamed() const;
  bool SelfTestFailed() const {
    return !toothless.empty() || !marks_missed.empty();
  }
  ExitCode exit_code() const;
};

// Faults that fired this often where they could bite, and never did, fail a
// campaign.
inline constexpr std::uint64_t kFiredOften = 20;

// Marks that scenarios expect and none of their runs reached: "PATH: mark".
// Scenarios without a verdict on any run are left out.
std::vector<std::string> MarksMissed(const sim::SeedPlan& plan,
                                     const sim::Tally& tally);
// Names of marks that designs of the plan can reach, and that no run reached.
std::vector<std::string> MarksNotReached(const sim::SeedPlan& plan,
                                         const sim::Tally& tally,
                                         std::size_t* possible);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SWEEP_OUTCOME_H_
