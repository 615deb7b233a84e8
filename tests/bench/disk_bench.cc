// Virtual disk: CPU per operation, with persist units tracked. The waits cost
// nothing here (an untimed disk): what an event costs is kernel_bench's.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "sim/disk/untimed_disk.h"

namespace wringer::sim {
namespace {

struct Bench {
  explicit Bench(std::uint64_t cache_bytes = std::uint64_t{64} << 20)
      : disk(Options(cache_bytes)), files(disk.Mount()) {}

  static DiskOptions Options(std::uint64_t cache_bytes) {
    DiskOptions options =
        MakeDiskOptions("ext4-ordered", "nvme-datacenter").value();
    options.capacity_bytes = std::uint64_t{1} << 40;
    options.cache_bytes = cache_bytes;
    return options;
  }
  std::unique_ptr<env::File> Open(const std::string& path) {
    env::OpenOptions options;
    options.create = true;
    return std::move(files->Open(path, options)).value();
  }

  UntimedDisk disk;
  std::unique_ptr<env::FileSystem> files;
};

constexpr std::uint64_t kSegment = std::uint64_t{16} << 20;

// A WAL: append, sync; a new segment every 16 MiB, the old one removed.
void BM_AppendAndSync(benchmark::State& state) {
  Bench bench;
  auto file = bench.Open("/wal");
  const std::string record(static_cast<std::size_t>(state.range(0)), 'x');
  std::uint64_t at = 0;
  for (auto _ : state) {
    if (at >= kSegment) {
      file.reset();
      bench.files->Remove("/wal").IgnoreError();
      file = bench.Open("/wal");
      at = 0;
    }
    file->WriteAt(at, record).IgnoreError();
    file->DataSync().IgnoreError();
    at += record.size();
  }
}
BENCHMARK(BM_AppendAndSync)->Arg(200)->Arg(1024)->Arg(4096);

// The same without the device: what a buffered append costs.
void BM_Append(benchmark::State& state) {
  Bench bench(std::uint64_t{1} << 30);
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
  Bench bench;
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
  Bench bench;
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
  Bench bench;
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
  Bench bench;
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
