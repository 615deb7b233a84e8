// The contract every storage engine keeps: an ordered map of byte strings with
// atomic batches, read views, and a durable point from which it can recover.
//
// Time and place: all calls run on fibers of one node. Those marked "may
// yield" may wait for the disk; others never do. Writers are serialised by the
// caller (the applier); readers may run between their suspension points.
//
// Order: every batch carries the sequence number its caller gave it, strictly
// increasing. After recovery the engine holds exactly the batches 1..n for the
// n it reports: a prefix, never a selection. With `journal = true` every batch
// applied with Durability::kDurable is within n. With `journal = false` the
// engine owns no log: n is the last checkpoint's, and the caller replays the
// rest from the replicated log.
//
// Errors: kResourceExhausted (no space: nothing was applied), kDataLoss
// (damage found: never served), kUnavailable (I/O error, outcome unknown: the
// engine latches and refuses writes until reopened), kFailedPrecondition
// (latched). Engines know nothing of terms, replicas or sessions.
#ifndef WR_ENGINE_STORAGE_STORAGE_ENGINE_H_
#define WR_ENGINE_STORAGE_STORAGE_ENGINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/storage/write_batch.h"

namespace wringer::storage {

// What must have happened to a batch when Apply returns.
enum class Durability : std::uint8_t {
  kMemory,    // visible to reads
  kBuffered,  // also handed to the page cache: survives a process crash
  kDurable,   // also synced: survives a power loss
};

struct RecoveryReport {
  // The last sequence number the recovered state contains.
  SequenceNumber recovered;
  // Bytes of torn tail that were cut; damage the engine refuses to serve.
  std::uint64_t truncated_bytes = 0;
  std::vector<std::string> quarantined;
};

// A point in time to read from. Released on destruction.
class ReadView {
 public:
  virtual ~ReadView() = default;
  virtual SequenceNumber sequence() const = 0;
};

// Walks keys in byte order. Invalidated by nothing: it reads one point in time.
class Iterator {
 public:
  virtual ~Iterator() = default;
  // Positions at the first key >= target, or at the first key. May yield.
  virtual void Seek(Slice target) = 0;
  virtual void SeekToFirst() = 0;
  virtual void Next() = 0;  // may yield. REQUIRES: Valid()
  virtual bool Valid() const = 0;
  virtual Slice key() const = 0;
  virtual Slice value() const = 0;
  virtual absl::Status status() const = 0;
};

struct EngineStats {
  std::uint64_t keys = 0;
  std::uint64_t live_bytes = 0;
  std::uint64_t bytes_written = 0;  // to files, journal included
  std::uint64_t syncs = 0;
  std::uint64_t checkpoints = 0;
};

// The write-ahead rule: called before the state up to a batch becomes durable,
// and returns once the log that the batches come from is durable as far. May
// yield. An engine without such a log has none.
using LogBarrier = std::function<void(SequenceNumber)>;

class StorageEngine {
 public:
  virtual ~StorageEngine() = default;

  // Boot: reads what the disk holds. Call once, first. May yield.
  virtual absl::StatusOr<RecoveryReport> Open() = 0;

  // Applies all of `batch` or nothing of it. May yield unless `durability` is
  // kMemory. REQUIRES: seq > last_sequence().
  virtual absl::Status Apply(const WriteBatch& batch, SequenceNumber seq,
                             Durability durability) = 0;
  // The same; may keep the values and leave others in their place, so that what
  // was written is not copied. Clear the batch before you use it again.
  virtual absl::Status Consume(WriteBatch* batch, SequenceNumber seq,
                               Durability durability) {
    return Apply(*batch, seq, durability);
  }

  // The value of `key` at `view` (null: now), or nothing. May yield.
  virtual absl::StatusOr<std::optional<std::string>> Get(
      Slice key, const ReadView* view = nullptr) = 0;
  // The same, now, into a buffer of the caller's: whether there is a value.
  virtual absl::StatusOr<bool> GetInto(Slice key, std::string* value) = 0;
  virtual std::unique_ptr<ReadView> NewReadView() = 0;
  virtual std::unique_ptr<Iterator> NewIterator(
      const ReadView* view = nullptr) = 0;

  // Makes everything applied so far durable as a point to recover from, and
  // frees what it supersedes. May yield; writes may continue meanwhile.
  virtual absl::Status Checkpoint() = 0;
  // Highest sequence number that a power loss now would keep.
  virtual SequenceNumber durable_sequence() const = 0;
  virtual SequenceNumber last_sequence() const = 0;

  // Replaces the whole contents by `batch` (puts only, ascending keys) at
  // `seq`, durably and atomically: after a crash either the old or the new
  // contents are there. May yield. Used to install a replica snapshot.
  virtual absl::Status ReplaceAll(const WriteBatch& batch,
                                  SequenceNumber seq) = 0;

  // Background work the engine would like done (flush, compaction, vacuum):
  // true if there is some. Work does one bounded step and may yield.
  virtual bool HasWork() const = 0;
  virtual absl::Status Work() = 0;

  virtual EngineStats stats() const = 0;
};

}  // namespace wringer::storage

#endif  // WR_ENGINE_STORAGE_STORAGE_ENGINE_H_
