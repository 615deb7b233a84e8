// The log store on a Wal and a MetaCell. See log_store.h for the contract.
//
// Everything submitted becomes a WAL record or, for the hard state, an action
// in the WAL's queue, so one writer carries all of it out in order. What is
// promised is read off the WAL's durable LSN by a queue of (LSN, position).
#ifndef WR_ENGINE_LOG_STORE_LOG_STORE_IMPL_H_
#define WR_ENGINE_LOG_STORE_LOG_STORE_IMPL_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/types.h"
#include "engine/env/env.h"
#include "engine/log_store/log_image.h"
#include "engine/log_store/log_records.h"
#include "engine/log_store/log_store.h"
#include "engine/log_store/meta_cell.h"
#include "engine/wal/wal.h"

namespace wringer::log_store {

class LogStoreImpl : public LogStore, private wal::WalListener {
 public:
  LogStoreImpl(const LogStoreOptions& options, env::Env* env);
  ~LogStoreImpl() override;

  absl::StatusOr<Recovery> Open(LogStoreListener* listener) override;

  void SubmitAppend(std::vector<replication::LogEntry>&& entries) override;
  void SubmitTruncateSuffix(LogIndex after) override;
  void SubmitMeta(replication::Meta meta) override;
  void SubmitDropPrefix(LogPosition upto) override;
  void SubmitRestart(LogPosition base) override;

  LogPosition base() const override { return image_.base(); }
  LogPosition last() const override { return image_.last(); }
  Term TermAt(LogIndex index) const override { return image_.TermAt(index); }
  DurableMark durable() const override { return durable_; }
  LogPosition written() const override { return written_; }
  LogPosition vouched() const override { return vouched_; }

  absl::StatusOr<std::vector<replication::LogEntry>> ReadEntries(
      LogIndex from, LogIndex to, std::size_t max_bytes) override;
  bool Cached(LogIndex from, LogIndex to) const override;

 private:
  // What becomes true once the WAL is durable up to `end`.
  struct Pending {
    Lsn end;
    LogPosition log;
    bool drop = false;  // a prefix was dropped: segments may go
  };

  // WalListener.
  void OnDurable(Lsn end) override;
  void OnWritten(Lsn end) override;
  void OnWalError(const absl::Status& status) override;
  std::string SegmentPreamble() override;

  absl::Status OpenCell();
  absl::StatusOr<wal::Recovered> OpenWal(class LogReplay* replay);
  absl::Status CountBoot();
  void OnMetaDurable(MetaVersion version);
  void Promise(Lsn end, LogPosition log, bool drop = false);
  void LowerTo(LogPosition position);
  void TakeVouched();
  void EvictCache();
  void DropSegments();

  bool InCache(LogIndex index) const {
    return index > image_.last().index - cache_.size() &&
           index <= image_.last().index;
  }
  const replication::LogEntry& CacheAt(LogIndex index) const;
  // Reads entries from `from` on that lie together in one segment. May yield.
  absl::Status ReadRun(LogIndex from, LogIndex to, std::size_t max_bytes,
                       std::vector<replication::LogEntry>* out);
  absl::StatusOr<std::shared_ptr<env::File>> OpenSegment(
      wal::SegmentNumber number);

  const LogStoreOptions options_;
  env::Env* const env_;
  LogStoreListener* listener_ = nullptr;
  // False once this object is gone: actions still queued must not touch it.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<MetaCell> cell_;
  wal::Wal wal_;
  bool latched_ = false;

  // As submitted.
  LogImage image_;
  Lineage lineage_;
  MetaContents meta_;

  // As promised. Pending is in order of LSN.
  DurableMark durable_;
  LogPosition written_;
  std::deque<Pending> pending_;
  std::size_t pending_written_ = 0;  // so many of them, from the front
  LogPosition vouched_;
  std::deque<Pending> unvouched_;  // durable, no more than that

  // The last entries of the log, without a gap: everything not yet durable and
  // up to cached_entries behind that.
  std::deque<replication::LogEntry> cache_;
  // The segment read last.
  wal::SegmentNumber open_number_;
  std::shared_ptr<env::File> open_file_;
  std::string scratch_;
};

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_LOG_STORE_IMPL_H_
