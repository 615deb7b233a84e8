// A node's write-ahead log: records go in, and a listener hears how far the
// stream will survive.
//
//   Wal wal(options, "/n1/log", env, &listener);
//   WR_ASSIGN_OR_RETURN(Recovered found, wal.Open(&sink));      // boot
//   wal.Submit({}, "record");          // does not yield; framed at once
//   ... listener.OnDurable(lsn)        // from the writer fiber, in order
//
// One fiber writes. Whatever was submitted while it was busy becomes its next
// group: one WriteAt, and under kEvery and kGroup one DataSync. The watermark
// that a sync proves is the one read before the sync began, so a record that
// arrives meanwhile waits for the next.
//
// Errors latch: after a failed write or sync the tail is unknown and nothing
// more is accepted, for a second sync on the descriptor may succeed without
// having written anything ("fsyncgate"). Only a full disk is milder: the
// group is taken back durably, the listener hears kResourceExhausted, and
// Resume() goes on where the last complete group ended.
#ifndef WR_ENGINE_WAL_WAL_H_
#define WR_ENGINE_WAL_WAL_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/env.h"
#include "engine/wal/log_format.h"
#include "engine/wal/options.h"
#include "engine/wal/recovery.h"

namespace wringer::wal {

// All but SegmentPreamble are called on the writer fiber, all must not yield
// and must not destroy the Wal; they may Submit.
class WalListener {
 public:
  virtual ~WalListener() = default;
  // Every record that ends at or before `end` is durable, as far as the sync
  // policy keeps that promise. Grows.
  virtual void OnDurable(Lsn end) = 0;
  // Every record that ends at or before `end` has reached the page cache.
  virtual void OnWritten(Lsn end) { static_cast<void>(end); }
  // Once per latch. Records not reported before are in an unknown state, or,
  // with kResourceExhausted, certainly not in the WAL and never will be.
  virtual void OnWalError(const absl::Status& status) = 0;
  // A record to begin a new segment with, so that dropping older ones loses no
  // state; empty for none. Called by Submit, before its record is framed.
  virtual std::string SegmentPreamble() { return {}; }
};

// The end of a record that was refused.
inline constexpr Lsn kNeverDurable{~std::uint64_t{0}};

enum class Promise : std::uint8_t {
  kDurable,   // sync the record's group, if the policy syncs groups
  kBuffered,  // write it; a later sync will cover it
};

struct WalStats {
  std::uint64_t records = 0;
  std::uint64_t groups = 0;
  std::uint64_t syncs = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t segments_created = 0;
};

class WalWriter;

class Wal {
 public:
  // `directory` is absolute and created if absent, in one that is there and
  // durable. `listener` outlives the Wal.
  Wal(const WalOptions& options, std::string directory, env::Env* env,
      WalListener* listener);
  // Stops the writer without waiting for it; what it has not written is lost.
  ~Wal();
  Wal(const Wal&) = delete;
  Wal& operator=(const Wal&) = delete;

  // Recovers (see RecoverWal), makes what was found durable, and starts a new
  // segment behind it. Call once, on a fiber. May yield. Damage is not an
  // error here: the caller knows what it can do without.
  absl::StatusOr<Recovered> Open(RecordSink* sink,
                                 std::optional<WalId> expected = std::nullopt);

  // Appends a record of `head` then `body` and returns its place. Does not
  // yield. While latched it is refused: place.end is kNeverDurable.
  RecordPlace Submit(Promise promise, Slice head, Slice body = Slice());
  // Calls `action`, which may yield, on the writer fiber: after everything
  // submitted before it is as durable as the policy makes it (kInterval: after
  // a sync), and before anything submitted later is written. An error latches.
  void SubmitAction(absl::AnyInvocable<absl::Status()> action);
  // Removes segments that hold nothing at or beyond `lsn`.
  void SubmitDropBefore(Lsn lsn);

  // OK, or why nothing is accepted.
  absl::Status status() const;
  // Accepts work again after kResourceExhausted; does nothing otherwise.
  void Resume();

  WalId id() const;
  Lsn submitted() const;
  Lsn written() const;
  // As reported to the listener.
  Lsn durable() const;
  // What a power loss now would keep, whatever was reported.
  Lsn synced() const;
  // Of the records that end here or before, recovery would notice the loss,
  // whichever one sector of the log went bad: something durable in another
  // sector vouches for them.
  Lsn vouched() const;
  WalStats stats() const;
  std::string SegmentPathOf(SegmentNumber segment) const;

 private:
  std::shared_ptr<WalWriter> writer_;
};

// The payload of the record at `place`, read from `file` and verified.
// kDataLoss if it is not there. May yield.
absl::StatusOr<std::string> ReadRecord(env::File* file, WalId wal,
                                       const RecordPlace& place);

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_WAL_H_
