// Campaigns of invented runs: workers that die, and campaigns that go on.
#include <signal.h>
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "tests/sim/explore/campaign_fixture.h"

namespace wringer::sim {
namespace {

RunRecord Passes(const PlannedScenario&, std::uint64_t seed) {
  RunRecord record;
  record.digest = seed * 3;
  record.events = 10;
  record.operations = 1;
  return record;
}

const Campaign::Hear kDeaf = [](const RunRecord&, bool) {};
const WorkerPool::Tick kGoOn = [] { return true; };

struct Heard {
  std::map<std::uint64_t, RunRecord> by_seed;
  Campaign::Hear hear() {
    return [this](const RunRecord& record, bool) {
      EXPECT_TRUE(by_seed.emplace(record.seed, record).second)
          << "seed " << record.seed << " was told twice";
    };
  }
};

std::map<std::uint64_t, RunRecord> Recorded(const ResultsDir& results) {
  std::map<std::uint64_t, RunRecord> records;
  for (const std::string& shard : results.Shards()) {
    const auto scan = ReadRecords(shard, [&](const RunRecord& record) {
      EXPECT_TRUE(records.emplace(record.seed, record).second)
          << "seed " << record.seed << " was recorded twice";
    });
    EXPECT_TRUE(scan.ok()) << scan.status();
  }
  return records;
}

std::int64_t Ask(const std::string& index, const char* question) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(index.c_str(), &db), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db, question, -1, &statement, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(db);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  const std::int64_t answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return answer;
}

TEST(Campaign, EveryRunIsToldRecordedAndIndexedOnce) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  ASSERT_TRUE(results.ok()) << results.status();
  const SeedPlan plan = OneScenario(1, 50);
  Campaign campaign(TwoWorkers(), &plan, &*results, Passes);
  Heard heard;
  ASSERT_TRUE(campaign.Run(heard.hear(), kGoOn).ok());
  EXPECT_EQ(heard.by_seed.size(), 50u);
  EXPECT_EQ(Recorded(*results), heard.by_seed);
  EXPECT_EQ(campaign.tally().runs, 50u);
  EXPECT_EQ(Ask(results->File("index.sqlite"), "select count(*) from runs"),
            50);
}

TEST(Campaign, CrashHangAndMemoryBlowUpAreFindingsWithTheirSeed) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  const SeedPlan plan = OneScenario(1, 8);
  CampaignOptions options = TwoWorkers();
  // The hang has to be waited for; the memory to fill within that, on a busy
  // machine, too.
  options.pool.job_real_ns = 6'000'000'000;
  options.pool.worker_bytes = std::uint64_t{200} << 20;
  Campaign campaign(options, &plan, &*results,
                    [](const PlannedScenario& scenario, std::uint64_t seed) {
                      if (seed == 2) {
                        std::fputs("engine/x.cc:7: check failed: a < b: 3\n",
                                   stderr);
                        ::abort();
                      }
                      std::vector<std::string> hoard;
                      while (seed == 4) ::pause();
                      while (seed == 6) {
                        hoard.push_back(std::string(8 << 20, 'x'));
                        ::usleep(2000);
                      }
                      return Passes(scenario, seed);
                    });
  Heard heard;
  ASSERT_TRUE(campaign.Run(heard.hear(), kGoOn).ok());
  ASSERT_EQ(heard.by_seed.size(), 8u);
  EXPECT_EQ(heard.by_seed[2].violation, "engine/crash");
  EXPECT_EQ(heard.by_seed[2].rule, "engine/x.cc a < b");
  EXPECT_EQ(heard.by_seed[4].violation, "engine/hang");
  EXPECT_EQ(heard.by_seed[6].violation, "engine/memory");
  EXPECT_EQ(campaign.tally().passed(), 5u);
  EXPECT_EQ(Recorded(*results), heard.by_seed);
}

TEST(Campaign, AWorkerKilledFromOutsideIsNoFinding) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  const SeedPlan plan = OneScenario(1, 10);
  const std::string once = scratch.path("once");
  Campaign campaign(TwoWorkers(), &plan, &*results,
                    [&](const PlannedScenario& scenario, std::uint64_t seed) {
                      if (seed == 5 && !std::filesystem::exists(once)) {
                        std::ofstream(once) << "x";
                        ::kill(::getpid(), SIGKILL);
                      }
                      return Passes(scenario, seed);
                    });
  Heard heard;
  ASSERT_TRUE(campaign.Run(heard.hear(), kGoOn).ok());
  EXPECT_EQ(heard.by_seed.size(), 10u);
  EXPECT_EQ(campaign.tally().failed, 0u);
  EXPECT_TRUE(campaign.lost().empty());
}

TEST(Campaign, ARunWhoseWorkerIsKilledTwiceIsLostAndNotRecorded) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  const SeedPlan plan = OneScenario(1, 10);
  Campaign campaign(TwoWorkers(), &plan, &*results,
                    [](const PlannedScenario& scenario, std::uint64_t seed) {
                      if (seed == 5) ::kill(::getpid(), SIGKILL);
                      return Passes(scenario, seed);
                    });
  Heard heard;
  ASSERT_TRUE(campaign.Run(heard.hear(), kGoOn).ok());
  EXPECT_EQ(heard.by_seed.size(), 9u);
  EXPECT_EQ(campaign.lost(), (std::vector<PlannedRun>{{0, 5}}));
  EXPECT_EQ(Recorded(*results).count(5), 0u);
}

TEST(Campaign, ResumedItRunsWhatIsMissingAndAddsUpTheSame) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  const SeedPlan plan = OneScenario(1, 40);
  CampaignOptions first = TwoWorkers();
  first.runs = 15;
  Campaign begun(first, &plan, &*results, Passes);
  ASSERT_TRUE(begun.Run(kDeaf, kGoOn).ok());
  ASSERT_EQ(begun.tally().runs, 15u);
  std::ofstream(results->ShardPath(0), std::ios::app) << "{\"torn";
  std::filesystem::remove(results->File("index.sqlite"));

  Campaign resumed(TwoWorkers(), &plan, &*results, Passes);
  ASSERT_TRUE(resumed.Resume(false).ok());
  EXPECT_EQ(resumed.resumed(), 15u);
  EXPECT_EQ(resumed.torn(), 1u);
  Heard heard;
  ASSERT_TRUE(resumed.Run(heard.hear(), kGoOn).ok());
  EXPECT_EQ(heard.by_seed.size(), 25u);
  EXPECT_EQ(Recorded(*results).size(), 40u);
  EXPECT_EQ(resumed.tally().runs, 40u);
  EXPECT_EQ(Ask(results->File("index.sqlite"), "select count(*) from runs"),
            40);
}

TEST(Campaign, IsNotResumedByAnotherBuild) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  const SeedPlan plan = OneScenario(1, 4);
  Campaign begun(TwoWorkers(), &plan, &*results, Passes);
  ASSERT_TRUE(begun.Run(kDeaf, kGoOn).ok());
  CampaignOptions other = TwoWorkers();
  other.build = "other";
  Campaign resumed(other, &plan, &*results, Passes);
  EXPECT_EQ(resumed.Resume(false).code(),
            absl::StatusCode::kFailedPrecondition);
  Campaign forced(other, &plan, &*results, Passes);
  EXPECT_TRUE(forced.Resume(true).ok());
}

TEST(Campaign, AShardThatCannotBeWrittenEndsIt) {
  const Scratch scratch;
  const auto results = ResultsDir::Create(scratch.path(), "t");
  std::filesystem::remove_all(results->File("shards"));
  const SeedPlan plan = OneScenario(1, 4);
  Campaign campaign(TwoWorkers(), &plan, &*results, Passes);
  EXPECT_FALSE(campaign.Run(kDeaf, kGoOn).ok());
}

// Killed while it has nothing to do, as between two phases of a campaign.
TEST(WorkerPool, AnIdleWorkerThatWasKilledIsReplaced) {
  WorkerPool pool({.workers = 1},
                  [](std::uint64_t) { return std::to_string(::getpid()); });
  int left = 1;
  const WorkerPool::Next next = [&]() -> std::optional<std::uint64_t> {
    return left-- > 0 ? std::optional<std::uint64_t>(1) : std::nullopt;
  };
  std::string first;
  std::string second;
  pool.Run(next, [&](const JobResult& r) { first = r.output; }, kGoOn);
  ASSERT_EQ(::kill(std::stoi(first), SIGKILL), 0);
  ::usleep(50'000);
  left = 1;
  pool.Run(
      next,
      [&](const JobResult& r) {
        EXPECT_EQ(r.fate, JobFate::kAnswered);
        second = r.output;
      },
      kGoOn);
  EXPECT_FALSE(second.empty());
  EXPECT_NE(first, second);
}

// Processor time of this process, in a worker of its job's alone.
std::int64_t OwnCpuNanos() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

void Spin(std::int64_t cpu_ns) {
  const std::int64_t until = OwnCpuNanos() + cpu_ns;
  while (OwnCpuNanos() < until) {
  }
}

JobFate FateOf(const WorkerPool::Work& work) {
  constexpr std::int64_t kLimit = 400'000'000;
  WorkerPool pool({.workers = 1, .job_real_ns = kLimit}, work);
  int left = 1;
  JobFate fate = JobFate::kCrashed;
  pool.Run(
      [&]() -> std::optional<std::uint64_t> {
        return left-- > 0 ? std::optional<std::uint64_t>(1) : std::nullopt;
      },
      [&](const JobResult& r) { fate = r.fate; }, kGoOn);
  return fate;
}

// As on a machine that gives it a processor now and then only.
TEST(WorkerPool, AJobThatIsStarvedDoesNotHang) {
  EXPECT_EQ(FateOf([](std::uint64_t) -> std::string {
              for (int i = 0; i < 12; ++i) {
                Spin(20'000'000);
                ::usleep(60'000);
              }
              return "late";
            }),
            JobFate::kAnswered);
}

TEST(WorkerPool, AJobThatSpinsOrSleepsForEverHangs) {
  EXPECT_EQ(FateOf([](std::uint64_t) -> std::string {
              for (;;) Spin(1'000'000);
            }),
            JobFate::kHung);
  EXPECT_EQ(FateOf([](std::uint64_t) -> std::string {
              for (;;) ::pause();
            }),
            JobFate::kHung);
}

}  // namespace
}  // namespace wringer::sim
