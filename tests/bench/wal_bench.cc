// WAL append: CPU per record, framing and fibers included, on a file that takes
// no time and keeps nothing. And the memory engine beside a bare btree_map.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/base/random.h"
#include "engine/storage/factory.h"
#include "engine/wal/log_format.h"
#include "tests/bench/null_file_system.h"
#include "tests/bench/part_workloads.h"
#include "tests/engine/test_node.h"

namespace wringer {
namespace {

void BM_FrameRecord(benchmark::State& state) {
  const wal::SegmentIdentity identity(wal::WalId{7}, wal::SegmentNumber{3});
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  std::string out;
  std::uint64_t offset = 0;
  for (auto _ : state) {
    if (out.size() > (1 << 20)) out.clear();
    wal::FrameRecord(identity, {.file_offset = ++offset}, payload, Slice(),
                     &out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_FrameRecord)->Arg(128)->Arg(4096);

// Args: records per group, payload bytes. One iteration is one group.
void BM_WalAppend(benchmark::State& state) {
  const auto records = static_cast<std::uint64_t>(state.range(0));
  WalGroups groups(records, static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) groups.CommitOne();
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (!groups.all_durable()) state.SkipWithError("not durable");
}
BENCHMARK(BM_WalAppend)
    ->Args({1, 128})
    ->Args({16, 128})
    ->Args({256, 128})
    ->Args({16, 4096});

std::string KeyOf(std::uint64_t i) {
  std::string key = std::to_string(Mix64(i));
  key.resize(16, 'k');
  return key;
}
constexpr std::uint64_t kKeys = 100'000;

void BM_BtreeMapGet(benchmark::State& state) {
  absl::btree_map<std::string, std::string> map;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    map[KeyOf(i)] = std::string(100, 'v');
  }
  RandomStream random(1);
  std::vector<std::string> keys;
  for (int i = 0; i < 4096; ++i) keys.push_back(KeyOf(random.Below(kKeys)));
  std::size_t at = 0;
  for (auto _ : state) {
    std::optional<std::string> value(map.find(keys[++at & 4095])->second);
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(BM_BtreeMapGet);

void BM_MemoryEngineGet(benchmark::State& state) {
  NullFileSystem files;
  testing::TestNode node(&files);
  storage::EngineOptions options;
  options.directory = "/data";
  options.journal = false;
  auto engine = *storage::NewStorageEngine(options, node.env());
  storage::WriteBatch batch;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    batch.Put(KeyOf(i), std::string(100, 'v'));
  }
  engine->Apply(batch, SequenceNumber{1}, storage::Durability::kMemory)
      .IgnoreError();
  RandomStream random(1);
  std::vector<std::string> keys;
  for (int i = 0; i < 4096; ++i) keys.push_back(KeyOf(random.Below(kKeys)));
  std::size_t at = 0;
  for (auto _ : state) {
    auto value = engine->Get(keys[++at & 4095]);
    benchmark::DoNotOptimize(value);
  }
}
BENCHMARK(BM_MemoryEngineGet);

}  // namespace
}  // namespace wringer
