// Write batches as bytes, for journals.
//
//   varint count, then per write: u8 kind, bytes key, bytes value
// where bytes is a varint length and the bytes, and the value of a deletion is
// absent.
#ifndef WR_ENGINE_STORAGE_BATCH_CODEC_H_
#define WR_ENGINE_STORAGE_BATCH_CODEC_H_

#include <string>

#include "engine/base/slice.h"
#include "engine/storage/write_batch.h"

namespace wringer::storage {

// Appends the batch to `*out`.
void EncodeBatch(const WriteBatch& batch, std::string* out);
// False if `bytes` are not exactly one batch; `*out` is then unspecified.
bool DecodeBatch(Slice bytes, WriteBatch* out);

}  // namespace wringer::storage

#endif  // WR_ENGINE_STORAGE_BATCH_CODEC_H_
