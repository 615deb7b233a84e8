// Fibers alone: switching, creating, and dying.
#include <benchmark/benchmark.h>

#include <vector>

#include "sim/core/fiber.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::sim {
namespace {

void BM_ResumeAndSuspend(benchmark::State& state) {
  FiberPool pool;
  Fiber* fiber = pool.Create(
      [&pool] {
        for (;;) pool.current()->Suspend();
      },
      nullptr, 1);
  for (auto _ : state) fiber->Resume();
  fiber->Unwind();
  pool.Destroy(fiber);
}
BENCHMARK(BM_ResumeAndSuspend);

void BM_CreateRunDestroy(benchmark::State& state) {
  FiberPool pool;
  for (auto _ : state) {
    Fiber* fiber = pool.Create([] {}, nullptr, 1);
    fiber->Resume();
    pool.Destroy(fiber);
  }
}
BENCHMARK(BM_CreateRunDestroy);

// The crash of a node with 1,000 parked fibers: fence, unwind, bury.
void BM_CrashOfAThousandFibers(benchmark::State& state) {
  World world({.seed = 1});
  NodeRuntime node(&world, NodeId{1});
  for (auto _ : state) {
    state.PauseTiming();
    node.Boot();
    for (int i = 0; i < 1000; ++i) {
      node.Spawn("worker", [&node] { node.Park(); });
    }
    world.RunUntil(world.now());
    state.ResumeTiming();
    node.Fence();
    node.UnwindFibers();
    node.Bury();
  }
}
BENCHMARK(BM_CrashOfAThousandFibers)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace wringer::sim
