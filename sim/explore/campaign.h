// A campaign: the runs of a plan over worker processes, each recorded before
// anybody is told, so that it can be killed at any moment and resumed.
//
// Workers append their own records to their own shards. This process, the
// collector, hands out runs, adds up what comes back, keeps the index, and
// records what a worker could not: the run it crashed, hung or blew up in. A
// worker that was killed from outside is no finding: its run is given to
// another one, and counts as lost when that happens to it twice.
#ifndef WR_SIM_EXPLORE_CAMPAIGN_H_
#define WR_SIM_EXPLORE_CAMPAIGN_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "sim/explore/record_log.h"
#include "sim/explore/results_dir.h"
#include "sim/explore/run_index.h"
#include "sim/explore/run_record.h"
#include "sim/explore/seed_plan.h"
#include "sim/explore/tally.h"
#include "sim/explore/worker_pool.h"

namespace wringer::sim {

struct CampaignOptions {
  WorkerPoolOptions pool;
  std::optional<std::int64_t> real_ns;  // start no run after this
  std::optional<std::uint64_t> runs;    // nor after so many
  std::string build;                    // written into each record
};

class Campaign {
 public:
  // Runs and judges, in a worker. Fills in all but scenario, identity, seed,
  // build and the environment.
  using Judge = std::function<RunRecord(const PlannedScenario& scenario,
                                        std::uint64_t seed)>;
  // Hears every record, and whether it shows a kind for the first time.
  using Hear = std::function<void(const RunRecord& record, bool new_kind)>;

  // `results` may be null: nothing is kept. All must outlive the campaign.
  Campaign(const CampaignOptions& options, const SeedPlan* plan,
           const ResultsDir* results, Judge judge);

  // Takes up the runs recorded in `results`, and makes the index from them.
  // Call before Run. kUnavailable; kFailedPrecondition if a record is of
  // another build or of a scenario that has changed, unless `force`.
  absl::Status Resume(bool force);
  // Returns when the plan or a budget is done, or `tick` said stop.
  // kUnavailable if a record or the index could not be written.
  absl::Status Run(const Hear& hear, const WorkerPool::Tick& tick);

  const Tally& tally() const { return tally_; }
  std::uint64_t resumed() const { return resumed_; }  // runs taken up
  std::uint64_t torn() const { return torn_; }        // lines skipped
  // Runs whose worker was killed from outside twice.
  const std::vector<PlannedRun>& lost() const { return lost_; }

 private:
  std::optional<std::uint64_t> Next();
  bool Budget() const;
  void Enter(int worker);
  std::string Work(std::uint64_t job);
  void Done(const JobResult& result, const Hear& hear);
  void Take(const RunRecord& record, const Hear& hear);
  // What the worker had written of a job before it died.
  std::optional<RunRecord> Written(const JobResult& result) const;
  RunRecord Obituary(const JobResult& result) const;
  RunRecord Blank(const PlannedRun& run) const;
  void Bury(const JobResult& result, const Hear& hear);
  bool Tick(const WorkerPool::Tick& tick);
  void Fail(const absl::Status& status);

  const CampaignOptions options_;
  const SeedPlan& plan_;
  const ResultsDir* const results_;
  const Judge judge_;
  std::int64_t began_ns_ = 0;
  std::uint64_t next_job_ = 0;
  std::uint64_t given_ = 0;  // runs started or taken up
  std::uint64_t resumed_ = 0;
  std::uint64_t torn_ = 0;
  std::set<PlannedRun> completed_;      // by an earlier life
  std::deque<std::uint64_t> again_;     // jobs whose worker was killed
  std::map<std::uint64_t, int> kills_;  // by job
  std::vector<PlannedRun> lost_;
  std::unique_ptr<RunIndex> index_;
  std::unique_ptr<RecordWriter> writer_;  // of this process
  int worker_ = -1;                       // in a worker: its number
  std::int64_t last_commit_ns_ = 0;
  absl::Status failure_;
  Tally tally_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_CAMPAIGN_H_
