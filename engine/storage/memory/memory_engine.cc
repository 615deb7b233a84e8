#include "engine/storage/memory/memory_engine.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "engine/storage/memory/journal_record.h"
#include "engine/wal/segment.h"

namespace wringer::storage::memory {
namespace {

constexpr std::uint64_t kStepBytes = 256 << 10;
constexpr std::uint64_t kNoBudget = std::numeric_limits<std::uint64_t>::max();

class TableView : public ReadView {
 public:
  TableView(std::shared_ptr<Table> table, SequenceNumber seq)
      : table_(std::move(table)), seq_(seq) {
    table_->Pin(seq_);
  }
  ~TableView() override { table_->Unpin(seq_); }
  SequenceNumber sequence() const override { return seq_; }
  const std::shared_ptr<Table>& table() const { return table_; }

 private:
  const std::shared_ptr<Table> table_;
  const SequenceNumber seq_;
};

class TableIterator : public Iterator {
 public:
  TableIterator(std::shared_ptr<Table> table, SequenceNumber seq)
      : view_(std::move(table), seq), cursor_(view_.table().get(), seq) {}
  void Seek(Slice target) override { cursor_.Seek(target); }
  void SeekToFirst() override { cursor_.Seek(Slice()); }
  void Next() override { cursor_.Next(); }
  bool Valid() const override { return cursor_.valid(); }
  Slice key() const override { return cursor_.key(); }
  Slice value() const override { return cursor_.value(); }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const TableView view_;  // pins the point in time
  Table::Cursor cursor_;
};

// A view of this engine made it.
const TableView& ViewOf(const ReadView* view) {
  return *static_cast<const TableView*>(view);
}

}  // namespace

// Applies journal records behind the checkpoint and judges damage.
class JournalReplay : public wal::RecordSink {
 public:
  explicit JournalReplay(MemoryEngine* engine) : engine_(engine) {}

  void OnRecord(const wal::RecordPlace& place, Slice payload) override {
    JournalHead head;
    if (!DecodeJournalRecord(payload, &head, &batch_)) {
      Damage(absl::StrCat("malformed record before LSN ", place.end.value()));
      return;
    }
    if (head.generation < engine_->generation_) {
      // History before the contents were replaced; so is a hole before it.
      hole_.clear();
      return;
    }
    const bool follows = head.previous <= engine_->last_ &&
                         head.generation == engine_->generation_;
    if (!follows) {
      Damage(absl::StrCat("batches between ", engine_->last_.value(), " and ",
                          head.sequence.value(), " are gone"));
      if (lost_.empty()) lost_ = hole_;
      return;
    }
    hole_.clear();
    engine_->applied_end_ = place.end;
    if (head.sequence <= engine_->last_) return;  // in the checkpoint
    engine_->table_->Apply(batch_, head.sequence);
    engine_->last_ = head.sequence;
    engine_->bytes_since_checkpoint_ += payload.size();
  }

  void OnDamage(const wal::Damage& damage) override {
    const std::string what = absl::StrCat(
        "journal LSN ", damage.begin.value(), " to ", damage.end.value(),
        damage.kind == wal::DamageKind::kMissing ? " is missing"
                                                 : " is damaged");
    ranges_.push_back(what);
    Damage(what);
  }

  // What is unreadable and was needed, or empty.
  const std::string& lost() const { return lost_.empty() ? hole_ : lost_; }
  std::vector<std::string> TakeRanges() { return std::move(ranges_); }

 private:
  void Damage(const std::string& what) {
    if (hole_.empty()) hole_ = what;
  }

  MemoryEngine* const engine_;
  WriteBatch batch_;
  std::string hole_;  // since the last record that fits
  std::string lost_;
  std::vector<std::string> ranges_;
};

MemoryEngine::MemoryEngine(const MemoryEngineOptions& options, env::Env* env)
    : options_(options),
      env_(env),
      journal_moved_(env->fibers),
      checkpoint_mutex_(env->fibers) {
  if (options_.journal) {
    wal::WalListener* const listener = this;
    journal_ = std::make_unique<wal::Wal>(options_.wal, PathOf("journal"), env,
                                          listener);
  }
}

// ---- boot ----

absl::StatusOr<RecoveryReport> MemoryEngine::Open() {
  WR_RETURN_IF_ERROR(wal::MakeDirectories(env_->files, options_.directory));
  WR_RETURN_IF_ERROR(LoadCheckpoint());
  RecoveryReport report;
  if (options_.journal) WR_RETURN_IF_ERROR(ReplayJournal(&report));
  report.recovered = last_;
  // Under kNone the journal makes nothing durable, at boot neither.
  const bool synced =
      options_.journal && options_.wal.sync != wal::SyncPolicy::kNone;
  journal_synced_ = synced ? last_ : checkpoint_.sequence;
  return report;
}

absl::Status MemoryEngine::LoadCheckpoint() {
  WR_ASSIGN_OR_RETURN(const auto names, env_->files->List(options_.directory));
  std::uint64_t newest = 0;
  for (const std::string& name : names) {
    const auto number = ParseCheckpointFileName(name);
    if (number.has_value()) newest = std::max(newest, *number);
  }
  next_number_ = newest + 1;
  if (newest > 0) {
    WriteBatch batch;
    const auto put = [&batch](Slice k, Slice v) { batch.Put(k, v); };
    WR_ASSIGN_OR_RETURN(
        checkpoint_,
        ReadCheckpoint(env_->files, PathOf(CheckpointFileName(newest)), newest,
                       put));
    table_->Apply(batch, checkpoint_.sequence);
    last_ = checkpoint_.sequence;
    generation_ = checkpoint_.generation;
    // Read from the page cache, perhaps: its name must not vanish any more.
    WR_RETURN_IF_ERROR(env_->files->SyncDirectory(options_.directory));
  }
  for (const std::string& name : names) {
    const auto number = ParseCheckpointFileName(name);
    const bool stale =
        number.has_value() ? *number < newest : absl::EndsWith(name, ".tmp");
    if (stale) WR_RETURN_IF_ERROR(env_->files->Remove(PathOf(name)));
  }
  return absl::OkStatus();
}

absl::Status MemoryEngine::ReplayJournal(RecoveryReport* report) {
  std::optional<wal::WalId> expected;
  if (checkpoint_.wal != wal::WalId{}) expected = checkpoint_.wal;
  JournalReplay replay(this);
  WR_ASSIGN_OR_RETURN(const wal::Recovered found,
                      journal_->Open(&replay, expected));
  report->truncated_bytes = found.torn_bytes;
  report->quarantined = replay.TakeRanges();
  if (expected.has_value() && found.segments.empty()) {
    return absl::DataLossError("the journal is gone, its checkpoint is not");
  }
  if (!replay.lost().empty()) return absl::DataLossError(replay.lost());
  return absl::OkStatus();
}

// ---- writes ----

absl::Status MemoryEngine::Consume(WriteBatch* batch, SequenceNumber seq,
                                   Durability durability) {
  WR_CHECK(seq > last_);
  if (!latched_.ok()) return absl::FailedPreconditionError(latched_.message());
  if (options_.journal) {
    Lsn end;
    WR_RETURN_IF_ERROR(Journal(*batch, seq, durability, &end));
    applied_end_ = end;
    unsynced_.push_back({end, seq});
  }
  for (const Write& write : batch->writes()) {
    bytes_since_checkpoint_ += write.key.size() + write.value.size();
  }
  table_->Consume(batch, seq);
  last_ = seq;
  NoteSynced();
  return absl::OkStatus();
}

// Submits the batch and waits for as much as `durability` asks.
absl::Status MemoryEngine::Journal(const WriteBatch& batch, SequenceNumber seq,
                                   Durability durability, Lsn* end) {
  journal_->Resume();
  WR_RETURN_IF_ERROR(JournalError());
  std::string record;
  EncodeJournalRecord(
      {.generation = generation_, .previous = last_, .sequence = seq}, batch,
      &record);
  const bool durable = durability == Durability::kDurable;
  *end =
      journal_
          ->Submit(durable ? wal::Promise::kDurable : wal::Promise::kBuffered,
                   record)
          .end;
  if (durability == Durability::kMemory) return absl::OkStatus();
  while (true) {
    const Lsn reached = durable ? journal_->durable() : journal_->written();
    if (reached >= *end) return absl::OkStatus();
    WR_RETURN_IF_ERROR(JournalError());
    journal_moved_.Wait();
  }
}

// Why the journal takes nothing, as the caller of Apply should hear it.
absl::Status MemoryEngine::JournalError() const {
  return latched_.ok() ? journal_->status() : latched_;
}

void MemoryEngine::OnDurable(Lsn) {
  NoteSynced();
  journal_moved_.WakeAll();
}

void MemoryEngine::OnWritten(Lsn) { journal_moved_.WakeAll(); }

void MemoryEngine::OnWalError(const absl::Status& status) {
  // A full disk refused what is waiting, and no harm is done, unless a batch
  // that did not wait is in the map already: the journal now lacks it.
  const bool harmless =
      absl::IsResourceExhausted(status) && applied_end_ <= journal_->written();
  if (!harmless) {
    WR_MARK(kStorageLatched);
    latched_ = absl::UnavailableError(status.message());
  }
  journal_moved_.WakeAll();
}

void MemoryEngine::NoteSynced() {
  if (journal_ == nullptr) return;
  const Lsn synced = journal_->synced();
  while (!unsynced_.empty() && unsynced_.front().end <= synced) {
    journal_synced_ = unsynced_.front().seq;
    unsynced_.pop_front();
  }
}

SequenceNumber MemoryEngine::durable_sequence() const {
  if (!options_.journal) return checkpoint_.sequence;
  return std::max(checkpoint_.sequence, journal_synced_);
}

// ---- reads ----

absl::StatusOr<std::optional<std::string>> MemoryEngine::Get(
    Slice key, const ReadView* view) {
  const std::string* value = nullptr;
  if (view == nullptr) {
    value = table_->Get(key);
  } else {
    const TableView& at = ViewOf(view);
    value = at.table()->GetAt(key, at.sequence());
  }
  if (value == nullptr) return std::optional<std::string>();
  return std::optional<std::string>(*value);
}

absl::StatusOr<bool> MemoryEngine::GetInto(Slice key, std::string* value) {
  const std::string* const held = table_->Get(key);
  if (held != nullptr) *value = *held;
  return held != nullptr;
}

std::unique_ptr<ReadView> MemoryEngine::NewReadView() {
  return std::make_unique<TableView>(table_, last_);
}

std::unique_ptr<Iterator> MemoryEngine::NewIterator(const ReadView* view) {
  if (view == nullptr) return std::make_unique<TableIterator>(table_, last_);
  const TableView& at = ViewOf(view);
  return std::make_unique<TableIterator>(at.table(), at.sequence());
}

// ---- checkpoints ----

absl::Status MemoryEngine::Checkpoint() {
  env::MutexLock lock(&checkpoint_mutex_);
  // One under way may have begun before the latest batches.
  Abandon();
  WR_RETURN_IF_ERROR(Begin());
  return Step(kNoBudget);
}

bool MemoryEngine::HasWork() const {
  return progress_ != nullptr ||
         bytes_since_checkpoint_ >= options_.checkpoint_bytes;
}

absl::Status MemoryEngine::Work() {
  env::MutexLock lock(&checkpoint_mutex_);
  if (!HasWork()) return absl::OkStatus();
  if (progress_ == nullptr) WR_RETURN_IF_ERROR(Begin());
  return Step(kStepBytes);
}

absl::Status MemoryEngine::Begin() {
  WR_CHECK(progress_ == nullptr);
  auto progress = std::make_unique<Progress>();
  progress->header = {
      .number = next_number_++,
      .generation = generation_,
      .sequence = last_,
      .wal = journal_ == nullptr ? wal::WalId{} : journal_->id()};
  progress->covers = applied_end_;
  progress->view = NewReadView();
  progress->cursor.emplace(table_.get(), last_);
  progress->cursor->Seek(Slice());
  progress->temporary =
      PathOf(CheckpointFileName(progress->header.number) + ".tmp");
  bytes_since_checkpoint_ = 0;
  progress_ = std::move(progress);
  auto writer = StartFile(progress_->header, progress_->temporary);
  if (writer.ok()) {
    progress_->writer = *std::move(writer);
  } else {
    Abandon();
  }
  return writer.status();
}

absl::StatusOr<std::unique_ptr<CheckpointWriter>> MemoryEngine::StartFile(
    const CheckpointHeader& header, const std::string& path) {
  WR_ASSIGN_OR_RETURN(
      auto file, env_->files->Open(path, {.create = true, .truncate = true}));
  return CheckpointWriter::Start(std::move(file), header);
}

// Writes about `budget` bytes more, and publishes the file once it is whole.
absl::Status MemoryEngine::Step(std::uint64_t budget) {
  CheckpointWriter& writer = *progress_->writer;
  Table::Cursor& cursor = *progress_->cursor;
  const std::uint64_t until =
      budget == kNoBudget ? kNoBudget : writer.bytes() + budget;
  absl::Status done = absl::OkStatus();
  while (done.ok() && cursor.valid() && writer.bytes() < until) {
    done = writer.Add(cursor.key(), cursor.value());
    if (done.ok()) cursor.Next();
  }
  if (done.ok() && cursor.valid()) return done;  // more next time
  if (done.ok()) done = writer.Finish();
  if (done.ok() && options_.log_barrier) {
    options_.log_barrier(progress_->header.sequence);
  }
  if (done.ok()) {
    checkpoint_bytes_written_ += writer.bytes();
    done = Publish(progress_->header, progress_->temporary, progress_->covers);
  }
  Abandon();
  return done;
}

// Gives a durable file its name, and then lets go of what it supersedes.
absl::Status MemoryEngine::Publish(const CheckpointHeader& header,
                                   const std::string& temporary, Lsn covers) {
  const std::uint64_t former = checkpoint_.number;
  WR_RETURN_IF_ERROR(env_->files->Rename(
      temporary, PathOf(CheckpointFileName(header.number))));
  WR_RETURN_IF_ERROR(env_->files->SyncDirectory(options_.directory));
  checkpoint_ = header;
  ++checkpoints_;
  checkpoint_syncs_ += 2;
  WR_MARK(kStorageCheckpoint);
  if (former > 0) {
    // Failing costs space until the next boot.
    env_->files->Remove(PathOf(CheckpointFileName(former))).IgnoreError();
  }
  while (!unsynced_.empty() && unsynced_.front().seq <= header.sequence) {
    unsynced_.pop_front();
  }
  if (journal_ != nullptr) journal_->SubmitDropBefore(covers);
  return absl::OkStatus();
}

// Forgets a checkpoint that is not, or no longer, being written.
void MemoryEngine::Abandon() {
  if (progress_ == nullptr) return;
  const std::string temporary = progress_->temporary;
  const bool published = checkpoint_.number == progress_->header.number;
  progress_.reset();
  if (!published) env_->files->Remove(temporary).IgnoreError();
}

absl::Status MemoryEngine::ReplaceAll(const WriteBatch& batch,
                                      SequenceNumber seq) {
  if (!latched_.ok()) return absl::FailedPreconditionError(latched_.message());
  env::MutexLock lock(&checkpoint_mutex_);
  Abandon();
  CheckpointHeader header{
      .number = next_number_++,
      .generation = generation_ + 1,
      .sequence = seq,
      .wal = journal_ == nullptr ? wal::WalId{} : journal_->id()};
  const std::string temporary =
      PathOf(CheckpointFileName(header.number) + ".tmp");
  const absl::Status written = WriteImage(header, temporary, batch);
  if (!written.ok()) {
    env_->files->Remove(temporary).IgnoreError();
    return written;
  }
  const Lsn covers = journal_ == nullptr ? Lsn{} : journal_->submitted();
  const absl::Status published = Publish(header, temporary, covers);
  if (!published.ok()) {
    // The new name may or may not survive: nobody may build on either.
    WR_MARK(kStorageLatched);
    latched_ = absl::UnavailableError(published.message());
    return latched_;
  }
  table_ = std::make_shared<Table>();
  table_->Apply(batch, seq);
  last_ = seq;
  journal_synced_ = seq;
  unsynced_.clear();
  generation_ = header.generation;
  applied_end_ = covers;
  bytes_since_checkpoint_ = 0;
  return absl::OkStatus();
}

absl::Status MemoryEngine::WriteImage(const CheckpointHeader& header,
                                      const std::string& path,
                                      const WriteBatch& batch) {
  WR_ASSIGN_OR_RETURN(auto writer, StartFile(header, path));
  for (const Write& write : batch.writes()) {
    WR_CHECK(write.kind == Write::Kind::kPut);
    WR_RETURN_IF_ERROR(writer->Add(write.key, write.value));
  }
  WR_RETURN_IF_ERROR(writer->Finish());
  checkpoint_bytes_written_ += writer->bytes();
  return absl::OkStatus();
}

EngineStats MemoryEngine::stats() const {
  EngineStats stats;
  stats.keys = table_->keys();
  stats.live_bytes = table_->live_bytes();
  stats.bytes_written = checkpoint_bytes_written_;
  stats.syncs = checkpoint_syncs_;
  stats.checkpoints = checkpoints_;
  if (journal_ != nullptr) {
    stats.bytes_written += journal_->stats().bytes_written;
    stats.syncs += journal_->stats().syncs;
  }
  return stats;
}

std::unique_ptr<StorageEngine> NewMemoryEngine(
    const MemoryEngineOptions& options, env::Env* env) {
  return std::make_unique<MemoryEngine>(options, env);
}

}  // namespace wringer::storage::memory
