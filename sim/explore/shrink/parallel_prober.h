// A prober over worker processes: proposals are tried side by side, a crash of
// the engine is an answer like any other, and nothing is tried twice.
//
// Which proposal is taken does not depend on the number of workers: a hit is
// final only when every proposal before it has been answered.
#ifndef WR_SIM_EXPLORE_SHRINK_PARALLEL_PROBER_H_
#define WR_SIM_EXPLORE_SHRINK_PARALLEL_PROBER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/shrink/prober.h"
#include "sim/explore/worker_pool.h"

namespace wringer::sim {

struct ParallelProberOptions {
  int workers = 1;
  std::int64_t budget_real_ns = 300'000'000'000;
  std::int64_t run_real_ns = 20'000'000'000;  // longer is a hang
  std::uint64_t worker_bytes = std::uint64_t{2} << 30;
};

class ParallelProber final : public Prober {
 public:
  // Runs in a worker, and may crash: runs the scenario and judges it. Only
  // scenarios that pass the parser's checks arrive here.
  using Judge = std::function<Sight(const Scenario&)>;
  // Runs in the parent: what a worker that died, hung or outgrew its memory
  // showed.
  using JudgeDeath = std::function<Sight(const JobResult&)>;
  // Runs in the parent ten times a second; false stops the search.
  using Tick = std::function<bool()>;

  ParallelProber(const ParallelProberOptions& options, Judge judge,
                 JudgeDeath judge_death, Tick tick);

  std::optional<Sight> Look(const Scenario& scenario) override;
  std::optional<std::size_t> FirstFailing(
      const std::vector<Scenario>& proposals) override;
  std::vector<bool> Failing(const std::vector<Scenario>& proposals) override;
  bool stopped() const override { return stopped_; }
  std::uint64_t runs() const override { return runs_; }
  std::uint64_t cached() const { return cached_; }
  // Once more, for what must be known even though the budget is spent.
  void Extend(std::int64_t real_ns) {
    deadline_ += real_ns;
    stopped_ = false;
  }

 private:
  // Answers for the proposals; those not tried are missing. With `first_only`
  // the ones behind the first hit are not waited for.
  std::vector<std::optional<Sight>> Ask(const std::vector<Scenario>& proposals,
                                        bool first_only);
  bool KeepOn();
  // In the worker: reads the text as a file would be read, then judges.
  std::string Answer(const std::string& text) const;

  const ParallelProberOptions options_;
  const Judge judge_;
  const JudgeDeath judge_death_;
  const Tick tick_;
  std::int64_t deadline_;
  bool stopped_ = false;
  std::uint64_t runs_ = 0;
  std::uint64_t cached_ = 0;
  // By hash of the scenario's text.
  std::map<std::uint64_t, Sight> known_;
};

// A sight as one line of text, and back.
std::string EncodeSight(const Sight& sight);
Sight DecodeSight(const std::string& line);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_PARALLEL_PROBER_H_
