// Work for a WAL's writer, in order of submission, already framed.
//
// A record gets its segment, offset and LSN when it is submitted, and its bytes
// go straight into the open group: the buffer that one WriteAt will hand to the
// file. The group at the back stays open until the writer takes it, so under
// load groups grow by themselves. Nothing here yields or touches a file.
//
// Invariant: the bytes of all queued groups and rolls are contiguous in LSN,
// from what the writer has written to submitted().
#ifndef WR_ENGINE_WAL_GROUP_QUEUE_H_
#define WR_ENGINE_WAL_GROUP_QUEUE_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/file_system.h"
#include "engine/wal/log_format.h"
#include "engine/wal/options.h"
#include "engine/wal/recovery.h"

namespace wringer::wal {

struct WorkItem {
  enum class Kind : std::uint8_t {
    kGroup,   // write `bytes` at `offset`
    kRoll,    // go on in segment `segment`, whose first LSN is `begin`
    kAction,  // call `action`
  };
  Kind kind = Kind::kGroup;
  SegmentNumber segment{};
  std::uint64_t offset = 0;
  Lsn begin;
  Lsn end;
  std::string bytes;
  bool durable = false;   // some record of it was promised
  bool has_data = false;  // not only markers
  Lsn stamp;              // highest that one of its records bears
  absl::AnyInvocable<absl::Status()> action;
};

class GroupQueue {
 public:
  GroupQueue(const WalOptions& options, const env::DeviceInfo& device);

  // Empties the queue; the next record goes to `offset` of `segment`.
  void Restart(WalId wal, SegmentNumber segment, std::uint64_t offset, Lsn lsn);

  // Whether a record of `payload` bytes belongs into a new segment.
  bool NeedsRoll(std::uint64_t payload) const;
  void PushRoll();
  void PushAction(absl::AnyInvocable<absl::Status()> action);
  struct Spec {
    RecordType type = RecordType::kData;
    bool durable = true;
    Lsn stamp;  // how far the stream is known durable; REQUIRES: <= submitted()
  };
  RecordPlace PushRecord(const Spec& spec, Slice head, Slice body);

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  // REQUIRES: !empty().
  WorkItem Pop();
  // Gives a written group's buffer back for reuse.
  void Recycle(std::string bytes);

  Lsn submitted() const { return lsn_; }
  SegmentNumber segment() const { return segment_; }

 private:
  WorkItem& OpenGroup();
  void PadGroup(WorkItem* group);
  void CloseBack();
  void Append(WorkItem* group, const RecordSpec& spec, Slice head, Slice body);

  const WalOptions options_;
  // Groups end at multiples of this, so that no later write shares a sector
  // with synced records; 1 where the device leaves neighbours alone.
  const std::uint64_t group_align_;
  std::deque<WorkItem> items_;
  std::string spare_;
  // Where the next record goes.
  WalId wal_;
  SegmentNumber segment_;
  SegmentIdentity identity_;
  std::uint64_t offset_ = kSegmentHeaderBytes;
  Lsn lsn_;
};

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_GROUP_QUEUE_H_
