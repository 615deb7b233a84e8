// Whole-kernel workloads: what one event costs from Schedule to the end of its
// body, digest and flight recorder included.
#include <benchmark/benchmark.h>

#include "tests/bench/kernel_workloads.h"

namespace wringer::sim {
namespace {

// Advances simulated time in steps that hold about a thousand events.
template <typename Workload>
void Run(benchmark::State& state, Workload* workload, Nanos step) {
  workload->AdvanceBy(4 * kMillisecond);
  const std::uint64_t before = workload->world().events_run();
  for (auto _ : state) workload->AdvanceBy(step);
  state.SetItemsProcessed(
      std::int64_t(workload->world().events_run() - before));
}

void BM_KernelHold(benchmark::State& state) {
  KernelHold workload(std::size_t(state.range(0)));
  Run(state, &workload, kMillisecond * 1000 / state.range(0));
}
BENCHMARK(BM_KernelHold)->Arg(1000)->Arg(100'000);

void BM_FiberSleep(benchmark::State& state) {
  FiberSleep workload(std::size_t(state.range(0)));
  Run(state, &workload, kMillisecond * 1000 / state.range(0));
}
BENCHMARK(BM_FiberSleep)->Arg(1000)->Arg(10'000);

// A timer may be left alone for a simulated second at most, so the run is
// started afresh before the first could fire.
void BM_TimerCancelAndRearm(benchmark::State& state) {
  const std::size_t timers = std::size_t(state.range(0));
  auto workload = std::make_unique<TimerChurn>(timers);
  std::int64_t events = 0;
  for (auto _ : state) {
    if (workload->world().now() > 10 * kMillisecond) {
      state.PauseTiming();
      workload = std::make_unique<TimerChurn>(timers);
      state.ResumeTiming();
    }
    workload->AdvanceBy(10 * kMillisecond);
    events += 10'000;
  }
  state.SetItemsProcessed(events);
}
BENCHMARK(BM_TimerCancelAndRearm)->Arg(1000)->Arg(100'000);

void BM_PingPong(benchmark::State& state) {
  PingPong workload(std::uint32_t(state.range(0)));
  Run(state, &workload, kMillisecond);
}
BENCHMARK(BM_PingPong)->Arg(1000);

void BM_DigestAndRecorder(benchmark::State& state) {
  EventDigest digest(40);
  FlightRecorder recorder(1024);
  Event event{};
  std::uint64_t n = 0;
  for (auto _ : state) {
    ++n;
    event.at += 17;
    event.op = n;
    digest.Fold(event, n);
    recorder.Record(event, n);
  }
  benchmark::DoNotOptimize(digest.value());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_DigestAndRecorder);

void BM_BuildAndTearDownAWorld(benchmark::State& state) {
  for (auto _ : state) {
    World world({.seed = 1});
    for (std::uint32_t i = 1; i <= 5; ++i) {
      NodeRuntime node(&world, NodeId{i});
      node.Boot();
      node.Spawn("main", [&node] { node.Park(); });
      world.RunUntil(world.now());
    }
  }
}
BENCHMARK(BM_BuildAndTearDownAWorld);

}  // namespace
}  // namespace wringer::sim
