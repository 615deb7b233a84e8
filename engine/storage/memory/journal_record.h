// One applied batch as the payload of a WAL record.
//
//   varint generation, varint previous, varint sequence, batch
// `generation` counts the times the contents were replaced as a whole: records
// of earlier generations are history. `previous` is the sequence number of the
// batch before this one, so that replay can tell whether damage in front of a
// record hides batches that its checkpoint does not have.
#ifndef WR_ENGINE_STORAGE_MEMORY_JOURNAL_RECORD_H_
#define WR_ENGINE_STORAGE_MEMORY_JOURNAL_RECORD_H_

#include <cstdint>
#include <string>

#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/storage/write_batch.h"

namespace wringer::storage::memory {

struct JournalHead {
  std::uint64_t generation = 0;
  SequenceNumber previous{};
  SequenceNumber sequence{};
};

// Appends the record to `*out`.
void EncodeJournalRecord(const JournalHead& head, const WriteBatch& batch,
                         std::string* out);
// False if `bytes` are not exactly one record.
bool DecodeJournalRecord(Slice bytes, JournalHead* head, WriteBatch* batch);

}  // namespace wringer::storage::memory

#endif  // WR_ENGINE_STORAGE_MEMORY_JOURNAL_RECORD_H_
