#include "engine/wal/group_queue.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"

namespace wringer::wal {

GroupQueue::GroupQueue(const WalOptions& options, const env::DeviceInfo& device)
    : options_(options),
      group_align_(device.power_safe_overwrite ? 1 : device.physical_sector) {
  WR_CHECK(group_align_ > 0);
}

void GroupQueue::Restart(WalId wal, SegmentNumber segment, std::uint64_t offset,
                         Lsn lsn) {
  WR_CHECK(offset >= kSegmentHeaderBytes);
  items_.clear();
  wal_ = wal;
  segment_ = segment;
  identity_ = SegmentIdentity(wal, segment);
  offset_ = offset;
  lsn_ = lsn;
}

bool GroupQueue::NeedsRoll(std::uint64_t payload) const {
  // A record larger than a segment gets one of its own.
  return offset_ > kSegmentHeaderBytes &&
         offset_ + kRecordHeaderBytes + payload > options_.segment_bytes;
}

void GroupQueue::PushRoll() {
  CloseBack();
  segment_ = segment_.next();
  identity_ = SegmentIdentity(wal_, segment_);
  offset_ = kSegmentHeaderBytes;
  WorkItem roll;
  roll.kind = WorkItem::Kind::kRoll;
  roll.segment = segment_;
  roll.begin = roll.end = lsn_;
  items_.push_back(std::move(roll));
}

void GroupQueue::PushAction(absl::AnyInvocable<absl::Status()> action) {
  CloseBack();
  WorkItem item;
  item.kind = WorkItem::Kind::kAction;
  item.segment = segment_;
  item.begin = item.end = lsn_;
  item.action = std::move(action);
  items_.push_back(std::move(item));
}

RecordPlace GroupQueue::PushRecord(const Spec& spec, Slice head, Slice body) {
  WR_CHECK(spec.stamp <= lsn_);
  WorkItem& group = OpenGroup();
  group.durable |= spec.durable;
  group.has_data |= spec.type == RecordType::kData;
  group.stamp = std::max(group.stamp, spec.stamp);
  RecordPlace place{.segment = segment_, .offset = offset_};
  Append(&group,
         {.file_offset = offset_,
          .type = spec.type,
          .unsynced = lsn_ - spec.stamp},
         head, body);
  place.size = offset_ - place.offset;
  place.end = lsn_;
  return place;
}

WorkItem GroupQueue::Pop() {
  WR_CHECK(!items_.empty());
  if (items_.size() == 1) CloseBack();
  WorkItem item = std::move(items_.front());
  items_.pop_front();
  return item;
}

void GroupQueue::Recycle(std::string bytes) {
  if (bytes.capacity() <= spare_.capacity()) return;
  spare_ = std::move(bytes);
  spare_.clear();
}

WorkItem& GroupQueue::OpenGroup() {
  if (!items_.empty()) {
    WorkItem& back = items_.back();
    if (back.kind == WorkItem::Kind::kGroup &&
        options_.sync != SyncPolicy::kEvery &&
        back.bytes.size() < options_.max_group_bytes) {
      return back;
    }
    CloseBack();
  }
  WorkItem group;
  group.segment = segment_;
  group.offset = offset_;
  group.begin = group.end = lsn_;
  group.bytes = std::move(spare_);
  spare_.clear();
  items_.push_back(std::move(group));
  return items_.back();
}

// Nothing more joins the group at the back. Calling it twice pads once.
void GroupQueue::CloseBack() {
  if (items_.empty() || group_align_ == 1) return;
  WorkItem& back = items_.back();
  if (back.kind == WorkItem::Kind::kGroup) PadGroup(&back);
}

void GroupQueue::PadGroup(WorkItem* group) {
  WR_CHECK(group->end == lsn_);
  const std::uint64_t over = offset_ % group_align_;
  if (over == 0) return;
  std::uint64_t room = group_align_ - over;
  if (room < kRecordHeaderBytes) room += group_align_;
  const std::string zeros(room - kRecordHeaderBytes, '\0');
  Append(group,
         {.file_offset = offset_,
          .type = RecordType::kPad,
          .unsynced = kUnsyncedUnknown},
         zeros, Slice());
}

void GroupQueue::Append(WorkItem* group, const RecordSpec& spec, Slice head,
                        Slice body) {
  FrameRecord(identity_, spec, head, body, &group->bytes);
  const std::uint64_t size = kRecordHeaderBytes + head.size() + body.size();
  offset_ += size;
  lsn_ += size;
  group->end = lsn_;
}

}  // namespace wringer::wal
