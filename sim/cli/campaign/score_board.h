// What a score adds up: for each planted bug, whether the generic swarm reached
// it, whether anything came of it, and which check saw it.
//
//   not reached   the switched line never ran: the search is weak
//   reached       it ran, and every run was the run of the clean build
//   infected      a run went another way than the clean one, unnoticed: the
//                 checks are weak
//   detected      a run failed that passes without the mutant
//
// Every seed is run clean, too. One that fails clean is a false alarm: it says
// nothing about any mutant, and fails the score. One whose clean run proved
// nothing, as a limit was reached first, says nothing either.
#ifndef WR_SIM_CLI_CAMPAIGN_SCORE_BOARD_H_
#define WR_SIM_CLI_CAMPAIGN_SCORE_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/run_context.h"
#include "reports/render/style.h"
#include "sim/explore/run_record.h"

namespace wringer::cli {

// The model a mutant lives in; "" if it lives in all of them.
std::string ModelOf(Mutant mutant);

struct MutantScore {
  Mutant mutant{};
  std::uint64_t runs = 0;
  std::uint64_t reached = 0;
  std::uint64_t infected = 0;
  std::uint64_t detected = 0;
  // The first seed that detects it, what it showed, and the simulated time of
  // all runs up to it.
  std::optional<std::uint64_t> seed;
  std::string check;
  std::int64_t simulated_ns = 0;
};

// Of the mutants that were detected, what it took: the value that half of them
// did not exceed, and 95 %.
struct Effort {
  std::uint64_t runs_median = 0;
  std::uint64_t runs_p95 = 0;
  std::int64_t simulated_ns_median = 0;
  std::int64_t simulated_ns_p95 = 0;
};

class ScoreBoard {
 public:
  explicit ScoreBoard(std::vector<Mutant> mutants)
      : mutants_(std::move(mutants)) {}

  const std::vector<Mutant>& mutants() const { return mutants_; }
  void AddClean(const std::string& model, std::uint64_t seed,
                sim::RunRecord record);
  void Add(std::size_t mutant, std::uint64_t seed, sim::RunRecord record);

  // True once a run has failed whose clean run passed.
  bool Detected(std::size_t mutant) const;
  // In the order of seeds, whatever the order of arrival.
  MutantScore Of(std::size_t mutant) const;
  // All zero if none was detected.
  Effort EffortOfDetection() const;
  // Clean runs, those of them that failed, and how many were inconclusive.
  std::uint64_t clean_runs() const;
  std::vector<sim::RunRecord> FalseAlarms() const;
  std::uint64_t clean_inconclusive() const;

 private:
  const sim::RunRecord* Clean(std::size_t mutant, std::uint64_t seed) const;
  bool Detects(std::size_t mutant, std::uint64_t seed,
               const sim::RunRecord& record) const;

  std::vector<Mutant> mutants_;
  std::map<std::string, std::map<std::uint64_t, sim::RunRecord>> clean_;
  std::map<std::size_t, std::map<std::uint64_t, sim::RunRecord>> runs_;
};

// "not reached", "reached", "infected", "detected".
Slice StageName(const MutantScore& score);
std::string ScoreText(const ScoreBoard& board, const reports::Style& style);
// `passed`: what the exit code says.
std::string ScoreJson(const ScoreBoard& board, bool passed);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SCORE_BOARD_H_
