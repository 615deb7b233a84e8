// Checkpoint files and journal records of the memory engine on hostile bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/storage/memory/checkpoint_file.h"
#include "engine/storage/memory/journal_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace wringer;  // NOLINT: a fuzz target is one function
  const Slice bytes(reinterpret_cast<const char*>(data), size);
  std::string last;
  bool any = false;
  const auto parsed =
      storage::memory::ParseCheckpoint(bytes, 1, [&](Slice key, Slice) {
        WR_CHECK(!any || Slice(last) < key);
        last.assign(key.data(), key.size());
        any = true;
      });
  WR_CHECK(parsed.ok() || absl::IsDataLoss(parsed.status()));
  storage::memory::JournalHead head;
  storage::WriteBatch batch;
  if (storage::memory::DecodeJournalRecord(bytes, &head, &batch)) {
    std::string again;
    storage::memory::EncodeJournalRecord(head, batch, &again);
    storage::memory::JournalHead head2;
    storage::WriteBatch batch2;
    WR_CHECK(storage::memory::DecodeJournalRecord(again, &head2, &batch2));
    WR_CHECK(batch.writes().size() == batch2.writes().size());
  }
  return 0;
}
