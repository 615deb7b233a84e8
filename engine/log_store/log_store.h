// The replicated log and the hard state of one replica, on disk.
//
// One stream: entries, truncations and meta records become durable in the order
// in which they were submitted, whatever the file they live in. So a vote
// submitted before an entry is never lost while the entry is kept (openraft
// "io ordering").
//
// Nothing here blocks the caller except Open and ReadEntries: Submit* calls
// queue work for the writer fiber and `listener` hears, in order, how far the
// stream is durable (under the WAL's sync policy: with kNone and kInterval
// "durable" means accepted by the page cache, and so it is a promise the design
// does not keep).
//
// After a failed write or sync the store latches: the listener hears OnLogError
// once, everything later is refused, and only a new incarnation may go on.
#ifndef WR_ENGINE_LOG_STORE_LOG_STORE_H_
#define WR_ENGINE_LOG_STORE_LOG_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/types.h"
#include "engine/env/env.h"
#include "engine/replication/types.h"
#include "engine/wal/options.h"

namespace wringer::log_store {

struct LogStoreOptions {
  std::string directory;  // absolute; created if absent
  // The replica is being born: an empty disk is what one expects.
  bool bootstrap = false;
  wal::WalOptions wal;
  // Entries kept in memory behind the durable end; older ones are read back.
  std::size_t cached_entries = 4096;
};

// How far the stream is durable. Both only grow, except that a truncation
// lowers `log` to the truncation point first.
struct DurableMark {
  LogPosition log;
  MetaVersion meta;
  bool operator==(const DurableMark&) const = default;
};

class LogStoreListener {
 public:
  virtual ~LogStoreListener() = default;
  // Handlers: must not yield.
  virtual void OnDurable(const DurableMark& mark) = 0;
  // written() has moved.
  virtual void OnWritten() {}
  virtual void OnLogError(const absl::Status& status) = 0;
};

struct Recovery {
  replication::RecoveredLog log;
  replication::Meta meta;
  // Boots of this replica counted on disk, this one included: durable before
  // Open returns.
  Incarnation incarnation;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  // Reads the disk, repairs a torn tail, counts the boot. Call once, on a
  // fiber; may yield. kDataLoss only if not even a verdict per slot can be
  // given (the meta cell is destroyed).
  virtual absl::StatusOr<Recovery> Open(LogStoreListener* listener) = 0;

  // Appends entries contiguous with last(). Does not yield.
  virtual void SubmitAppend(std::vector<replication::LogEntry>&& entries) = 0;
  // Drops every entry after `after`. REQUIRES: after >= base().
  virtual void SubmitTruncateSuffix(LogIndex after) = 0;
  // Replaces the hard state. REQUIRES: version grows.
  virtual void SubmitMeta(replication::Meta meta) = 0;
  // Drops entries up to `upto`, which a durable checkpoint or snapshot covers.
  // If upto is beyond last(), the whole log is replaced: base() == upto.
  virtual void SubmitDropPrefix(LogPosition upto) = 0;
  // Replaces the log by an empty one behind `base`, which may lie before the
  // present base: for a replica whose history turned out to part from its
  // leader's. Nothing of the old log counts as promised any more.
  virtual void SubmitRestart(LogPosition base) = 0;

  // As submitted, not as durable.
  virtual LogPosition base() const = 0;
  virtual LogPosition last() const = 0;
  // Term of the entry at `index`, base() included; 0 if not held.
  virtual Term TermAt(LogIndex index) const = 0;
  virtual DurableMark durable() const = 0;
  // How far the log has reached the page cache: what a crash of the process
  // keeps. At least durable().log.
  virtual LogPosition written() const = 0;
  // How much of durable().log one bad sector cannot take without recovery's
  // noticing it.
  virtual LogPosition vouched() const = 0;

  // Entries of [from, to], at most about `max_bytes` but at least one. Does
  // not yield if cached. REQUIRES: base().index < from <= to <= last().index.
  virtual absl::StatusOr<std::vector<replication::LogEntry>> ReadEntries(
      LogIndex from, LogIndex to, std::size_t max_bytes) = 0;
  // True iff ReadEntries of [from, to] would not yield.
  virtual bool Cached(LogIndex from, LogIndex to) const = 0;
};

std::unique_ptr<LogStore> NewLogStore(const LogStoreOptions& options,
                                      env::Env* env);

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_LOG_STORE_H_
