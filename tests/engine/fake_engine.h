// An ordered map that keeps the contract of storage engines and nothing on any
// disk. "Durable" is a copy that outlives the engine if the test keeps it.
#ifndef WR_TESTS_ENGINE_FAKE_ENGINE_H_
#define WR_TESTS_ENGINE_FAKE_ENGINE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/check.h"
#include "engine/storage/storage_engine.h"

namespace wringer::testing {

class FakeEngine : public storage::StorageEngine {
 public:
  using Map = std::map<std::string, std::string>;
  struct Image {  // what a power loss keeps
    Map map;
    SequenceNumber sequence;
  };

  explicit FakeEngine(Image* durable) : durable_(durable) {}

  absl::StatusOr<storage::RecoveryReport> Open() override {
    map_ = durable_->map;
    last_ = durable_->sequence;
    storage::RecoveryReport report;
    report.recovered = last_;
    return report;
  }

  absl::Status Apply(const storage::WriteBatch& batch, SequenceNumber seq,
                     storage::Durability) override {
    if (!apply_status.ok()) return apply_status;
    WR_CHECK(seq > last_);
    for (const storage::Write& w : batch.writes()) {
      switch (w.kind) {
        case storage::Write::Kind::kPut:
          map_[w.key] = w.value;
          break;
        case storage::Write::Kind::kDelete:
          map_.erase(w.key);
          break;
        case storage::Write::Kind::kDeleteRange:
          map_.erase(map_.lower_bound(w.key), map_.lower_bound(w.value));
          break;
      }
    }
    last_ = seq;
    ++batches;
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> Get(
      Slice key, const storage::ReadView* view) override {
    const Map& map =
        view == nullptr ? map_ : static_cast<const View*>(view)->map;
    const auto it = map.find(std::string(key.data(), key.size()));
    if (it == map.end()) return std::optional<std::string>();
    return std::optional<std::string>(it->second);
  }
  absl::StatusOr<bool> GetInto(Slice key, std::string* value) override {
    const auto it = map_.find(std::string(key.data(), key.size()));
    if (it != map_.end()) *value = it->second;
    return it != map_.end();
  }
  std::unique_ptr<storage::ReadView> NewReadView() override {
    return std::make_unique<View>(map_, last_);
  }
  std::unique_ptr<storage::Iterator> NewIterator(
      const storage::ReadView* view) override {
    return std::make_unique<MapIterator>(
        view == nullptr ? map_ : static_cast<const View*>(view)->map);
  }

  absl::Status Checkpoint() override {
    *durable_ = {map_, last_};
    ++checkpoints_;
    return absl::OkStatus();
  }
  SequenceNumber durable_sequence() const override {
    return durable_->sequence;
  }
  SequenceNumber last_sequence() const override { return last_; }
  absl::Status ReplaceAll(const storage::WriteBatch& batch,
                          SequenceNumber seq) override {
    map_.clear();
    last_ = SequenceNumber{};
    if (absl::Status s = Apply(batch, seq, storage::Durability::kDurable);
        !s.ok()) {
      return s;
    }
    return Checkpoint();
  }
  bool HasWork() const override { return false; }
  absl::Status Work() override { return absl::OkStatus(); }
  storage::EngineStats stats() const override {
    storage::EngineStats stats;
    stats.checkpoints = checkpoints_;
    return stats;
  }

  const Map& map() const { return map_; }
  absl::Status apply_status;
  std::uint64_t batches = 0;

 private:
  struct View : storage::ReadView {
    View(Map m, SequenceNumber s) : map(std::move(m)), at(s) {}
    SequenceNumber sequence() const override { return at; }
    Map map;
    SequenceNumber at;
  };
  class MapIterator : public storage::Iterator {
   public:
    explicit MapIterator(Map map) : map_(std::move(map)), at_(map_.end()) {}
    void Seek(Slice target) override {
      at_ = map_.lower_bound(std::string(target.data(), target.size()));
    }
    void SeekToFirst() override { at_ = map_.begin(); }
    void Next() override { ++at_; }
    bool Valid() const override { return at_ != map_.end(); }
    Slice key() const override { return at_->first; }
    Slice value() const override { return at_->second; }
    absl::Status status() const override { return absl::OkStatus(); }

   private:
    const Map map_;
    Map::const_iterator at_;
  };

  Image* durable_;
  Map map_;
  SequenceNumber last_;
  std::uint64_t checkpoints_ = 0;
};

}  // namespace wringer::testing

#endif  // WR_TESTS_ENGINE_FAKE_ENGINE_H_
