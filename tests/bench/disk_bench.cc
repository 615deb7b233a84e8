// Virtual disk: CPU per operation, with persist units tracked. The waits cost
// nothing here (an untimed disk): what an event costs is kernel_bench's.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "tests/bench/part_workloads.h"

namespace wringer::sim {
namespace {

// A new segment every 16 MiB: WalFile.
void BM_AppendAndSync(benchmark::State& state) {
  WalFile wal(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) wal.AppendAndSync();
}
BENCHMARK(BM_AppendAndSync)->Arg(200)->Arg(1024)->Arg(4096);

// The same without the device: what a buffered append costs.
void BM_Append(benchmark::State& state) {
  BenchDisk bench(std::uint64_t{1} << 30);
  auto file = bench.Open("/wal");
  const std::string record(static_cast<std::size_t>(state.range(0)), 'x');
  std::uint64_t at = 0;
  for (auto _ : state) {
    file->WriteAt(at, record).IgnoreError();
    at += record.size();
    if (at < kSegment) continue;
    state.PauseTiming();
    file->DataSync().IgnoreError();
    file->Truncate(0).IgnoreError();
    file->DataSync().IgnoreError();
    at = 0;
    state.ResumeTiming();
  }
}
BENCHMARK(BM_Append)->Arg(200)->Arg(4096);

// A B-tree's pages: overwritten in place at random, synced every 64.
void BM_OverwritePage(benchmark::State& state) {
  BenchDisk bench;
  auto file = bench.Open("/tree");
  const std::string page(4096, 'p');
  constexpr std::uint64_t kPages = 4096;
  for (std::uint64_t i = 0; i < kPages; ++i) {
    file->WriteAt(i * 4096, page).IgnoreError();
  }
  file->Sync().IgnoreError();
  RandomStream random(1, Purpose("bench"));
  int unsynced = 0;
  for (auto _ : state) {
    file->WriteAt(random.Below(kPages) * 4096, page).IgnoreError();
    if (++unsynced < 64) continue;
    file->DataSync().IgnoreError();
    unsynced = 0;
  }
}
BENCHMARK(BM_OverwritePage);

void BM_ReadCachedPage(benchmark::State& state) {
  BenchDisk bench;
  auto file = bench.Open("/tree");
  constexpr std::uint64_t kPages = 4096;
  file->WriteAt(0, std::string(kPages * 4096, 'p')).IgnoreError();
  file->Sync().IgnoreError();
  RandomStream random(1, Purpose("bench"));
  std::string out;
  for (auto _ : state) {
    file->ReadAt(random.Below(kPages) * 4096, 4096, &out).IgnoreError();
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_ReadCachedPage);

// A power loss with so many unsynced sectors spread over four files.
void BM_PowerLoss(benchmark::State& state) {
  BenchDisk bench;
  const std::string sector(512, 's');
  for (auto _ : state) {
    state.PauseTiming();
    bench.files = bench.disk.Mount();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      auto file = bench.Open("/" + std::to_string(i % 4));
      file->WriteAt(static_cast<std::uint64_t>(i) * 512, sector).IgnoreError();
    }
    state.ResumeTiming();
    bench.disk.disk().PowerLoss();
  }
}
BENCHMARK(BM_PowerLoss)->Arg(16)->Arg(1024);

// A copy of the durable state of 16 MiB in four files.
void BM_SyncedImage(benchmark::State& state) {
  BenchDisk bench;
  for (int i = 0; i < 4; ++i) {
    auto file = bench.Open("/" + std::to_string(i));
    file->WriteAt(0, std::string(4 << 20, 'x')).IgnoreError();
    file->Sync().IgnoreError();
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench.disk.disk().SyncedImage().Files().size());
  }
}
BENCHMARK(BM_SyncedImage);

}  // namespace
}  // namespace wringer::sim
