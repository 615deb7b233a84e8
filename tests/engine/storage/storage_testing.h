// What the storage engines' tests share: one boot of a named engine.
#ifndef WR_TESTS_ENGINE_STORAGE_STORAGE_TESTING_H_
#define WR_TESTS_ENGINE_STORAGE_STORAGE_TESTING_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/random.h"
#include "engine/storage/factory.h"
#include "gtest/gtest.h"
#include "tests/engine/fake_disk.h"
#include "tests/engine/test_node.h"

namespace wringer::storage {

using Model = std::map<std::string, std::string>;

inline SequenceNumber Seq(std::uint64_t n) { return SequenceNumber{n}; }

inline void ApplyToModel(const WriteBatch& batch, Model* model) {
  for (const Write& w : batch.writes()) {
    switch (w.kind) {
      case Write::Kind::kPut:
        (*model)[w.key] = w.value;
        break;
      case Write::Kind::kDelete:
        model->erase(w.key);
        break;
      case Write::Kind::kDeleteRange:
        if (w.key < w.value) {
          model->erase(model->lower_bound(w.key), model->lower_bound(w.value));
        }
        break;
    }
  }
}

inline WriteBatch BatchOf(const Model& model) {
  WriteBatch batch;
  for (const auto& [key, value] : model) batch.Put(key, value);
  return batch;
}

// A few of every kind of write on a small key space.
inline WriteBatch RandomBatch(RandomStream* random, std::uint64_t tag) {
  WriteBatch batch;
  const std::uint64_t writes = 1 + random->Below(4);
  for (std::uint64_t i = 0; i < writes; ++i) {
    const std::string key = "k" + std::to_string(random->Below(20));
    switch (random->Below(8)) {
      case 0:
        batch.DeleteRange(key, "k" + std::to_string(random->Below(20)));
        break;
      case 1:
      case 2:
        batch.Delete(key);
        break;
      default:
        batch.Put(key, std::to_string(tag) + "/" + std::to_string(i) +
                           std::string(random->Below(40), 'v'));
    }
  }
  return batch;
}

class EngineBoot {
 public:
  EngineBoot(env::FileSystem* disk, EngineOptions options) : node_(disk) {
    options.directory = "/n1/data";
    auto made = NewStorageEngine(options, node_.env());
    EXPECT_TRUE(made.ok()) << made.status();
    engine_ = *std::move(made);
    node_.Run([this] { report_ = engine_->Open(); });
  }
  ~EngineBoot() {
    node_.Kill();
    engine_.reset();
  }

  // Runs `body` on a fiber and lets everything settle.
  void Do(absl::AnyInvocable<void(StorageEngine&)> body) {
    node_.Run([this, &body] { body(*engine_); }, kMillisecond);
  }
  absl::Status Apply(const WriteBatch& batch, std::uint64_t seq,
                     Durability durability = Durability::kDurable) {
    absl::Status status = absl::UnknownError("did not finish");
    Do([&](StorageEngine& e) {
      status = e.Apply(batch, Seq(seq), durability);
    });
    return status;
  }
  absl::Status Put(const std::string& key, const std::string& value,
                   std::uint64_t seq,
                   Durability durability = Durability::kDurable) {
    WriteBatch batch;
    batch.Put(key, value);
    return Apply(batch, seq, durability);
  }
  // Everything the engine holds at `view`, by iteration.
  Model Contents(const ReadView* view = nullptr) {
    Model model;
    Do([&](StorageEngine& e) {
      auto it = e.NewIterator(view);
      std::string last;
      for (it->SeekToFirst(); it->Valid(); it->Next()) {
        const std::string key(it->key().data(), it->key().size());
        EXPECT_TRUE(model.empty() || last < key) << "keys ascend";
        last = key;
        model[key] = std::string(it->value().data(), it->value().size());
      }
      EXPECT_TRUE(it->status().ok());
    });
    return model;
  }
  std::optional<std::string> Get(const std::string& key,
                                 const ReadView* view = nullptr) {
    std::optional<std::string> value;
    Do([&](StorageEngine& e) {
      auto got = e.Get(key, view);
      EXPECT_TRUE(got.ok()) << got.status();
      if (got.ok()) value = *got;
    });
    return value;
  }

  StorageEngine& engine() { return *engine_; }
  testing::TestNode& node() { return node_; }
  bool opened() const { return report_.ok(); }
  const absl::Status& status() const { return report_.status(); }
  const RecoveryReport& report() const { return *report_; }

 private:
  testing::TestNode node_;
  std::unique_ptr<StorageEngine> engine_;
  absl::StatusOr<RecoveryReport> report_ = absl::UnknownError("not opened");
};

}  // namespace wringer::storage

#endif  // WR_TESTS_ENGINE_STORAGE_STORAGE_TESTING_H_
