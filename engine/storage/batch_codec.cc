#include "engine/storage/batch_codec.h"

#include <cstdint>

#include "engine/base/coding.h"

namespace wringer::storage {

void EncodeBatch(const WriteBatch& batch, std::string* out) {
  Writer w(out);
  w.Varint(batch.writes().size());
  for (const Write& write : batch.writes()) {
    w.U8(static_cast<std::uint8_t>(write.kind));
    w.Bytes(write.key);
    if (write.kind != Write::Kind::kDelete) w.Bytes(write.value);
  }
}

bool DecodeBatch(Slice bytes, WriteBatch* out) {
  Reader r(bytes);
  out->Clear();
  const std::size_t count = r.Count(2);
  for (std::size_t i = 0; i < count && r.ok(); ++i) {
    const std::uint8_t kind = r.U8();
    const Slice key = r.Bytes();
    switch (static_cast<Write::Kind>(kind)) {
      case Write::Kind::kPut:
        out->Put(key, r.Bytes());
        break;
      case Write::Kind::kDelete:
        out->Delete(key);
        break;
      case Write::Kind::kDeleteRange:
        out->DeleteRange(key, r.Bytes());
        break;
      default:
        r.Fail();
    }
  }
  return r.done();
}

}  // namespace wringer::storage
