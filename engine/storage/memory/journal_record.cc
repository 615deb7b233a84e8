#include "engine/storage/memory/journal_record.h"

#include "engine/base/coding.h"
#include "engine/storage/batch_codec.h"

namespace wringer::storage::memory {

void EncodeJournalRecord(const JournalHead& head, const WriteBatch& batch,
                         std::string* out) {
  Writer w(out);
  w.Varint(head.generation);
  w.Id(head.previous);
  w.Id(head.sequence);
  w.Flush();
  EncodeBatch(batch, out);
}

bool DecodeJournalRecord(Slice bytes, JournalHead* head, WriteBatch* batch) {
  Reader r(bytes);
  head->generation = r.Varint();
  head->previous = r.As<SequenceNumber>();
  head->sequence = r.As<SequenceNumber>();
  if (!r.ok() || head->sequence <= head->previous) return false;
  return DecodeBatch(r.Raw(r.remaining()), batch);
}

}  // namespace wringer::storage::memory
