#include "engine/wal/wal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/wal/segment.h"
#include "engine/wal/writer.h"

namespace wringer::wal {

Wal::Wal(const WalOptions& options, std::string directory, env::Env* env,
         WalListener* listener)
    : writer_(std::make_shared<WalWriter>(options, std::move(directory), env,
                                          listener)) {}

Wal::~Wal() {
  // After a crash the fiber is gone and took its share along; then nothing of
  // the env may be called any more.
  if (writer_.use_count() > 1) writer_->Close();
}

absl::StatusOr<Recovered> Wal::Open(RecordSink* sink,
                                    std::optional<WalId> expected) {
  WR_ASSIGN_OR_RETURN(Recovered found, writer_->Open(sink, expected));
  writer_->env()->fibers->Spawn("wal", [writer = writer_] { writer->Run(); });
  return found;
}

RecordPlace Wal::Submit(Promise promise, Slice head, Slice body) {
  return writer_->Submit(promise, head, body);
}

void Wal::SubmitAction(absl::AnyInvocable<absl::Status()> action) {
  writer_->SubmitAction(std::move(action));
}

void Wal::SubmitDropBefore(Lsn lsn) { writer_->SubmitDropBefore(lsn); }

absl::Status Wal::status() const { return writer_->status(); }
void Wal::Resume() { writer_->Resume(); }
WalId Wal::id() const { return writer_->id(); }
Lsn Wal::submitted() const { return writer_->submitted(); }
Lsn Wal::written() const { return writer_->written(); }
Lsn Wal::durable() const { return writer_->durable(); }
Lsn Wal::synced() const { return writer_->synced(); }
Lsn Wal::vouched() const { return writer_->vouched(); }
WalStats Wal::stats() const { return writer_->stats(); }

std::string Wal::SegmentPathOf(SegmentNumber segment) const {
  return SegmentPath(writer_->directory(), segment);
}

absl::StatusOr<std::string> ReadRecord(env::File* file, WalId wal,
                                       const RecordPlace& place) {
  std::string bytes;
  WR_RETURN_IF_ERROR(file->ReadAt(place.offset, place.size, &bytes));
  const auto record =
      ParseRecord(SegmentIdentity(wal, place.segment), place.offset, bytes);
  if (!record.has_value() || record->size() != place.size) {
    return absl::DataLossError(absl::StrCat("WAL record at ",
                                            SegmentFileName(place.segment), ":",
                                            place.offset, " is damaged"));
  }
  return std::string(record->payload.data(), record->payload.size());
}

}  // namespace wringer::wal
