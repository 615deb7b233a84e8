// Runs jobs in worker processes, so that a crash, a hang or a memory blow-up
// of the engine is a finding about one job and not the end of the campaign.
//
// Each worker is a fork of this process that takes jobs from a pipe, one at a
// time, and answers each with one block of bytes. The parent never runs a job
// itself. A worker that dies, overstays its time or outgrows its memory is
// killed and replaced, and the job it held is reported with its fate. One that
// somebody else kills while it idles is replaced without a word.
//
// Host-side code: wall clocks and processes are allowed here, and nothing of it
// reaches a world.
#ifndef WR_SIM_EXPLORE_WORKER_POOL_H_
#define WR_SIM_EXPLORE_WORKER_POOL_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace wringer::sim {

// How a job ended.
enum class JobFate : std::uint8_t {
  kAnswered,  // `output` is the worker's answer
  kCrashed,   // the worker died of a signal or exited by itself
  kHung,      // it did not answer within its time
  kOutOfMemory,
};

struct JobResult {
  std::uint64_t job = 0;
  JobFate fate = JobFate::kAnswered;
  std::string output;  // the answer, or what the worker left on stderr
  int signal = 0;      // kCrashed by a signal
  int exit_code = 0;   // kCrashed by itself
  int worker = 0;      // which of the workers had it, from 0
  std::int64_t real_ns = 0;
};

struct WorkerPoolOptions {
  int workers = 1;
  // Longer is a hang: of processor time while it works, else of real time, for
  // on a busy machine a slow run is no finding.
  std::int64_t job_real_ns = 120'000'000'000;
  std::uint64_t worker_bytes = std::uint64_t{4} << 30;  // resident; 0: no limit
};

class WorkerPool {
 public:
  // Runs in the worker: must return the answer, and may crash.
  using Work = std::function<std::string(std::uint64_t job)>;
  // Runs in each new worker process before its first job.
  using Enter = std::function<void(int worker)>;
  // Runs in the parent: the next job, or nothing once there is none left.
  using Next = std::function<std::optional<std::uint64_t>()>;
  using Done = std::function<void(const JobResult& result)>;
  // Called about ten times a second while waiting; false stops the pool: jobs
  // at work are abandoned, and not reported.
  using Tick = std::function<bool()>;

  WorkerPool(const WorkerPoolOptions& options, Work work, Enter enter = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Returns once every job was answered or the tick said stop. `done` hears
  // results in order of completion.
  void Run(const Next& next, const Done& done, const Tick& tick);

 private:
  struct Worker {
    pid_t pid = -1;
    int to = -1;      // jobs
    int from = -1;    // answers
    int errors = -1;  // its stderr
    std::optional<std::uint64_t> job;
    std::int64_t started_ns = 0;
    std::int64_t started_cpu_ns = 0;
    std::string answer;  // as far as it has arrived
    std::string stderr_text;
  };

  void Start(Worker& worker);
  // In the child; does not return.
  [[noreturn]] void Serve(int jobs, int answers);
  void Give(Worker& worker, std::uint64_t job);
  void Kill(Worker& worker);
  void ReadErrors(Worker& worker);
  // Takes what has arrived; true if the job is over, `*result` is then filled.
  bool Collect(Worker& worker, JobResult* result);
  bool TakeAnswer(Worker& worker, JobResult* result);
  bool Hangs(const Worker& worker, std::int64_t real_ns) const;
  bool Overdue(Worker& worker, JobResult* result);
  void Bury(Worker& worker, JobResult* result);

  const WorkerPoolOptions options_;
  const Work work_;
  const Enter enter_;
  std::vector<Worker> workers_;
};

// Monotonic real time of the host.
std::int64_t HostNanos();

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_WORKER_POOL_H_
