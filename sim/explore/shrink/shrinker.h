// Makes a failing scenario as small as it can while it still fails in the same
// way, and says what of it matters.
//
//   Shrinker shrinker(&prober, &log);
//   ShrinkResult result = shrinker.Run(Materialise(scenario, run));
//
// Hierarchical: what is coarse and makes runs cheap goes first. Faults,
// clients, operations, the length of the run, nodes, settings towards their
// defaults, then the shape of what is left (kinds, values, times, numbers), and
// all of it again until a round changes nothing. Every step keeps the class and
// fingerprint of the failure: a proposal that fails in another way is refused,
// so the search cannot slip from one bug to another.
//
// Deterministic: the same prober answers, the same result, however many
// proposals are tried at a time. Stopping early leaves the best so far.
#ifndef WR_SIM_EXPLORE_SHRINK_SHRINKER_H_
#define WR_SIM_EXPLORE_SHRINK_SHRINKER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/shrink/ddmin.h"
#include "sim/explore/shrink/prober.h"
#include "sim/explore/shrink/settings_list.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

struct ShrinkOptions {
  // Stuck clusters and unanswered clients: the time to wait is part of the
  // question, so settling is not made shorter.
  bool liveness = false;
};

// What one pass did, for progress and the final table.
struct PassReport {
  std::string name;    // "faults"
  std::string before;  // "14"
  std::string after;   // "1"
  std::uint64_t runs = 0;
};

// A size of the scenario at one time.
struct ShrinkSize {
  std::size_t faults = 0;
  std::size_t operations = 0;
  std::uint32_t clients = 0;
  std::uint32_t nodes = 0;
  Nanos length = 0;
  std::size_t settings = 0;
};
ShrinkSize SizeOf(const Scenario& scenario);

struct ShrinkResult {
  bool reproduced = false;  // false: the scenario given does not fail so
  bool complete = false;    // false: stopped before a round changed nothing
  Scenario scenario;
  Sight sight;  // of the scenario
  ShrinkSize before;
  ShrinkSize after;
  std::uint64_t runs = 0;
  // What turned out not to matter.
  std::vector<FaultSpec> faults_dropped;
  std::vector<ChangedSetting> settings_dropped;
  std::vector<std::string> mutants_dropped;
};

class Shrinker {
 public:
  // Told of every pass that ended. Pointers must outlive the shrinker.
  using Listener = std::function<void(const PassReport&)>;
  Shrinker(Prober* prober, ShrinkOptions options, Listener listener)
      : prober_(prober), options_(options), listener_(std::move(listener)) {}

  ShrinkResult Run(const Scenario& scenario);
  // The smallest so far; for whoever is told of progress.
  const Scenario& best() const { return best_; }

 private:
  void Round();
  // Takes the first proposal that still fails. True if there was one.
  bool Take(std::vector<Scenario> proposals);
  // The same, as long as `propose` has something new to offer.
  template <typename Propose>
  void TakeWhile(const Propose& propose);
  void Minimise(std::size_t size,
                Scenario (*edit)(const Scenario&, const Subset&));
  template <typename Edit>
  void MinimiseBy(std::size_t size, const Edit& edit);
  template <typename Body, typename Measure>
  void Pass(const char* name, const Measure& measure, const Body& body);

  void ShrinkMutants();
  void ShrinkFaults();
  void ShrinkOperations();
  void CutToStory();
  void ShrinkLength();
  void ShrinkNodes();
  void ShrinkSettings();
  void WeakenFaults();
  void SimplifyOperations();
  void MergeClients();
  void CloseGaps();
  void RoundTimes();
  void TryPlainSeeds();

  Prober* prober_;
  ShrinkOptions options_;
  Listener listener_;
  Scenario best_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_SHRINKER_H_
