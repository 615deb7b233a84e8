// The suite every storage engine passes: what storage_engine.h promises, said
// once. A new engine adds its name to INSTANTIATE_TEST_SUITE_P.
#ifndef WR_TESTS_ENGINE_STORAGE_CONFORMANCE_H_
#define WR_TESTS_ENGINE_STORAGE_CONFORMANCE_H_

#include <string>
#include <vector>

#include "tests/engine/storage/storage_testing.h"

namespace wringer::storage {

class StorageConformance : public ::testing::TestWithParam<std::string> {
 protected:
  EngineOptions Options(bool journal = true) const {
    return {.engine = GetParam(),
            .directory = {},
            .journal = journal,
            .wal = {},
            .checkpoint_bytes = 2000};
  }
  void LosePower() {
    disk_.Crash([] { return false; });
  }
  testing::FakeDisk disk_;
};

TEST_P(StorageConformance, StartsEmpty) {
  EngineBoot boot(&disk_, Options());
  ASSERT_TRUE(boot.opened()) << boot.status();
  EXPECT_EQ(boot.report().recovered, Seq(0));
  EXPECT_TRUE(boot.Contents().empty());
  EXPECT_EQ(boot.Get("absent"), std::nullopt);
}

TEST_P(StorageConformance, AgreesWithAnOrderedMap) {
  EngineBoot boot(&disk_, Options());
  Model model;
  RandomStream random(3, Purpose("test.storage_model"));
  for (std::uint64_t seq = 1; seq <= 400; ++seq) {
    const WriteBatch batch = RandomBatch(&random, seq);
    ASSERT_TRUE(boot.Apply(batch, seq, Durability::kMemory).ok());
    ApplyToModel(batch, &model);
    const std::string key = "k" + std::to_string(random.Below(20));
    const auto it = model.find(key);
    EXPECT_EQ(boot.Get(key), it == model.end()
                                 ? std::nullopt
                                 : std::optional<std::string>(it->second));
    if (seq % 20 == 0) {
      ASSERT_EQ(boot.Contents(), model) << seq;
    }
    EXPECT_EQ(boot.engine().stats().keys, model.size());
  }
}

TEST_P(StorageConformance, KeysAndValuesMayBeAnyBytes) {
  EngineBoot boot(&disk_, Options());
  const std::string zero("\0a\0", 3), high("\xff\xfe", 2), empty;
  WriteBatch batch;
  batch.Put(zero, high);
  batch.Put(high, empty);
  batch.Put(empty, zero);
  ASSERT_TRUE(boot.Apply(batch, 1).ok());
  EXPECT_EQ(boot.Contents(),
            (Model{{empty, zero}, {zero, high}, {high, empty}}));
}

TEST_P(StorageConformance, LaterWritesOfABatchWin) {
  EngineBoot boot(&disk_, Options());
  WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("a", "2");
  batch.Put("b", "1");
  batch.DeleteRange("b", "c");
  ASSERT_TRUE(boot.Apply(batch, 1).ok());
  EXPECT_EQ(boot.Contents(), (Model{{"a", "2"}}));
}

TEST_P(StorageConformance, ReadViewsSeeOnePointInTime) {
  EngineBoot boot(&disk_, Options());
  std::vector<std::unique_ptr<ReadView>> views;
  std::vector<Model> models;
  Model model;
  RandomStream random(4, Purpose("test.storage_views"));
  for (std::uint64_t seq = 1; seq <= 300; ++seq) {
    const WriteBatch batch = RandomBatch(&random, seq);
    ASSERT_TRUE(boot.Apply(batch, seq, Durability::kMemory).ok());
    ApplyToModel(batch, &model);
    if (random.Below(8) == 0) {
      views.push_back(boot.engine().NewReadView());
      models.push_back(model);
      EXPECT_EQ(views.back()->sequence(), Seq(seq));
    }
    if (!views.empty() && random.Below(6) == 0) {
      const std::size_t v = random.Below(views.size());
      ASSERT_EQ(boot.Contents(views[v].get()), models[v]) << seq;
      const std::string key = "k" + std::to_string(random.Below(20));
      EXPECT_EQ(boot.Get(key, views[v].get()).has_value(),
                models[v].count(key) == 1);
      if (random.Below(2) == 0) {
        views.erase(views.begin() + static_cast<std::ptrdiff_t>(v));
        models.erase(models.begin() + static_cast<std::ptrdiff_t>(v));
      }
    }
  }
  views.clear();
  EXPECT_EQ(boot.Contents(), model);
}

TEST_P(StorageConformance, IteratorsAreNotDisturbedByWrites) {
  EngineBoot boot(&disk_, Options());
  Model model;
  for (int i = 10; i < 40; ++i) model["k" + std::to_string(i)] = "old";
  ASSERT_TRUE(boot.Apply(BatchOf(model), 1).ok());
  Model seen;
  boot.Do([&](StorageEngine& e) {
    auto it = e.NewIterator(nullptr);
    std::uint64_t seq = 2;
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      const std::string key(it->key().data(), it->key().size());
      WriteBatch batch;
      batch.Delete(key);
      batch.DeleteRange("k2", "k3");
      batch.Put("k" + std::to_string(100 - seq), "new");
      ASSERT_TRUE(e.Apply(batch, Seq(seq++), Durability::kMemory).ok());
      seen[key] = std::string(it->value().data(), it->value().size());
    }
  });
  EXPECT_EQ(seen, model);
}

TEST_P(StorageConformance, SeekFindsTheFirstKeyNotBelow) {
  EngineBoot boot(&disk_, Options());
  ASSERT_TRUE(boot.Apply(BatchOf({{"b", "1"}, {"d", "2"}}), 1).ok());
  boot.Do([](StorageEngine& e) {
    auto it = e.NewIterator(nullptr);
    it->Seek("c");
    ASSERT_TRUE(it->Valid());
    EXPECT_EQ(it->key(), "d");
    it->Seek("d");
    ASSERT_TRUE(it->Valid());
    EXPECT_EQ(it->key(), "d");
    it->Seek("e");
    EXPECT_FALSE(it->Valid());
  });
}

TEST_P(StorageConformance, DurableBatchesSurviveAPowerLoss) {
  Model model;
  {
    EngineBoot boot(&disk_, Options());
    for (std::uint64_t seq = 1; seq <= 30; ++seq) {
      const std::string key = "k" + std::to_string(seq % 7);
      ASSERT_TRUE(boot.Put(key, std::to_string(seq), seq).ok());
      model[key] = std::to_string(seq);
    }
    EXPECT_EQ(boot.engine().durable_sequence(), Seq(30));
  }
  LosePower();
  EngineBoot again(&disk_, Options());
  ASSERT_TRUE(again.opened()) << again.status();
  EXPECT_EQ(again.report().recovered, Seq(30));
  EXPECT_EQ(again.Contents(), model);
}

TEST_P(StorageConformance, BufferedBatchesSurviveAProcessCrash) {
  {
    EngineBoot boot(&disk_, Options());
    ASSERT_TRUE(boot.Put("a", "1", 1, Durability::kBuffered).ok());
  }
  disk_.Crash([] { return true; });
  EngineBoot again(&disk_, Options());
  EXPECT_EQ(again.Contents(), (Model{{"a", "1"}}));
}

TEST_P(StorageConformance, WithoutJournalRecoveryEndsAtTheCheckpoint) {
  {
    EngineBoot boot(&disk_, Options(/*journal=*/false));
    ASSERT_TRUE(boot.Put("a", "1", 1).ok());
    EXPECT_EQ(boot.engine().durable_sequence(), Seq(0));
    boot.Do([](StorageEngine& e) { ASSERT_TRUE(e.Checkpoint().ok()); });
    EXPECT_EQ(boot.engine().durable_sequence(), Seq(1));
    ASSERT_TRUE(boot.Put("b", "2", 2).ok());
  }
  LosePower();
  EngineBoot again(&disk_, Options(/*journal=*/false));
  EXPECT_EQ(again.report().recovered, Seq(1));
  EXPECT_EQ(again.Contents(), (Model{{"a", "1"}}));
}

TEST_P(StorageConformance, ReplaceAllReplacesDurablyWhateverTheSequence) {
  for (const std::uint64_t seq : {std::uint64_t{3}, std::uint64_t{50}}) {
    testing::FakeDisk disk;
    const Model replaced{{"x", "1"}, {"y", "2"}};
    {
      EngineBoot boot(&disk, Options());
      for (std::uint64_t s = 1; s <= 9; ++s) {
        ASSERT_TRUE(boot.Put("old" + std::to_string(s), "v", s).ok());
      }
      auto view = boot.engine().NewReadView();
      boot.Do([&](StorageEngine& e) {
        ASSERT_TRUE(e.ReplaceAll(BatchOf(replaced), Seq(seq)).ok());
      });
      EXPECT_EQ(boot.engine().last_sequence(), Seq(seq));
      EXPECT_EQ(boot.Contents(), replaced);
      EXPECT_EQ(boot.Contents(view.get()).size(), 9u) << "views stay";
      ASSERT_TRUE(boot.Put("z", "3", seq + 1).ok());
    }
    disk.Crash([] { return false; });
    EngineBoot again(&disk, Options());
    ASSERT_TRUE(again.opened()) << again.status();
    EXPECT_EQ(again.report().recovered, Seq(seq + 1));
    EXPECT_EQ(again.Contents(), (Model{{"x", "1"}, {"y", "2"}, {"z", "3"}}));
  }
}

TEST_P(StorageConformance, OfferedWorkEnds) {
  EngineBoot boot(&disk_, Options());
  for (std::uint64_t seq = 1; seq <= 60; ++seq) {
    ASSERT_TRUE(boot.Put("k" + std::to_string(seq), std::string(50, 'v'), seq,
                         Durability::kMemory)
                    .ok());
  }
  int steps = 0;
  boot.Do([&](StorageEngine& e) {
    EXPECT_TRUE(e.HasWork());
    for (; e.HasWork() && steps < 1000; ++steps) {
      ASSERT_TRUE(e.Work().ok());
    }
  });
  EXPECT_GT(steps, 0);
  EXPECT_FALSE(boot.engine().HasWork());
}

TEST_P(StorageConformance, FullDiskRefusesWithoutApplyingAndRecoversInPlace) {
  Model model;
  {
    EngineBoot boot(&disk_, Options());
    ASSERT_TRUE(boot.Put("a", "1", 1).ok());
    disk_.set_capacity(1);
    EXPECT_TRUE(
        absl::IsResourceExhausted(boot.Put("b", std::string(5000, 'x'), 2)));
    EXPECT_EQ(boot.Contents(), (Model{{"a", "1"}}));
    EXPECT_EQ(boot.engine().last_sequence(), Seq(1));
    disk_.set_capacity(1 << 24);
    ASSERT_TRUE(boot.Put("c", "3", 2).ok());
    model = boot.Contents();
  }
  LosePower();
  EngineBoot again(&disk_, Options());
  ASSERT_TRUE(again.opened()) << again.status();
  EXPECT_EQ(again.Contents(), model);
}

TEST_P(StorageConformance, FailedSyncLatchesUntilReopened) {
  using Op = testing::FakeDisk::Op;
  {
    EngineBoot boot(&disk_, Options());
    ASSERT_TRUE(boot.Put("a", "1", 1).ok());
    disk_.set_hook([](Op op, const std::string&) {
      return op == Op::kSync ? absl::UnavailableError("EIO") : absl::OkStatus();
    });
    EXPECT_TRUE(absl::IsUnavailable(boot.Put("b", "2", 2)));
    disk_.set_hook(nullptr);
    EXPECT_TRUE(absl::IsFailedPrecondition(boot.Put("c", "3", 3)));
    EXPECT_EQ(boot.Get("a"), "1");
  }
  EngineBoot again(&disk_, Options());
  ASSERT_TRUE(again.opened());
  EXPECT_TRUE(again.Put("d", "4", 9).ok());
}

}  // namespace wringer::storage

#endif  // WR_TESTS_ENGINE_STORAGE_CONFORMANCE_H_
