#include "engine/wal/writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/base/random.h"
#include "engine/base/status_macros.h"
#include "engine/wal/segment.h"

namespace wringer::wal {
namespace {

constexpr std::uint64_t kIntervalTimer = 1;
constexpr std::uint64_t kMarkerTimer = 2;
// No device has larger sectors.
constexpr std::uint64_t kSectorReach = 4096;

// A sync that found no space has an unknown outcome like any failed sync.
absl::Status UnknownOutcome(const absl::Status& cause, Slice what) {
  return absl::UnavailableError(absl::StrCat(
      "WAL ", what, " failed, outcome unknown: ", cause.message()));
}

WalId DrawId(const env::Env& env, Slice directory) {
  // Tells a WAL from the one a wiped disk held before.
  std::uint64_t entity = env.entropy;
  for (const char c : directory) {
    entity = Mix64(entity ^ static_cast<unsigned char>(c));
  }
  const std::uint64_t id = env.Stream(Purpose("wal.id"), entity).Next();
  return WalId(id == 0 ? 1 : id);
}

}  // namespace

WalWriter::WalWriter(const WalOptions& options, std::string directory,
                     env::Env* env, WalListener* listener)
    : options_(options),
      directory_(std::move(directory)),
      env_(env),
      listener_(listener),
      wake_(env->fibers),
      queue_(options, env->files->Device()) {
  WR_CHECK(listener != nullptr);
  WR_CHECK(options_.segment_bytes > kSegmentHeaderBytes);
}

absl::StatusOr<Recovered> WalWriter::Open(RecordSink* sink,
                                          std::optional<WalId> expected) {
  WR_CHECK(file_ == nullptr);
  WR_RETURN_IF_ERROR(MakeDirectory(env_->files, directory_));
  WR_ASSIGN_OR_RETURN(Recovered found,
                      RecoverWal(env_->files, directory_, expected, sink));
  id_ = found.wal.has_value() ? *found.wal : DrawId(*env_, directory_);
  found.wal = id_;
  const bool keeps_promises = options_.sync != SyncPolicy::kNone;
  WR_RETURN_IF_ERROR(
      RepairWal(env_->files, directory_, found, /*rewrite=*/keeps_promises));
  written_ = durable_ = found.end;
  synced_ = keeps_promises ? found.end : found.watermark;
  WR_RETURN_IF_ERROR(StartSegment(found));
  if (env_->trace->on(env::Component::kLog)) {
    env_->trace->Log(env::Component::kLog, "wal.open",
                     absl::StrCat(directory_, " end=", found.end.value(),
                                  " torn=", found.torn_bytes,
                                  " damaged=", found.damage.size()));
  }
  return found;
}

// Every boot writes into a segment of its own: no byte of it can be mistaken
// for what an earlier boot left behind, and no descriptor has seen an error.
absl::Status WalWriter::StartSegment(const Recovered& found) {
  const SegmentHeader header{.wal = id_,
                             .number = found.next_number,
                             .start = found.end,
                             .durable = synced_};
  WR_ASSIGN_OR_RETURN(file_, CreateSegment(env_->files, directory_, header));
  ++stats_.segments_created;
  stats_.bytes_written += kSegmentHeaderBytes;
  ++stats_.syncs;
  stamped_ = synced_data_ = synced_;
  vouching_ = vouched_ = synced_;
  segments_.assign(found.segments.begin(), found.segments.end());
  if (syncs_groups() || options_.sync == SyncPolicy::kInterval) {
    WR_RETURN_IF_ERROR(SealLast(found, header.number));
  }
  RemoveEmpty(found);
  segments_.push_back({header.number, header.start});
  queue_.Restart(id_, header.number, kSegmentHeaderBytes, header.start);
  return absl::OkStatus();
}

absl::Status WalWriter::SealLast(const Recovered& found, SegmentNumber next) {
  if (found.segments.empty()) return absl::OkStatus();
  const RecoveredSegment& last = found.segments.back();
  if (last.start == found.end) return absl::OkStatus();
  WR_ASSIGN_OR_RETURN(
      auto file, env_->files->Open(SegmentPath(directory_, last.number), {}));
  const std::uint64_t end = kSegmentHeaderBytes + (found.end - last.start);
  // Sealed before, or its end is lost: both say already that more follows.
  if (file->Size() != end) return absl::OkStatus();
  return SealSegment(file.get(), SegmentIdentity(id_, last.number), end, next);
}

// Boots that wrote nothing leave no segment behind.
void WalWriter::RemoveEmpty(const Recovered& found) {
  while (!segments_.empty() && segments_.back().start == found.end) {
    const absl::Status removed =
        env_->files->Remove(SegmentPath(directory_, segments_.back().number));
    if (!removed.ok() && !absl::IsNotFound(removed)) return;
    segments_.pop_back();
  }
}

RecordPlace WalWriter::Submit(Promise promise, Slice head, Slice body) {
  if (!status_.ok()) return {.end = kNeverDurable};
  GroupQueue::Spec spec{.durable = promise == Promise::kDurable,
                        .stamp = std::min(synced_, queue_.submitted())};
  if (queue_.NeedsRoll(head.size() + body.size())) {
    queue_.PushRoll();
    const std::string preamble = listener_->SegmentPreamble();
    if (!preamble.empty()) queue_.PushRecord(spec, preamble, Slice());
  }
  stamped_ = std::max(stamped_, spec.stamp);
  ++stats_.records;
  const RecordPlace place = queue_.PushRecord(spec, head, body);
  wake_.WakeOne();
  return place;
}

void WalWriter::SubmitAction(absl::AnyInvocable<absl::Status()> action) {
  if (!status_.ok()) return;
  queue_.PushAction(std::move(action));
  wake_.WakeOne();
}

void WalWriter::SubmitDropBefore(Lsn lsn) {
  SubmitAction([this, lsn] {
    RemoveBefore(lsn);
    return absl::OkStatus();
  });
}

void WalWriter::Resume() {
  if (!absl::IsResourceExhausted(status_) || !resumable_) return;
  WR_MARK(kWalResumedAfterNoSpace);
  status_ = absl::OkStatus();
}

void WalWriter::Run() {
  while (true) {
    while (queue_.empty() && !sync_due_ && !closing_) wake_.Wait();
    if (closing_) return;
    const bool waits_for_company = options_.sync == SyncPolicy::kGroup &&
                                   options_.delay > 0 && queue_.size() == 1;
    if (waits_for_company) {
      env_->fibers->Sleep(options_.delay);
      if (closing_) return;
    }
    absl::Status done = absl::OkStatus();
    if (!queue_.empty()) {
      done = Process(queue_.Pop());
    } else if (sync_due_) {
      done = SyncFile();
      if (done.ok()) ArmMarker();
    }
    if (closing_) return;
    if (!done.ok()) Latch(done);
  }
}

absl::Status WalWriter::Process(WorkItem item) {
  resumable_ = false;
  switch (item.kind) {
    case WorkItem::Kind::kGroup: {
      const absl::Status written = WriteGroup(&item);
      queue_.Recycle(std::move(item.bytes));
      return written;
    }
    case WorkItem::Kind::kRoll:
      return Roll(item);
    case WorkItem::Kind::kAction:
      if (options_.sync != SyncPolicy::kNone && synced_ < written_) {
        WR_RETURN_IF_ERROR(SyncFile());
      }
      return item.action();
  }
  return absl::OkStatus();
}

absl::Status WalWriter::WriteGroup(WorkItem* item) {
  WR_CHECK(item->begin == written_);
  WR_CHECK(item->segment == segments_.back().number);
  if (WR_MUTANT(kWalAckBeforeSync)) Report(item->end);
  const absl::Status wrote = file_->WriteAt(item->offset, item->bytes);
  if (closing_) return absl::OkStatus();
  if (absl::IsResourceExhausted(wrote)) return TakeBack(*item, wrote);
  if (!wrote.ok()) return UnknownOutcome(wrote, "write");
  ++stats_.groups;
  stats_.bytes_written += item->bytes.size();
  written_ = item->end;
  if (item->has_data) data_end_ = item->end;
  Vouch(*item);
  listener_->OnWritten(written_);
  if (syncs_groups()) {
    if (!item->durable) return absl::OkStatus();
    WR_RETURN_IF_ERROR(SyncFile());
    ArmMarker();
    return absl::OkStatus();
  }
  Report(written_);
  if (options_.sync == SyncPolicy::kInterval && !interval_timer_.value()) {
    interval_timer_ =
        env_->fibers->ArmTimer(options_.interval, this, kIntervalTimer);
  }
  return absl::OkStatus();
}

absl::Status WalWriter::SyncFile() {
  sync_due_ = false;
  // What this sync proves is what was written before it began.
  const Lsn target = written_;
  const Lsn vouching = vouching_;
  absl::Status synced = file_->DataSync();
  if (!synced.ok() && WR_MUTANT(kWalRetryFailedSync)) {
    synced = file_->DataSync();
  }
  if (closing_) return absl::OkStatus();
  if (!synced.ok()) {
    WR_MARK(kWalSyncFailed);
    return UnknownOutcome(synced, "sync");
  }
  ++stats_.syncs;
  synced_ = target;
  vouched_ = vouching;
  Report(WR_MUTANT(kWalDurableIsAppended) ? queue_.submitted() : target);
  return absl::OkStatus();
}

// A bad sector that takes a group takes what is said in the same sector, too.
void WalWriter::Vouch(const WorkItem& group) {
  const Lsn reach(std::min(group.begin.value(), kSectorReach));
  const Lsn clear(group.begin.value() - reach.value());
  vouching_ = std::max(vouching_, std::min(group.stamp, clear));
}

// The disk is full. Nothing of the group was promised; it is taken back before
// anybody hears of it, so that "refused" stays true after a crash.
absl::Status WalWriter::TakeBack(const WorkItem& item,
                                 const absl::Status& cause) {
  WR_MARK(kWalNoSpace);
  absl::Status undone = file_->Truncate(item.offset);
  if (undone.ok()) undone = file_->DataSync();
  if (!undone.ok()) return UnknownOutcome(undone, "undo of a failed write");
  if (closing_) return absl::OkStatus();
  ++stats_.syncs;
  synced_ = written_;
  Report(written_);
  resumable_ = true;
  return absl::ResourceExhaustedError(
      absl::StrCat("WAL write: ", cause.message()));
}

absl::Status WalWriter::Roll(const WorkItem& item) {
  if (options_.sync != SyncPolicy::kNone && synced_ < written_) {
    WR_RETURN_IF_ERROR(SyncFile());
  }
  const SegmentHeader header{.wal = id_,
                             .number = item.segment,
                             .start = item.begin,
                             .durable = std::min(synced_, item.begin)};
  auto created = CreateSegment(env_->files, directory_, header);
  if (closing_) return absl::OkStatus();
  if (absl::IsResourceExhausted(created.status())) {
    WR_MARK(kWalNoSpace);
    const absl::Status removed =
        env_->files->Remove(SegmentPath(directory_, item.segment));
    resumable_ = removed.ok() || absl::IsNotFound(removed);
    if (resumable_) return created.status();
  }
  if (!created.ok()) return UnknownOutcome(created.status(), "new segment");
  removal_unsynced_ = false;  // creating syncs the directory
  vouching_ = vouched_ = std::max(vouched_, header.durable);
  ++stats_.segments_created;
  ++stats_.syncs;
  stats_.bytes_written += kSegmentHeaderBytes;
  std::unique_ptr<env::File> old = std::exchange(file_, *std::move(created));
  const RecoveredSegment previous = segments_.back();
  segments_.push_back({item.segment, item.begin});
  if (options_.sync == SyncPolicy::kNone) return absl::OkStatus();
  const absl::Status sealed = SealSegment(
      old.get(), SegmentIdentity(id_, previous.number),
      kSegmentHeaderBytes + (item.begin - previous.start), item.segment);
  ++stats_.syncs;
  // A seal only sharpens what recovery can say; a full disk may lack it.
  if (absl::IsResourceExhausted(sealed)) return absl::OkStatus();
  if (!sealed.ok()) return UnknownOutcome(sealed, "seal");
  return absl::OkStatus();
}

// A power loss may keep one removal and undo an earlier one, which would leave
// a hole. So a removal is durable before the next begins. An error keeps what
// is left for the next attempt: space is lost, nothing else.
void WalWriter::RemoveBefore(Lsn lsn) {
  while (segments_.size() > 1 && segments_[1].start <= lsn) {
    if (removal_unsynced_ && !env_->files->SyncDirectory(directory_).ok()) {
      return;
    }
    const absl::Status removed =
        env_->files->Remove(SegmentPath(directory_, segments_.front().number));
    if (!removed.ok() && !absl::IsNotFound(removed)) return;
    WR_MARK(kWalSegmentDropped);
    removal_unsynced_ = true;
    segments_.pop_front();
  }
}

void WalWriter::Report(Lsn end) {
  if (closing_ || end <= durable_) return;
  durable_ = end;
  listener_->OnDurable(end);
}

void WalWriter::Latch(const absl::Status& status) {
  WR_CHECK(!status.ok());
  status_ = status;
  const RecoveredSegment& segment = segments_.back();
  queue_.Restart(id_, segment.number,
                 kSegmentHeaderBytes + (written_ - segment.start), written_);
  sync_due_ = false;
  if (env_->trace->on(env::Component::kLog)) {
    env_->trace->Log(env::Component::kLog, "wal.latch", status.message());
  }
  listener_->OnWalError(status);
}

void WalWriter::Close() {
  closing_ = true;
  listener_ = nullptr;
  env_->fibers->CancelTimer(interval_timer_);
  env_->fibers->CancelTimer(marker_timer_);
  wake_.WakeAll();
}

void WalWriter::OnTimer(std::uint64_t cookie) {
  if (closing_ || !status_.ok()) return;
  if (cookie == kIntervalTimer) {
    interval_timer_ = env::TimerId{};
    sync_due_ = synced_ < written_;
    wake_.WakeOne();
    return;
  }
  WR_CHECK(cookie == kMarkerTimer);
  marker_timer_ = env::TimerId{};
  if (stamped_ >= synced_data_) return;  // a later record has said it
  if (queue_.submitted() == armed_at_) {
    PushMarker();
  } else {
    ArmMarker();
  }
}

// One timer however many groups pass: it re-arms only if there was traffic.
void WalWriter::ArmMarker() {
  synced_data_ = std::min(synced_, data_end_);
  if (stamped_ >= synced_data_) return;
  if (options_.marker_delay <= 0 || marker_timer_.value() != 0) return;
  armed_at_ = queue_.submitted();
  marker_timer_ =
      env_->fibers->ArmTimer(options_.marker_delay, this, kMarkerTimer);
}

void WalWriter::PushMarker() {
  WR_MARK(kWalMarker);
  stamped_ = synced_;
  queue_.PushRecord(
      {.type = RecordType::kMarker, .durable = true, .stamp = synced_}, Slice(),
      Slice());
  wake_.WakeOne();
}

}  // namespace wringer::wal
