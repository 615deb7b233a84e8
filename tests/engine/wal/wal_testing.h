// What the WAL's tests share: a sink and a listener that remember, and a WAL
// run on a node of its own.
#ifndef WR_TESTS_ENGINE_WAL_WAL_TESTING_H_
#define WR_TESTS_ENGINE_WAL_WAL_TESTING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/wal/wal.h"
#include "tests/engine/fake_disk.h"
#include "tests/engine/test_node.h"

namespace wringer::wal {

class MemorySink : public RecordSink {
 public:
  void OnRecord(const RecordPlace& place, Slice payload) override {
    records.emplace_back(payload.data(), payload.size());
    places.push_back(place);
  }
  void OnDamage(const Damage& d) override {
    damage.push_back(d);
    damage_after.push_back(records.size());
  }
  std::vector<std::string> records;
  std::vector<RecordPlace> places;
  std::vector<Damage> damage;
  // For each damage: how many records came before it.
  std::vector<std::size_t> damage_after;
};

class MemoryListener : public WalListener {
 public:
  void OnDurable(Lsn end) override {
    WR_CHECK(end > durable);
    durable = end;
    ++reports;
  }
  void OnWritten(Lsn end) override { written = end; }
  void OnWalError(const absl::Status& status) override {
    errors.push_back(status);
  }
  std::string SegmentPreamble() override { return preamble; }
  Lsn durable;
  Lsn written;
  int reports = 0;
  std::vector<absl::Status> errors;
  std::string preamble;
};

inline constexpr char kWalDirectory[] = "/wal";

// One boot of a WAL on `disk`.
class WalBoot {
 public:
  explicit WalBoot(env::FileSystem* disk, const WalOptions& options = {})
      : node_(disk),
        wal_(std::make_unique<Wal>(options, kWalDirectory, node_.env(),
                                   &listener_)) {
    node_.Run([this] { found_ = wal_->Open(&sink_); });
  }
  ~WalBoot() {
    node_.Kill();
    wal_.reset();
  }

  // Submits on a fiber, as an applier would, and lets everything settle.
  void Put(const std::string& record) {
    node_.Run([this, record] { Submit(record); }, kMillisecond);
  }
  // Submits at once; the writer has not run.
  void Submit(const std::string& record, Promise promise = Promise::kDurable) {
    ends_.push_back(wal_->Submit(promise, record).end);
  }
  void Wait(Nanos d) { node_.Wait(d); }
  // How many records, in order of submission, were reported durable.
  std::size_t reported() const {
    std::size_t n = 0;
    while (n < ends_.size() && ends_[n] <= listener_.durable) ++n;
    return n;
  }

  Wal& wal() { return *wal_; }
  testing::TestNode& node() { return node_; }
  MemoryListener& listener() { return listener_; }
  const MemorySink& sink() const { return sink_; }
  const absl::StatusOr<Recovered>& found() const { return found_; }
  bool opened() const { return found_.ok(); }
  void Switch(Mutant mutant) {
    node_.world().mutants[std::size_t(mutant)].on = true;
  }

 private:
  testing::TestNode node_;
  MemoryListener listener_;
  MemorySink sink_;
  std::unique_ptr<Wal> wal_;
  absl::StatusOr<Recovered> found_ = absl::UnknownError("not opened");
  std::vector<Lsn> ends_;
};

// "r0", "r1", ... of growing length, so that no two look alike.
inline std::string NumberedRecord(std::size_t i) {
  return "r" + std::to_string(i) + std::string(7 * i, 'x');
}

// What a boot that changes nothing on disk finds.
struct Seen {
  MemorySink sink;
  absl::StatusOr<Recovered> found = absl::UnknownError("");
};
inline Seen Look(env::FileSystem* disk) {
  Seen seen;
  seen.found = RecoverWal(disk, kWalDirectory, std::nullopt, &seen.sink);
  return seen;
}

}  // namespace wringer::wal

#endif  // WR_TESTS_ENGINE_WAL_WAL_TESTING_H_
