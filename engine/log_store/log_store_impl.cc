#include "engine/log_store/log_store_impl.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/log_store/log_replay.h"
#include "engine/wal/segment.h"

namespace wringer::log_store {

using replication::LogEntry;
using replication::SlotVerdict;

std::unique_ptr<LogStore> NewLogStore(const LogStoreOptions& options,
                                      env::Env* env) {
  return std::make_unique<LogStoreImpl>(options, env);
}

LogStoreImpl::LogStoreImpl(const LogStoreOptions& options, env::Env* env)
    : options_(options),
      env_(env),
      wal_(options.wal, options.directory + "/wal", env, this) {}

LogStoreImpl::~LogStoreImpl() { *alive_ = false; }

// ---- boot ----

absl::StatusOr<Recovery> LogStoreImpl::Open(LogStoreListener* listener) {
  WR_CHECK(listener != nullptr);
  WR_CHECK(listener_ == nullptr);
  listener_ = listener;
  WR_RETURN_IF_ERROR(OpenCell());
  LogReplay replay;
  WR_ASSIGN_OR_RETURN(const wal::Recovered found, OpenWal(&replay));
  replay.Finish();
  image_ = replay.image();
  lineage_ = replay.lineage();
  Recovery recovery;
  recovery.log = replay.TakeLog();
  recovery.log.torn_bytes = found.torn_bytes;
  WR_RETURN_IF_ERROR(CountBoot());
  recovery.log.blank = meta_.forgot;
  recovery.meta = meta_.meta;
  recovery.incarnation = meta_.incarnation;
  durable_ = {.log = image_.last(), .meta = meta_.meta.version};
  written_ = vouched_ = durable_.log;
  wal_.Submit(wal::Promise::kBuffered, SegmentPreamble());
  const std::size_t warm =
      std::min(options_.cached_entries, recovery.log.entries.size());
  cache_.assign(recovery.log.entries.end() - static_cast<std::ptrdiff_t>(warm),
                recovery.log.entries.end());
  return recovery;
}

absl::Status LogStoreImpl::OpenCell() {
  WR_RETURN_IF_ERROR(wal::MakeDirectories(env_->files, options_.directory));
  WR_ASSIGN_OR_RETURN(
      cell_, MetaCell::Open(env_->files, options_.directory + "/meta"));
  meta_ = cell_->contents();
  return absl::OkStatus();
}

absl::StatusOr<wal::Recovered> LogStoreImpl::OpenWal(LogReplay* replay) {
  std::optional<wal::WalId> expected;
  if (meta_.wal != wal::WalId{}) expected = meta_.wal;
  WR_ASSIGN_OR_RETURN(wal::Recovered found, wal_.Open(replay, expected));
  const bool has_wal = !found.segments.empty();
  // The cell is created before the WAL, and the boot is counted after it.
  if (cell_->created() && has_wal) {
    return absl::DataLossError("log store: a WAL without its meta cell");
  }
  if (meta_.incarnation != Incarnation{} && !has_wal) {
    return absl::DataLossError("log store: a meta cell without its WAL");
  }
  return found;
}

// A life may end before its model keeps that it forgot, so with the boot goes
// what the next life must know.
absl::Status LogStoreImpl::CountBoot() {
  const bool empty = meta_.incarnation == Incarnation{};
  meta_.forgot |= empty && !options_.bootstrap;
  ++meta_.incarnation;
  meta_.wal = wal_.id();
  return cell_->Put(meta_);
}

// ---- submission ----

void LogStoreImpl::SubmitAppend(std::vector<LogEntry>&& entries) {
  if (latched_ || entries.empty()) return;
  Lsn end;
  for (LogEntry& entry : entries) {
    WR_CHECK(entry.index == image_.last().index.next());
    WR_CHECK(entry.term >= image_.last().term);
    scratch_.clear();
    EncodeEntryHead(lineage_, entry, &scratch_);
    const wal::RecordPlace place =
        wal_.Submit(wal::Promise::kDurable, scratch_, entry.payload);
    image_.Append({.term = entry.term, .place = place});
    cache_.push_back(std::move(entry));
    end = place.end;
  }
  Promise(end, image_.last());
}

void LogStoreImpl::SubmitTruncateSuffix(LogIndex after) {
  WR_CHECK(after >= image_.base().index);
  if (latched_ || after >= image_.last().index) return;
  const std::uint64_t dropped = image_.last().index - after;
  image_.TruncateSuffix(after);
  cache_.resize(cache_.size() -
                std::min<std::uint64_t>(dropped, cache_.size()));
  lineage_ = {.truncations = lineage_.truncations + 1, .kept = after};
  LowerTo(image_.last());
  const wal::RecordPlace place = wal_.Submit(
      wal::Promise::kDurable, EncodeTruncate(lineage_, image_.last()));
  Promise(place.end, image_.last());
}

void LogStoreImpl::SubmitMeta(replication::Meta meta) {
  WR_CHECK(meta.version > meta_.meta.version);
  WR_CHECK(meta.bytes.size() <= kMetaBytesMax);
  if (latched_) return;
  meta_.meta = std::move(meta);
  meta_.forgot = false;
  wal_.SubmitAction([this, alive = alive_, cell = cell_,
                     contents = meta_]() -> absl::Status {
    const absl::Status put = cell->Put(contents);
    if (*alive && put.ok()) OnMetaDurable(contents.meta.version);
    if (put.ok()) return put;
    return absl::Status(put.code(), absl::StrCat("meta cell: ", put.message()));
  });
}

void LogStoreImpl::SubmitDropPrefix(LogPosition upto) {
  if (latched_ || upto.index <= image_.base().index) return;
  const std::size_t before = image_.size();
  const LogPosition old_last = image_.last();
  image_.DropPrefix(upto);
  if (image_.size() == 0) cache_.clear();
  if (image_.size() == 0 && before > 0 && old_last != upto) {
    // Replaced, not shortened: for replay that is a truncation of everything.
    lineage_ = {.truncations = lineage_.truncations + 1, .kept = LogIndex{}};
  }
  while (cache_.size() > image_.size()) cache_.pop_front();
  if (old_last.index > image_.last().index) LowerTo(image_.last());
  const wal::RecordPlace place =
      wal_.Submit(wal::Promise::kDurable, SegmentPreamble());
  Promise(place.end, image_.last(), /*drop=*/true);
}

void LogStoreImpl::SubmitRestart(LogPosition base) {
  if (latched_) return;
  image_.Restart(base);
  cache_.clear();
  lineage_ = {.truncations = lineage_.truncations + 1, .kept = LogIndex{}};
  LowerTo(LogPosition{});
  const wal::RecordPlace place =
      wal_.Submit(wal::Promise::kDurable, SegmentPreamble());
  Promise(place.end, base, /*drop=*/true);
}

std::string LogStoreImpl::SegmentPreamble() {
  return EncodeState(lineage_, image_.base(), image_.last());
}

// ---- promises ----

void LogStoreImpl::Promise(Lsn end, LogPosition log, bool drop) {
  pending_.push_back({.end = end, .log = log, .drop = drop});
}

// Takes back whatever was, or would be, promised beyond `position`.
void LogStoreImpl::LowerTo(LogPosition position) {
  if (durable_.log.index > position.index) durable_.log = position;
  if (written_.index > position.index) written_ = position;
  if (vouched_.index > position.index) vouched_ = position;
  for (auto* queue : {&pending_, &unvouched_}) {
    for (Pending& p : *queue) {
      if (p.log.index > position.index) p.log = position;
    }
  }
}

void LogStoreImpl::OnWritten(Lsn end) {
  const std::size_t before = pending_written_;
  while (pending_written_ < pending_.size() &&
         pending_[pending_written_].end <= end) {
    written_ = pending_[pending_written_++].log;
  }
  if (pending_written_ != before) listener_->OnWritten();
}

void LogStoreImpl::OnDurable(Lsn end) {
  const DurableMark before = durable_;
  bool reached = false;
  bool drop = false;
  while (!pending_.empty() && pending_.front().end <= end) {
    durable_.log = pending_.front().log;
    drop |= pending_.front().drop;
    pending_.pop_front();
    if (pending_written_ > 0) --pending_written_;
    reached = true;
  }
  if (!reached) return;
  // Without syncs nothing is vouched for, and the queue would only grow.
  if (options_.wal.sync != wal::SyncPolicy::kNone) {
    unvouched_.push_back({.end = end, .log = durable_.log});
    TakeVouched();
  }
  EvictCache();
  if (drop) DropSegments();
  if (durable_ != before || drop) listener_->OnDurable(durable_);
}

void LogStoreImpl::TakeVouched() {
  const Lsn vouched = wal_.vouched();
  while (!unvouched_.empty() && unvouched_.front().end <= vouched) {
    vouched_ = unvouched_.front().log;
    unvouched_.pop_front();
  }
}

void LogStoreImpl::OnMetaDurable(MetaVersion version) {
  WR_CHECK(version > durable_.meta);
  durable_.meta = version;
  listener_->OnDurable(durable_);
}

void LogStoreImpl::OnWalError(const absl::Status& status) {
  if (latched_) return;
  latched_ = true;
  pending_.clear();
  pending_written_ = 0;
  listener_->OnLogError(status);
}

void LogStoreImpl::EvictCache() {
  const std::uint64_t unsafe =
      image_.last().index - std::min(durable_.log.index, image_.last().index);
  while (cache_.size() > options_.cached_entries + unsafe) cache_.pop_front();
}

// A segment may go once no entry that is still held lies in it.
void LogStoreImpl::DropSegments() {
  for (LogIndex i = image_.base().index.next(); image_.Holds(i); ++i) {
    const LogSlot& slot = image_.At(i);
    if (slot.verdict != SlotVerdict::kOk) continue;
    wal_.SubmitDropBefore(slot.place.end - slot.place.size);
    return;
  }
  wal_.SubmitDropBefore(wal_.durable());
}

// ---- reading ----

bool LogStoreImpl::Cached(LogIndex from, LogIndex to) const {
  return from <= to && InCache(from) && InCache(to);
}

const LogEntry& LogStoreImpl::CacheAt(LogIndex index) const {
  WR_CHECK(InCache(index));
  return cache_[cache_.size() - 1 - (image_.last().index - index)];
}

absl::StatusOr<std::vector<LogEntry>> LogStoreImpl::ReadEntries(
    LogIndex from, LogIndex to, std::size_t max_bytes) {
  WR_CHECK(from > image_.base().index);
  WR_CHECK(from <= to);
  WR_CHECK(to <= image_.last().index);
  std::vector<LogEntry> out;
  out.reserve(std::min<std::size_t>(to - from + 1, 64));
  std::size_t bytes = 0;
  while (from <= to && (out.empty() || bytes < max_bytes)) {
    if (!image_.Holds(from)) break;  // dropped while we read
    if (image_.At(from).verdict != SlotVerdict::kOk) {
      if (!out.empty()) break;
      return absl::DataLossError(
          absl::StrCat("log entry ", from.value(), " is damaged"));
    }
    const std::size_t had = out.size();
    if (InCache(from)) {
      out.push_back(CacheAt(from));
    } else {
      WR_RETURN_IF_ERROR(ReadRun(from, to, max_bytes - bytes, &out));
    }
    for (std::size_t i = had; i < out.size(); ++i) {
      bytes += out[i].payload.size();
    }
    from += out.size() - had;
  }
  return out;
}

absl::Status LogStoreImpl::ReadRun(LogIndex from, LogIndex to,
                                   std::size_t max_bytes,
                                   std::vector<LogEntry>* out) {
  // Copied first: the log may change while the read waits.
  std::vector<LogSlot> run;
  for (LogIndex i = from; i <= to && !InCache(i); ++i) {
    const LogSlot& slot = image_.At(i);
    if (slot.verdict != SlotVerdict::kOk) break;
    if (!run.empty()) {
      const wal::RecordPlace& first = run.front().place;
      if (slot.place.segment != first.segment) break;
      const std::uint64_t span =
          slot.place.offset + slot.place.size - first.offset;
      if (span > max_bytes) break;
    }
    run.push_back(slot);
  }
  WR_CHECK(!run.empty());
  const wal::RecordPlace first = run.front().place;
  const wal::RecordPlace last = run.back().place;
  WR_ASSIGN_OR_RETURN(const std::shared_ptr<env::File> file,
                      OpenSegment(first.segment));
  std::string bytes;
  WR_RETURN_IF_ERROR(file->ReadAt(
      first.offset, last.offset + last.size - first.offset, &bytes));
  const wal::SegmentIdentity identity(wal_.id(), first.segment);
  for (const LogSlot& slot : run) {
    const std::uint64_t at = slot.place.offset - first.offset;
    const Slice rest =
        Slice(bytes).substr(std::min<std::uint64_t>(at, bytes.size()));
    const auto raw = wal::ParseRecord(identity, slot.place.offset, rest);
    const auto record =
        raw.has_value() ? DecodeRecord(raw->payload) : std::nullopt;
    if (!record.has_value() || record->kind != RecordKind::kEntry ||
        record->last != LogPosition{slot.term, from}) {
      return absl::DataLossError(
          absl::StrCat("log entry ", from.value(), " is damaged on disk"));
    }
    out->push_back({.term = slot.term,
                    .index = from,
                    .kind = record->entry_kind,
                    .payload = record->payload});
    ++from;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<env::File>> LogStoreImpl::OpenSegment(
    wal::SegmentNumber number) {
  if (open_file_ != nullptr && open_number_ == number) return open_file_;
  WR_ASSIGN_OR_RETURN(
      std::shared_ptr<env::File> file,
      env_->files->Open(wal_.SegmentPathOf(number), {.read_only = true}));
  open_file_ = file;
  open_number_ = number;
  return file;
}

}  // namespace wringer::log_store
