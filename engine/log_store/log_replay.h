// Rebuilds the replicated log from what WAL recovery tells.
//
// Damage in the WAL says only which bytes are gone. Which entries they held
// follows from the neighbours: indexes are contiguous, every record carries the
// lineage of truncations, and state records repeat base and last. Where that
// leaves a doubt, a place counts as damaged: "maybe promised" is always safe,
// "never there" is not (protocol-aware recovery, Alagappan et al., FAST 2018).
#ifndef WR_ENGINE_LOG_STORE_LOG_REPLAY_H_
#define WR_ENGINE_LOG_STORE_LOG_REPLAY_H_

#include <deque>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "engine/log_store/log_image.h"
#include "engine/log_store/log_records.h"
#include "engine/replication/types.h"
#include "engine/wal/recovery.h"

namespace wringer::log_store {

class LogReplay : public wal::RecordSink {
 public:
  void OnRecord(const wal::RecordPlace& place, Slice payload) override;
  void OnDamage(const wal::Damage& damage) override;
  // Call once, after the last record.
  void Finish();

  const LogImage& image() const { return image_; }
  const Lineage& lineage() const { return lineage_; }
  // Base, entries and damaged places; not the torn bytes.
  replication::RecoveredLog TakeLog();

 private:
  void OnEntry(const LogRecord& record, const wal::RecordPlace& place);
  void OnTruncate(const LogRecord& record);
  void OnState(const LogRecord& record);
  void CloseHole(const LogRecord& record);
  void FillTo(LogIndex until);
  void TruncateTo(LogIndex after);

  LogImage image_;
  // One per slot of `image_`; empty where damaged.
  std::deque<replication::LogEntry> entries_;
  Lineage lineage_;
  bool restarted_ = false;  // nothing was appended since
  // Damage whose extent in entries the next record will tell.
  bool hole_ = false;
  replication::SlotVerdict hole_verdict_ = replication::SlotVerdict::kMissing;
};

}  // namespace wringer::log_store

#endif  // WR_ENGINE_LOG_STORE_LOG_REPLAY_H_
