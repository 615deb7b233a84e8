// The memory engine: an ordered map, a journal, and a file that holds it all.
//
// Reads never touch the disk. A batch goes to the journal first, waits there
// for what its durability asks, and then into the map; so a batch that was
// refused was not applied. A checkpoint writes the map of one point in time to
// a new file while writes go on; recovery loads the newest checkpoint and
// replays the journal behind it. It is the reference model for every other
// engine. Formats: checkpoint_file.h, journal_record.h, engine/wal/README.md.
//
// Invariants:
//   1. A checkpoint file has its final name only once it is durable; older
//      files, and journal segments it covers, go only after the name is.
//   2. What is in the map is in the journal's queue (journal = true).
//   3. Damage is never passed over: a checkpoint or a journal record that had
//      been durable and cannot be read makes Open fail with kDataLoss.
#ifndef WR_ENGINE_STORAGE_MEMORY_MEMORY_ENGINE_H_
#define WR_ENGINE_STORAGE_MEMORY_MEMORY_ENGINE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/storage/memory/checkpoint_file.h"
#include "engine/storage/memory/table.h"
#include "engine/storage/storage_engine.h"
#include "engine/wal/wal.h"

namespace wringer::storage::memory {

struct MemoryEngineOptions {
  std::string directory;  // absolute; created if absent
  bool journal = true;
  wal::WalOptions wal;
  std::uint64_t checkpoint_bytes = 1 << 20;
  LogBarrier log_barrier = nullptr;
};

class MemoryEngine : public StorageEngine, private wal::WalListener {
 public:
  MemoryEngine(const MemoryEngineOptions& options, env::Env* env);

  absl::StatusOr<RecoveryReport> Open() override;
  absl::Status Apply(const WriteBatch& batch, SequenceNumber seq,
                     Durability durability) override {
    WriteBatch copy = batch;
    return Consume(&copy, seq, durability);
  }
  absl::Status Consume(WriteBatch* batch, SequenceNumber seq,
                       Durability durability) override;
  absl::StatusOr<std::optional<std::string>> Get(Slice key,
                                                 const ReadView* view) override;
  absl::StatusOr<bool> GetInto(Slice key, std::string* value) override;
  std::unique_ptr<ReadView> NewReadView() override;
  std::unique_ptr<Iterator> NewIterator(const ReadView* view) override;
  absl::Status Checkpoint() override;
  SequenceNumber durable_sequence() const override;
  SequenceNumber last_sequence() const override { return last_; }
  absl::Status ReplaceAll(const WriteBatch& batch, SequenceNumber seq) override;
  bool HasWork() const override;
  absl::Status Work() override;
  EngineStats stats() const override;

 private:
  friend class JournalReplay;

  // A checkpoint being written.
  struct Progress {
    CheckpointHeader header;
    std::string temporary;
    std::unique_ptr<CheckpointWriter> writer;
    std::unique_ptr<ReadView> view;
    std::optional<Table::Cursor> cursor;
    Lsn covers;  // the journal behind this is not needed any more
  };

  // WalListener.
  void OnDurable(Lsn end) override;
  void OnWritten(Lsn end) override;
  void OnWalError(const absl::Status& status) override;

  // Steps of Open.
  absl::Status LoadCheckpoint();
  absl::Status ReplayJournal(RecoveryReport* report);

  absl::Status Journal(const WriteBatch& batch, SequenceNumber seq,
                       Durability durability, Lsn* end);
  absl::Status JournalError() const;
  void NoteSynced();

  // Steps of a checkpoint; the mutex is held.
  absl::Status Begin();
  absl::StatusOr<std::unique_ptr<CheckpointWriter>> StartFile(
      const CheckpointHeader& header, const std::string& path);
  absl::Status Step(std::uint64_t budget);
  absl::Status WriteImage(const CheckpointHeader& header,
                          const std::string& path, const WriteBatch& batch);
  absl::Status Publish(const CheckpointHeader& header,
                       const std::string& temporary, Lsn covers);
  void Abandon();
  std::string PathOf(const std::string& name) const {
    return options_.directory + "/" + name;
  }

  const MemoryEngineOptions options_;
  env::Env* const env_;
  // Shared with read views and iterators: ReplaceAll starts a new one.
  std::shared_ptr<Table> table_ = std::make_shared<Table>();
  SequenceNumber last_;
  std::uint64_t generation_ = 0;
  // Set for good by a failed write or sync whose outcome is unknown.
  absl::Status latched_;

  std::unique_ptr<wal::Wal> journal_;
  env::WaitQueue journal_moved_;
  Lsn applied_end_;  // journal position behind the last applied batch
  // Applied batches whose records are not known synced, oldest first.
  struct Unsynced {
    Lsn end;
    SequenceNumber seq;
  };
  std::deque<Unsynced> unsynced_;
  SequenceNumber journal_synced_;

  env::Mutex checkpoint_mutex_;
  std::unique_ptr<Progress> progress_;
  CheckpointHeader checkpoint_;  // the newest durable one; number 0: none
  std::uint64_t next_number_ = 1;
  std::uint64_t bytes_since_checkpoint_ = 0;

  std::uint64_t checkpoints_ = 0;
  std::uint64_t checkpoint_bytes_written_ = 0;
  std::uint64_t checkpoint_syncs_ = 0;
};

std::unique_ptr<StorageEngine> NewMemoryEngine(
    const MemoryEngineOptions& options, env::Env* env);

}  // namespace wringer::storage::memory

#endif  // WR_ENGINE_STORAGE_MEMORY_MEMORY_ENGINE_H_
