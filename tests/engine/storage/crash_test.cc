// Every storage engine against std::map, with crashes anywhere.
//
// Contract: recovery yields exactly the batches 1..n for the n it reports, and
// n covers every batch that was applied durably; ReplaceAll is all or nothing.
#include <string>
#include <vector>

#include "tests/engine/storage/storage_testing.h"

namespace wringer::storage {
namespace {

using testing::FakeDisk;

class StorageCrash : public ::testing::TestWithParam<std::string> {
 protected:
  EngineOptions Options(bool journal) const {
    return {.engine = GetParam(),
            .directory = {},
            .journal = journal,
            .wal = {.segment_bytes = 8192 + 300},
            .checkpoint_bytes = 600};
  }
};

// One engine life after another; the model knows every prefix.
class Life {
 public:
  Life(const EngineOptions& options, std::uint64_t seed)
      : options_(options), random_(seed, Purpose("test.storage_crash")) {
    history_.push_back({});
  }

  // A boot that dies within `mutations` of the disk's calls. False on failure.
  bool Boot(std::uint64_t mutations) {
    disk_.FreezeAt(disk_.mutations() + random_.Below(mutations));
    {
      EngineBoot boot(&disk_, options_);
      if (boot.opened() && CheckRecovered(&boot)) Work(&boot);
    }
    const bool power = random_.Below(4) != 0;
    disk_.Crash([&] { return !power || random_.Below(2) == 0; });
    return !::testing::Test::HasFailure();
  }
  // A boot on a healthy disk.
  bool BootWell() {
    EngineBoot boot(&disk_, options_);
    EXPECT_TRUE(boot.opened()) << boot.status();
    return boot.opened() && CheckRecovered(&boot);
  }

 private:
  bool CheckRecovered(EngineBoot* boot) {
    const std::uint64_t n = boot->report().recovered.value();
    EXPECT_GE(n, durable_) << "a durable batch is gone";
    EXPECT_LT(n, history_.size()) << "more than was ever applied";
    if (::testing::Test::HasFailure()) return false;
    EXPECT_EQ(boot->Contents(), history_[n]) << "not the state after " << n;
    if (::testing::Test::HasFailure()) return false;
    history_.resize(n + 1);
    // Recovered is durable where the journal keeps its promises.
    if (boot->engine().durable_sequence().value() == n) durable_ = n;
    return true;
  }

  void Work(EngineBoot* boot) {
    for (int i = 0; i < 25; ++i) {
      const std::uint64_t seq = history_.size();
      if (random_.Below(8) == 0) {
        boot->Do([](StorageEngine& e) {
          if (e.HasWork()) e.Work().IgnoreError();
        });
      }
      Model next = history_.back();
      if (random_.Below(25) == 0) {
        next = {{"replaced", std::to_string(seq)}};
        absl::Status status;
        history_.push_back(next);
        boot->Do([&](StorageEngine& e) {
          status = e.ReplaceAll(BatchOf(next), Seq(seq));
        });
        if (!status.ok()) return;
        durable_ = seq;
        continue;
      }
      const WriteBatch batch = RandomBatch(&random_, seq);
      ApplyToModel(batch, &next);
      history_.push_back(next);
      const auto durability = static_cast<Durability>(random_.Below(3));
      const absl::Status status = boot->Apply(batch, seq, durability);
      if (!status.ok()) return;
      if (boot->engine().durable_sequence().value() > durable_) {
        durable_ = boot->engine().durable_sequence().value();
      }
      if (durability == Durability::kDurable && options_.journal) {
        durable_ = seq;
      }
    }
  }

  const EngineOptions options_;
  RandomStream random_;
  FakeDisk disk_;
  // history_[n]: the contents after batch n.
  std::vector<Model> history_;
  std::uint64_t durable_ = 0;
};

TEST_P(StorageCrash, RecoversAPrefixThatCoversEveryDurableBatch) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Life life(Options(/*journal=*/true), seed);
    for (int boot = 0; boot < 6; ++boot) {
      ASSERT_TRUE(life.Boot(120)) << "seed " << seed << " boot " << boot;
    }
    ASSERT_TRUE(life.BootWell()) << "seed " << seed;
  }
}

TEST_P(StorageCrash, WithoutJournalRecoversToACheckpoint) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Life life(Options(/*journal=*/false), seed);
    for (int boot = 0; boot < 6; ++boot) {
      ASSERT_TRUE(life.Boot(40)) << "seed " << seed << " boot " << boot;
    }
    ASSERT_TRUE(life.BootWell()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, StorageCrash,
                         ::testing::ValuesIn(StorageEngineNames()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace wringer::storage
