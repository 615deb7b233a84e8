// The machinery behind Wal: the queue, the fiber that empties it, and the
// latch. Shared between the Wal and its fiber, so that neither outlives what it
// uses.
#ifndef WR_ENGINE_WAL_WRITER_H_
#define WR_ENGINE_WAL_WRITER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/env.h"
#include "engine/wal/group_queue.h"
#include "engine/wal/wal.h"

namespace wringer::wal {

class WalWriter : public env::TimerTarget {
 public:
  WalWriter(const WalOptions& options, std::string directory, env::Env* env,
            WalListener* listener);

  absl::StatusOr<Recovered> Open(RecordSink* sink,
                                 std::optional<WalId> expected);
  // The writer fiber's body: returns after Close().
  void Run();
  // Ends Run() at its next step; the listener hears nothing more.
  void Close();

  RecordPlace Submit(Promise promise, Slice head, Slice body);
  void SubmitAction(absl::AnyInvocable<absl::Status()> action);
  void SubmitDropBefore(Lsn lsn);
  void Resume();

  env::Env* env() const { return env_; }
  const absl::Status& status() const { return status_; }
  const std::string& directory() const { return directory_; }
  WalId id() const { return id_; }
  Lsn submitted() const { return queue_.submitted(); }
  Lsn written() const { return written_; }
  Lsn durable() const { return durable_; }
  Lsn synced() const { return synced_; }
  Lsn vouched() const { return vouched_; }
  const WalStats& stats() const { return stats_; }

  void OnTimer(std::uint64_t cookie) override;

 private:
  // Steps of Open.
  absl::Status StartSegment(const Recovered& found);
  absl::Status SealLast(const Recovered& found, SegmentNumber next);
  void RemoveEmpty(const Recovered& found);

  // Steps of Run; an error latches.
  absl::Status Process(WorkItem item);
  absl::Status WriteGroup(WorkItem* item);
  absl::Status Roll(const WorkItem& item);
  absl::Status SyncFile();
  absl::Status TakeBack(const WorkItem& item, const absl::Status& cause);
  void RemoveBefore(Lsn lsn);

  void Vouch(const WorkItem& group);
  void Report(Lsn end);
  void Latch(const absl::Status& status);
  void ArmMarker();
  void PushMarker();
  bool syncs_groups() const {
    return options_.sync == SyncPolicy::kEvery ||
           options_.sync == SyncPolicy::kGroup;
  }

  const WalOptions options_;
  const std::string directory_;
  env::Env* const env_;
  WalListener* listener_;  // null once closed
  env::WaitQueue wake_;
  GroupQueue queue_;

  WalId id_;
  std::unique_ptr<env::File> file_;  // the segment being written
  // Segments on disk, oldest first; the last is being written.
  std::deque<RecoveredSegment> segments_;
  bool removal_unsynced_ = false;  // of the segment before the first of them

  // submitted >= written >= synced. `durable` is what was reported: synced
  // under kEvery and kGroup, written under the others.
  Lsn written_;
  Lsn synced_;
  Lsn durable_;

  absl::Status status_;
  bool resumable_ = false;
  bool closing_ = false;
  bool sync_due_ = false;  // the interval has passed
  env::TimerId interval_timer_;

  // The marker: a record whose stamp covers everything synced with data in it.
  env::TimerId marker_timer_;
  Lsn stamped_;      // highest stamp framed
  Lsn data_end_;     // end of the last group that held data
  Lsn synced_data_;  // what the next marker has to vouch for
  Lsn armed_at_;     // submitted() when the timer was armed

  // What stamps out of its reach vouch for: of those written, and of those
  // synced (see Wal::vouched).
  Lsn vouching_;
  Lsn vouched_;

  WalStats stats_;
};

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_WRITER_H_
