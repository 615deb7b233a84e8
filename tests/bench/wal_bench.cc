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
#include "engine/wal/wal.h"
#include "tests/engine/test_node.h"

namespace wringer {
namespace {

// Forgets what is written: what is measured is ours alone.
class NullFile : public env::File {
 public:
  absl::Status ReadAt(std::uint64_t, std::size_t, std::string* out) override {
    out->clear();
    return absl::OkStatus();
  }
  absl::Status WriteAt(std::uint64_t offset, Slice bytes) override {
    size_ = std::max<std::uint64_t>(size_, offset + bytes.size());
    return absl::OkStatus();
  }
  absl::Status Truncate(std::uint64_t) override { return absl::OkStatus(); }
  absl::Status Allocate(std::uint64_t) override { return absl::OkStatus(); }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::Status DataSync() override { return absl::OkStatus(); }
  std::uint64_t Size() const override { return size_; }
  void Advise(env::Advice) override {}

 private:
  std::uint64_t size_ = 0;
};

class NullFileSystem : public env::FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<env::File>> Open(
      Slice, const env::OpenOptions&) override {
    return std::make_unique<NullFile>();
  }
  absl::Status Remove(Slice) override { return absl::OkStatus(); }
  absl::Status Rename(Slice, Slice) override { return absl::OkStatus(); }
  absl::Status Link(Slice, Slice) override { return absl::OkStatus(); }
  absl::Status MakeDirectory(Slice) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<std::string>> List(Slice) override {
    return std::vector<std::string>();
  }
  absl::StatusOr<env::FileStat> Stat(Slice) override {
    return env::FileStat{.is_directory = true};
  }
  absl::Status SyncDirectory(Slice) override { return absl::OkStatus(); }
  std::uint64_t FreeBytes() const override { return 1 << 30; }
  env::DeviceInfo Device() const override { return {}; }
};

class Sink : public wal::RecordSink {
 public:
  void OnRecord(const wal::RecordPlace&, Slice) override {}
  void OnDamage(const wal::Damage&) override {}
};
class Listener : public wal::WalListener {
 public:
  void OnDurable(Lsn) override {}
  void OnWalError(const absl::Status&) override {}
};

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
  NullFileSystem files;
  testing::TestNode node(&files);
  Listener listener;
  auto wal = std::make_unique<wal::Wal>(wal::WalOptions{}, "/wal", node.env(),
                                        &listener);
  Sink sink;
  node.Run([&] { wal->Open(&sink).IgnoreError(); });
  const std::string payload(static_cast<std::size_t>(state.range(1)), 'x');
  for (auto _ : state) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      wal->Submit(wal::Promise::kDurable, payload);
    }
    node.Wait(kMicrosecond);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (wal->durable() != wal->submitted()) state.SkipWithError("not durable");
  node.Kill();
  wal.reset();
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
