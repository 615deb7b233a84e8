#include "sim/explore/worker_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wringer::sim {
namespace {

constexpr std::size_t kMaxErrorText = 64 << 10;
constexpr int kTickMillis = 100;
// Above one part in so many of a processor, a worker works and does not sleep.
constexpr std::int64_t kStarvedShare = 20;
// However busy the machine is, this many times its limit is enough for a job.
constexpr std::int64_t kPatience = 10;

// False if nobody reads any more.
bool WriteAll(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool ReadAll(int fd, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t n = ::read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

void Pipe(int ends[2]) {
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    std::perror("wringer: cannot make a pipe");
    std::exit(5);
  }
}

std::uint64_t ResidentBytes(pid_t pid) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/%d/statm", pid);
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return 0;
  unsigned long size = 0;
  unsigned long resident = 0;
  const int fields = std::fscanf(file, "%lu %lu", &size, &resident);
  std::fclose(file);
  if (fields != 2) return 0;
  return std::uint64_t{resident} *
         static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Processor time a process has used; 0 if it is gone.
std::int64_t CpuNanos(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0) return 0;
  if (::clock_gettime(clock, &used) != 0) return 0;
  return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

// Appends what is there without waiting; false at the end of the stream.
bool Drain(int fd, std::string* out, std::size_t most) {
  char buffer[16 << 10];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return false;
    out->append(buffer, static_cast<std::size_t>(n));
    if (out->size() > most) out->erase(0, out->size() - most);
  }
}

}  // namespace

std::int64_t HostNanos() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

WorkerPool::WorkerPool(const WorkerPoolOptions& options, Work work, Enter enter)
    : options_(options), work_(std::move(work)), enter_(std::move(enter)) {
  ::signal(SIGPIPE, SIG_IGN);
  workers_.resize(static_cast<std::size_t>(std::max(1, options.workers)));
}

WorkerPool::~WorkerPool() {
  for (Worker& worker : workers_) Kill(worker);
}

void WorkerPool::Start(Worker& worker) {
  int jobs[2];
  int answers[2];
  int errors[2];
  Pipe(jobs);
  Pipe(answers);
  Pipe(errors);
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    std::perror("wringer: cannot start a worker");
    std::exit(5);
  }
  if (pid == 0) {
    // Dies with its parent, and keeps nobody else's pipes open.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(3);
    ::signal(SIGINT, SIG_IGN);
    for (const Worker& other : workers_) {
      for (int fd : {other.to, other.from, other.errors}) {
        if (fd >= 0) ::close(fd);
      }
    }
    ::close(jobs[1]);
    ::close(answers[0]);
    ::dup2(errors[1], STDERR_FILENO);
    if (enter_) enter_(static_cast<int>(&worker - workers_.data()));
    Serve(jobs[0], answers[1]);
  }
  ::close(jobs[0]);
  ::close(answers[1]);
  ::close(errors[1]);
  ::fcntl(answers[0], F_SETFL, O_NONBLOCK);
  ::fcntl(errors[0], F_SETFL, O_NONBLOCK);
  worker = Worker{};
  worker.pid = pid;
  worker.to = jobs[1];
  worker.from = answers[0];
  worker.errors = errors[0];
}

void WorkerPool::Serve(int jobs, int answers) {
  std::uint64_t job = 0;
  while (ReadAll(jobs, &job, sizeof(job))) {
    // Framed by its length, so that a partial answer is recognised.
    const std::string answer = work_(job);
    const std::uint64_t size = answer.size();
    if (!WriteAll(answers, &size, sizeof(size)) ||
        !WriteAll(answers, answer.data(), answer.size())) {
      ::_exit(3);  // the parent is gone
    }
  }
  ::_exit(0);
}

void WorkerPool::Give(Worker& worker, std::uint64_t job) {
  for (;;) {
    if (worker.pid < 0) Start(worker);
    worker.job = job;
    worker.started_ns = HostNanos();
    worker.started_cpu_ns = CpuNanos(worker.pid);
    worker.answer.clear();
    worker.stderr_text.clear();
    if (WriteAll(worker.to, &job, sizeof(job))) return;
    Kill(worker);  // it died while it had nothing to do
  }
}

void WorkerPool::Kill(Worker& worker) {
  if (worker.pid < 0) return;
  ::kill(worker.pid, SIGKILL);
  ::waitpid(worker.pid, nullptr, 0);
  for (int fd : {worker.to, worker.from, worker.errors}) ::close(fd);
  worker = Worker{};
}

void WorkerPool::ReadErrors(Worker& worker) {
  Drain(worker.errors, &worker.stderr_text, kMaxErrorText);
}

bool WorkerPool::TakeAnswer(Worker& worker, JobResult* result) {
  std::uint64_t size = 0;
  if (worker.answer.size() < sizeof(size)) return false;
  std::memcpy(&size, worker.answer.data(), sizeof(size));
  if (worker.answer.size() < sizeof(size) + size) return false;
  result->fate = JobFate::kAnswered;
  result->output = worker.answer.substr(sizeof(size), size);
  worker.job.reset();
  return true;
}

bool WorkerPool::Hangs(const Worker& worker, std::int64_t real_ns) const {
  const std::int64_t limit = options_.job_real_ns;
  if (real_ns <= limit) return false;
  const std::int64_t cpu_ns = CpuNanos(worker.pid) - worker.started_cpu_ns;
  const bool starved = cpu_ns < limit && cpu_ns > real_ns / kStarvedShare;
  return !starved || real_ns / kPatience > limit;
}

bool WorkerPool::Overdue(Worker& worker, JobResult* result) {
  const bool hung = Hangs(worker, result->real_ns);
  const bool fat = options_.worker_bytes > 0 &&
                   ResidentBytes(worker.pid) > options_.worker_bytes;
  if (!hung && !fat) return false;
  ReadErrors(worker);
  result->fate = hung ? JobFate::kHung : JobFate::kOutOfMemory;
  result->output = std::move(worker.stderr_text);
  Kill(worker);
  return true;
}

void WorkerPool::Bury(Worker& worker, JobResult* result) {
  ReadErrors(worker);
  int status = 0;
  ::waitpid(worker.pid, &status, 0);
  result->fate = JobFate::kCrashed;
  result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  result->output = std::move(worker.stderr_text);
  for (int fd : {worker.to, worker.from, worker.errors}) ::close(fd);
  worker = Worker{};
}

bool WorkerPool::Collect(Worker& worker, JobResult* result) {
  result->job = *worker.job;
  result->worker = static_cast<int>(&worker - workers_.data());
  result->real_ns = HostNanos() - worker.started_ns;
  ReadErrors(worker);
  const bool open = Drain(worker.from, &worker.answer, ~std::size_t{0});
  if (TakeAnswer(worker, result)) return true;
  if (!open) {
    Bury(worker, result);
    return true;
  }
  return Overdue(worker, result);
}

void WorkerPool::Run(const Next& next, const Done& done, const Tick& tick) {
  bool more = true;
  for (;;) {
    std::vector<pollfd> waiting;
    for (Worker& worker : workers_) {
      if (!worker.job && more) {
        const std::optional<std::uint64_t> job = next();
        more = job.has_value();
        if (job) Give(worker, *job);
      }
      if (worker.job) waiting.push_back({worker.from, POLLIN, 0});
    }
    if (waiting.empty()) return;
    ::poll(waiting.data(), waiting.size(), kTickMillis);
    for (Worker& worker : workers_) {
      JobResult result;
      if (worker.job && Collect(worker, &result)) done(result);
    }
    if (!tick()) return;
  }
}

}  // namespace wringer::sim
