// The event queue alone, hold model, against std::priority_queue and std::set
// in the same run. `ns_per_op` is process CPU time.
#include <benchmark/benchmark.h>

#include <queue>
#include <set>
#include <tuple>
#include <vector>

#include "tests/bench/kernel_workloads.h"

namespace wringer::sim {
namespace {

constexpr std::size_t kBatch = 1000;

// Any ordered container of (time, sequence, payload).
struct Entry {
  Nanos at;
  std::uint64_t sequence;
  std::uint64_t payload;
  friend bool operator<(const Entry& a, const Entry& b) {
    return std::tie(a.at, a.sequence) < std::tie(b.at, b.sequence);
  }
  friend bool operator>(const Entry& a, const Entry& b) { return b < a; }
};

class HeapHold {
 public:
  explicit HeapHold(std::size_t pending) {
    while (heap_.size() < pending) heap_.push({delays_.Next(), ++sequence_, 0});
  }
  void Advance(std::size_t operations) {
    for (std::size_t i = 0; i < operations; ++i) {
      const Entry top = heap_.top();
      heap_.pop();
      sum_ += std::uint64_t(top.at) ^ top.payload;
      heap_.push({top.at + delays_.Next(), ++sequence_, i});
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  DelayTable delays_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
  std::uint64_t sequence_ = 0;
  std::uint64_t sum_ = 0;
};

class SetHold {
 public:
  explicit SetHold(std::size_t pending) {
    while (set_.size() < pending) set_.insert({delays_.Next(), ++sequence_, 0});
  }
  void Advance(std::size_t operations) {
    for (std::size_t i = 0; i < operations; ++i) {
      const Entry first = *set_.begin();
      set_.erase(set_.begin());
      sum_ += std::uint64_t(first.at) ^ first.payload;
      set_.insert({first.at + delays_.Next(), ++sequence_, i});
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  DelayTable delays_;
  std::set<Entry> set_;
  std::uint64_t sequence_ = 0;
  std::uint64_t sum_ = 0;
};

template <typename Queue>
void Hold(benchmark::State& state) {
  const std::size_t pending = std::size_t(state.range(0));
  Queue queue(pending);
  queue.Advance(2 * pending + 1000);
  for (auto _ : state) queue.Advance(kBatch);
  benchmark::DoNotOptimize(queue.sum());
  state.SetItemsProcessed(state.iterations() * std::int64_t{kBatch});
}
BENCHMARK(Hold<QueueHold>)->Arg(1000)->Arg(100'000);
BENCHMARK(Hold<HeapHold>)->Arg(1000)->Arg(100'000);
BENCHMARK(Hold<SetHold>)->Arg(1000)->Arg(100'000);

}  // namespace
}  // namespace wringer::sim
