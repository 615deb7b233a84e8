// engine/log_store on the simulated disk: time passes, syncs take long, and the
// node dies at any instant, of a process crash or a power loss.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/log_store/log_store.h"
#include "gtest/gtest.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/disk/world_binding.h"
#include "tests/engine/log_store/log_store_testing.h"

namespace wringer::log_store {
namespace {

struct Profile {
  const char* name;
  wal::SyncPolicy sync;
};

// One node that lives many lives on one disk, and everything it was promised.
class Lives {
 public:
  Lives(const Profile& profile, std::uint64_t seed)
      : world_({.seed = seed}),
        runtime_(&world_, NodeId{1}),
        random_(seed, Purpose("test.lives")) {
    auto options = sim::MakeDiskOptions(profile.name, "sata-ssd");
    EXPECT_TRUE(options.ok());
    options->seed = seed;
    disk_ = sim::MakeDisk(&world_, *options);
    options_ = {.directory = kDirectory,
                .wal = {.sync = profile.sync,
                        .segment_bytes = wal::kSegmentHeaderBytes + 600}};
    former_ = SetCurrentRun(&world_);
  }
  ~Lives() { SetCurrentRun(former_); }

  void Live() {
    runtime_.Boot();
    files_ = sim::MakeFileSystem(disk_.get(), &runtime_);
    env_ = {.self = NodeId{1},
            .clock = &runtime_,
            .fibers = &runtime_,
            .files = files_.get(),
            .bus = nullptr,
            .cpu = &runtime_,
            .trace = &trace_,
            .random_seed = 1,
            .entropy = runtime_.Entropy()};
    store_ = NewLogStore(options_, &env_);
    runtime_.Spawn("life", [this] { Run(); });
    world_.RunUntil(world_.now() + random_.Between(0, 500 * kMillisecond));
    Die();
  }
  std::uint64_t boots() const { return boots_; }
  std::uint64_t promised() const { return promises_; }

 private:
  void Run() {
    listener_ = {};
    const auto recovery = store_->Open(&listener_);
    ASSERT_TRUE(recovery.ok()) << recovery.status();
    ++boots_;
    Check(*recovery);
    log_ = recovery->log.entries;
    meta_ = recovery->meta.version.value();
    for (;; ++term_) {
      const std::uint64_t batches = random_.Below(5);
      for (std::uint64_t b = 0; b < batches; ++b) {
        Append(1 + random_.Below(4));
        if (random_.Below(3) == 0) {
          env_.fibers->Sleep(random_.Between(0, 3 * kMillisecond));
        }
      }
      if (random_.Below(3) == 0) store_->SubmitMeta(MetaOf(++meta_));
      if (random_.Below(4) == 0) Truncate();
      env_.fibers->Sleep(random_.Between(0, 8 * kMillisecond));
      promised_ = store_->durable();
    }
  }

  void Append(std::uint64_t n) {
    const std::uint64_t first = log_.size() + 1;
    auto entries = Entries(term_, first, first + n - 1);
    for (const auto& entry : entries) {
      meta_before_[std::string(ToStd(entry.payload))] = meta_;
      log_.push_back(entry);
    }
    store_->SubmitAppend(std::move(entries));
  }
  void Truncate() {
    const std::uint64_t keep = log_.size() - random_.Below(log_.size() + 1);
    store_->SubmitTruncateSuffix(LogIndex{keep});
    log_.resize(keep);
  }

  void Die() {
    promised_ = boots_ > 0 ? store_->durable() : DurableMark{};
    promises_ += listener_.marks.size();
    runtime_.Fence();
    if (random_.Below(3) == 0) {
      disk_->ProcessKill();
    } else {
      disk_->PowerLoss();
    }
    runtime_.UnwindFibers();
    store_.reset();
    files_.reset();
    runtime_.Bury();
    ASSERT_TRUE(runtime_.defects().empty()) << runtime_.defects()[0];
    // A life that did not get through Open promised nothing new.
    if (listener_.marks.empty() && promised_ == DurableMark{}) {
      promised_ = before_;
    } else {
      before_ = promised_;
    }
  }

  void Check(const Recovery& found) {
    EXPECT_TRUE(found.log.damaged.empty());
    const auto& entries = found.log.entries;
    ASSERT_GE(entries.size(), promised_.log.index.value());
    for (std::size_t i = 0; i < promised_.log.index.value(); ++i) {
      ASSERT_EQ(entries[i], log_[i]) << "promised entry " << i + 1;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      // Nothing but what was once submitted, and never before what was
      // submitted ahead of it.
      const auto it = meta_before_.find(std::string(ToStd(entries[i].payload)));
      ASSERT_NE(it, meta_before_.end());
      ASSERT_LE(it->second, found.meta.version.value());
    }
    EXPECT_GE(found.meta.version, promised_.meta);
    EXPECT_LE(found.meta.version.value(), meta_);
    EXPECT_GT(found.incarnation, incarnation_);
    incarnation_ = found.incarnation;
    before_ = promised_ = {found.log.entries.empty()
                               ? found.log.base
                               : found.log.entries.back().position(),
                           found.meta.version};
  }

  sim::World world_;
  sim::NodeRuntime runtime_;
  RandomStream random_;
  std::unique_ptr<sim::SimDisk> disk_;
  testing::SilentTrace trace_;
  env::Env env_;
  LogStoreOptions options_;
  std::unique_ptr<env::FileSystem> files_;
  std::unique_ptr<LogStore> store_;
  MemoryLogListener listener_;
  RunContext* former_ = nullptr;

  // As submitted by the life that runs.
  std::vector<replication::LogEntry> log_;
  std::uint64_t meta_ = 0;
  std::uint64_t term_ = 1;
  // Payload of every entry ever submitted: the hard state submitted before it.
  std::map<std::string, std::uint64_t> meta_before_;
  DurableMark promised_;
  DurableMark before_;
  Incarnation incarnation_;
  std::uint64_t boots_ = 0;
  std::uint64_t promises_ = 0;
};

class LogStoreInWorld : public ::testing::TestWithParam<Profile> {};

TEST_P(LogStoreInWorld, KeepsItsPromisesThroughManyDeaths) {
  std::uint64_t promises = 0;
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    Lives lives(GetParam(), seed);
    for (int life = 0; life < 12; ++life) {
      lives.Live();
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " life " << life;
    }
    EXPECT_GT(lives.boots(), 6u);
    promises += lives.promised();
  }
  EXPECT_GT(promises, 1000u);
}

INSTANTIATE_TEST_SUITE_P(
    Profiles, LogStoreInWorld,
    ::testing::Values(Profile{"ext4-ordered", wal::SyncPolicy::kGroup},
                      Profile{"posix-strict", wal::SyncPolicy::kGroup},
                      Profile{"posix-strict", wal::SyncPolicy::kEvery}));

}  // namespace
}  // namespace wringer::log_store
