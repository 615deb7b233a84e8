// What the peer programs share: they run the loops of kernel_workloads.h in
// another simulator, with the same draws, and print one line a workload,
//
//   PEER WORKLOAD PENDING NS
//
// where NS is process CPU time per operation, the least of a number of batches
// after a warm-up.
#ifndef WR_TESTS_BENCH_PEERS_PEER_H_
#define WR_TESTS_BENCH_PEERS_PEER_H_

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace wringer::peers {

inline constexpr std::int64_t kDelayMaxNs = 2'000'000;
inline constexpr std::int64_t kTimerNs = 1'000'000'000;

class Stopwatch {
 public:
  // Warms up for `warm_up` operations, then times `batches` of `batch` each.
  Stopwatch(std::uint64_t warm_up, std::uint64_t batch, int batches)
      : next_(warm_up), batch_(batch), left_(batches) {}

  // To be called once an operation. True when all has been measured.
  bool Count() {
    if (++count_ < next_) return false;
    const double now = CpuNs();
    if (started_) {
      best_ = std::min(best_, (now - at_) / static_cast<double>(batch_));
      if (--left_ == 0) return true;
    }
    started_ = true;
    next_ += batch_;
    at_ = CpuNs();
    return false;
  }
  void Print(const char* peer, const char* workload,
             std::size_t pending) const {
    std::printf("%s %s %zu %.1f\n", peer, workload, pending, best_);
    std::fflush(stdout);
  }

 private:
  static double CpuNs() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
  }

  std::uint64_t count_ = 0;
  std::uint64_t next_;
  const std::uint64_t batch_;
  int left_;
  bool started_ = false;
  double at_ = 0;
  double best_ = 1e300;
};

}  // namespace wringer::peers

#endif  // WR_TESTS_BENCH_PEERS_PEER_H_
