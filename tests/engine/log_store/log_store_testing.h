// What the log store's tests share.
#ifndef WR_TESTS_ENGINE_LOG_STORE_LOG_STORE_TESTING_H_
#define WR_TESTS_ENGINE_LOG_STORE_LOG_STORE_TESTING_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/log_store/log_store.h"
#include "engine/wal/log_format.h"
#include "tests/engine/fake_disk.h"
#include "tests/engine/test_node.h"

namespace wringer::log_store {

inline constexpr char kDirectory[] = "/n1/log";

inline LogPosition At(std::uint64_t term, std::uint64_t index) {
  return {Term{term}, LogIndex{index}};
}
inline replication::LogEntry Entry(std::uint64_t term, std::uint64_t index) {
  return {.term = Term{term},
          .index = LogIndex{index},
          .kind = replication::EntryKind::kCommand,
          .payload = "e" + std::to_string(term) + "." + std::to_string(index)};
}
inline std::vector<replication::LogEntry> Entries(std::uint64_t term,
                                                  std::uint64_t first,
                                                  std::uint64_t last) {
  std::vector<replication::LogEntry> entries;
  for (std::uint64_t i = first; i <= last; ++i) {
    entries.push_back(Entry(term, i));
  }
  return entries;
}
inline replication::Meta MetaOf(std::uint64_t version) {
  return {MetaVersion{version}, "vote " + std::to_string(version)};
}

class MemoryLogListener : public LogStoreListener {
 public:
  void OnDurable(const DurableMark& mark) override { marks.push_back(mark); }
  void OnLogError(const absl::Status& status) override {
    errors.push_back(status);
  }
  DurableMark last() const {
    return marks.empty() ? DurableMark{} : marks.back();
  }
  std::vector<DurableMark> marks;
  std::vector<absl::Status> errors;
};

// One boot of a log store on `disk`.
class LogBoot {
 public:
  explicit LogBoot(env::FileSystem* disk, wal::WalOptions options = {},
                   std::size_t cached = 4096, bool newborn = true)
      : node_(disk),
        store_(NewLogStore({.directory = kDirectory,
                            .wal = options,
                            .cached_entries = cached,
                            .newborn = newborn},
                           node_.env())) {
    node_.Run([this] { recovery_ = store_->Open(&listener_); });
  }
  ~LogBoot() {
    node_.Kill();
    store_.reset();
  }

  // Runs `body` on a fiber and lets everything settle.
  void Do(absl::AnyInvocable<void(LogStore&)> body) {
    node_.Run([this, &body] { body(*store_); }, kMillisecond);
  }
  void Append(std::uint64_t term, std::uint64_t first, std::uint64_t last) {
    Do([=](LogStore& s) { s.SubmitAppend(Entries(term, first, last)); });
  }

  LogStore& store() { return *store_; }
  testing::TestNode& node() { return node_; }
  MemoryLogListener& listener() { return listener_; }
  bool opened() const { return recovery_.ok(); }
  const absl::Status& status() const { return recovery_.status(); }
  const Recovery& recovery() const { return *recovery_; }

 private:
  testing::TestNode node_;
  MemoryLogListener listener_;
  std::unique_ptr<LogStore> store_;
  absl::StatusOr<Recovery> recovery_ = absl::UnknownError("not opened");
};

}  // namespace wringer::log_store

#endif  // WR_TESTS_ENGINE_LOG_STORE_LOG_STORE_TESTING_H_
