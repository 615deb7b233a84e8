#include "sim/explore/campaign.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "sim/explore/fingerprint.h"

namespace wringer::sim {
namespace {

constexpr std::int64_t kCommitEvery = 1'000'000'000;
constexpr int kKillsForLost = 2;
constexpr int kNoDisk = 74;  // EX_IOERR: a worker could not write its shard

std::int64_t ProcessNanos() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool KilledFromOutside(const JobResult& result) {
  return result.fate == JobFate::kCrashed &&
         (result.signal == SIGKILL || result.signal == SIGTERM);
}

// The line that tells, of what a dying worker left on stderr.
std::string LastWords(const JobResult& result) {
  for (const Slice line : absl::StrSplit(result.output, '\n')) {
    if (absl::StrContains(line, "check failed") ||
        absl::StrContains(line, "ERROR: ") ||
        absl::StrContains(line, "runtime error: ")) {
      return std::string(line.data(), line.size());
    }
  }
  return result.signal != 0
             ? absl::StrCat("died of signal ", result.signal)
             : absl::StrCat("exited by itself with ", result.exit_code);
}

}  // namespace

Campaign::Campaign(const CampaignOptions& options, const SeedPlan* plan,
                   const ResultsDir* results, Judge judge)
    : options_(options),
      plan_(*plan),
      results_(results),
      judge_(std::move(judge)) {}

RunRecord Campaign::Blank(const PlannedRun& run) const {
  const PlannedScenario& scenario = plan_.scenarios()[run.scenario];
  RunRecord record;
  record.scenario = scenario.path;
  record.identity = scenario.identity;
  record.seed = run.seed;
  record.build = options_.build;
  return record;
}

absl::Status Campaign::Resume(bool force) {
  WR_CHECK(results_ != nullptr);
  WR_ASSIGN_OR_RETURN(index_, RunIndex::Create(results_->File("index.sqlite")));
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < plan_.scenarios().size(); ++i) {
    places[plan_.scenarios()[i].path] = i;
  }
  absl::Status status;
  const auto take = [&](const RunRecord& record) {
    if (!status.ok()) return;
    const auto place = places.find(record.scenario);
    const bool same =
        place != places.end() && record.build == options_.build &&
        plan_.scenarios()[place->second].identity == record.identity;
    if (!same && !force) {
      status = absl::FailedPreconditionError(absl::StrCat(
          "the runs of ", record.scenario, " were made by build ", record.build,
          " of a scenario that may have changed since"));
      return;
    }
    if (place == places.end()) return;
    if (!completed_.insert({place->second, record.seed}).second) return;
    tally_.Add(record);
    status = index_->Add(record);
  };
  for (const std::string& shard : results_->Shards()) {
    const absl::StatusOr<LogScan> scan = ReadRecords(shard, take);
    if (!scan.ok()) return scan.status();
    WR_RETURN_IF_ERROR(status);
    torn_ += scan->torn;
  }
  resumed_ = completed_.size();
  given_ = resumed_;
  return index_->Commit();
}

absl::Status Campaign::Run(const Hear& hear, const WorkerPool::Tick& tick) {
  if (results_ != nullptr && index_ == nullptr) {
    WR_ASSIGN_OR_RETURN(index_,
                        RunIndex::Create(results_->File("index.sqlite")));
  }
  began_ns_ = HostNanos();
  {
    WorkerPool pool(
        options_.pool, [this](std::uint64_t job) { return Work(job); },
        [this](int worker) { Enter(worker); });
    pool.Run([this] { return Next(); },
             [this, &hear](const JobResult& result) { Done(result, hear); },
             [this, &tick] { return Tick(tick); });
    // A run that was given back while the others ended.
    while (failure_.ok() && !again_.empty() && tick()) {
      pool.Run([this] { return Next(); },
               [this, &hear](const JobResult& result) { Done(result, hear); },
               [this, &tick] { return Tick(tick); });
    }
  }
  if (index_ != nullptr) Fail(index_->Commit());
  return failure_;
}

bool Campaign::Budget() const {
  if (!failure_.ok()) return false;
  if (options_.runs && given_ >= *options_.runs) return false;
  return !options_.real_ns || HostNanos() - began_ns_ < *options_.real_ns;
}

std::optional<std::uint64_t> Campaign::Next() {
  if (!again_.empty() && failure_.ok()) {
    const std::uint64_t job = again_.front();
    again_.pop_front();
    return job;
  }
  while (Budget()) {
    const std::optional<PlannedRun> run = plan_.At(next_job_);
    if (!run) return std::nullopt;
    const std::uint64_t job = next_job_++;
    if (completed_.count(*run) > 0) continue;
    ++given_;
    return job;
  }
  return std::nullopt;
}

void Campaign::Enter(int worker) {
  worker_ = worker;
  writer_.reset();
  if (results_ == nullptr) return;
  auto writer = RecordWriter::Open(results_->ShardPath(worker));
  if (!writer.ok()) ::_exit(kNoDisk);
  writer_ = std::make_unique<RecordWriter>(std::move(*writer));
}

std::string Campaign::Work(std::uint64_t job) {
  const PlannedRun run = *plan_.At(job);
  const std::int64_t real = HostNanos();
  const std::int64_t cpu = ProcessNanos();
  RunRecord record = judge_(plan_.scenarios()[run.scenario], run.seed);
  const RunRecord blank = Blank(run);
  record.scenario = blank.scenario;
  record.identity = blank.identity;
  record.seed = blank.seed;
  record.build = blank.build;
  record.real_ns = HostNanos() - real;
  record.cpu_ns = ProcessNanos() - cpu;
  record.worker = worker_;
  // Written first, told second: what was told is on disk.
  if (writer_ != nullptr && !writer_->Append(record).ok()) ::_exit(kNoDisk);
  return EncodeRecord(record);
}

void Campaign::Fail(const absl::Status& status) {
  if (failure_.ok()) failure_ = status;
}

void Campaign::Take(const RunRecord& record, const Hear& hear) {
  const bool new_kind = tally_.Add(record);
  if (index_ != nullptr) Fail(index_->Add(record));
  hear(record, new_kind);
}

std::optional<RunRecord> Campaign::Written(const JobResult& result) const {
  std::optional<RunRecord> found;
  if (results_ == nullptr) return found;
  const PlannedRun run = *plan_.At(result.job);
  const std::string& path = plan_.scenarios()[run.scenario].path;
  const auto scan = ReadRecords(
      results_->ShardPath(result.worker), [&](const RunRecord& record) {
        if (record.seed == run.seed && record.scenario == path) found = record;
      });
  return scan.ok() ? found : std::nullopt;
}

RunRecord Campaign::Obituary(const JobResult& result) const {
  RunRecord record = Blank(*plan_.At(result.job));
  record.verdict = RunVerdict::kFailed;
  record.real_ns = result.real_ns;
  switch (result.fate) {
    case JobFate::kHung:
      record.violation = "engine/hang";
      record.summary = absl::StrCat("no answer after ",
                                    result.real_ns / 1'000'000, " ms real");
      break;
    case JobFate::kOutOfMemory:
      record.violation = "engine/memory";
      record.summary = absl::StrCat("outgrew its ",
                                    options_.pool.worker_bytes >> 20, " MiB");
      break;
    case JobFate::kCrashed:
    case JobFate::kAnswered:
      record.violation = "engine/crash";
      record.summary = LastWords(result);
      record.rule = CrashRule(record.summary);
      break;
  }
  record.fingerprint =
      FingerprintOf({record.violation, record.rule, record.role, record.phase});
  return record;
}

void Campaign::Bury(const JobResult& result, const Hear& hear) {
  if (const auto written = Written(result)) {
    Take(*written, hear);  // it had finished, and died before it could say so
    return;
  }
  if (KilledFromOutside(result)) {
    if (++kills_[result.job] < kKillsForLost) {
      again_.push_back(result.job);
    } else {
      lost_.push_back(*plan_.At(result.job));
    }
    return;
  }
  if (result.exit_code == kNoDisk) {
    return Fail(absl::UnavailableError("a worker could not write its shard"));
  }
  const RunRecord record = Obituary(result);
  if (results_ != nullptr) {
    if (writer_ == nullptr) {
      auto writer = RecordWriter::Open(results_->ShardPath(-1));
      if (!writer.ok()) return Fail(writer.status());
      writer_ = std::make_unique<RecordWriter>(std::move(*writer));
    }
    Fail(writer_->Append(record));
  }
  Take(record, hear);
}

void Campaign::Done(const JobResult& result, const Hear& hear) {
  if (result.fate != JobFate::kAnswered) return Bury(result, hear);
  const absl::StatusOr<RunRecord> record = DecodeRecord(result.output);
  WR_CHECK(record.ok());
  Take(*record, hear);
}

bool Campaign::Tick(const WorkerPool::Tick& tick) {
  const std::int64_t now = HostNanos();
  if (index_ != nullptr && now - last_commit_ns_ > kCommitEvery) {
    last_commit_ns_ = now;
    Fail(index_->Commit());
  }
  return tick() && failure_.ok();
}

}  // namespace wringer::sim
