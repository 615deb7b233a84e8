// Writes that are applied together or not at all, in order.
#ifndef WR_ENGINE_STORAGE_WRITE_BATCH_H_
#define WR_ENGINE_STORAGE_WRITE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "engine/base/slice.h"

namespace wringer::storage {

struct Write {
  enum class Kind : std::uint8_t { kPut, kDelete, kDeleteRange };
  Kind kind = Kind::kPut;
  std::string key;
  std::string value;  // kDeleteRange: the end of the range, excluded
};

class WriteBatch {
 public:
  void Put(Slice key, Slice value) { Assign(PutAt(key), value); }
  // The same, of a value that the caller writes into the (empty) string that is
  // returned, before anything else is done with the batch.
  std::string* PutAt(Slice key) { return Add(Write::Kind::kPut, key); }
  void Delete(Slice key) { Add(Write::Kind::kDelete, key); }
  // Deletes every key in [begin, end).
  void DeleteRange(Slice begin, Slice end) {
    Assign(Add(Write::Kind::kDeleteRange, begin), end);
  }
  absl::Span<const Write> writes() const { return {writes_.data(), size_}; }
  absl::Span<Write> writes() { return {writes_.data(), size_}; }
  bool empty() const { return size_ == 0; }
  void Clear() { size_ = 0; }

 private:
  static void Assign(std::string* to, Slice bytes) {
    to->assign(bytes.data(), bytes.size());
  }
  std::string* Add(Write::Kind kind, Slice key) {
    if (size_ == writes_.size()) writes_.emplace_back();
    Write& write = writes_[size_++];
    write.kind = kind;
    Assign(&write.key, key);
    write.value.clear();
    return &write.value;
  }

  // The first size_ count; the rest is kept for its capacity.
  std::vector<Write> writes_;
  std::size_t size_ = 0;
};

}  // namespace wringer::storage

#endif  // WR_ENGINE_STORAGE_WRITE_BATCH_H_
