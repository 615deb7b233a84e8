// Writes that are applied together or not at all, in order.
#ifndef WR_ENGINE_STORAGE_WRITE_BATCH_H_
#define WR_ENGINE_STORAGE_WRITE_BATCH_H_

#include <string>
#include <utility>
#include <vector>

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
  void Put(Slice key, Slice value) {
    writes_.push_back({Write::Kind::kPut, std::string(key.data(), key.size()),
                       std::string(value.data(), value.size())});
  }
  void Delete(Slice key) {
    writes_.push_back(
        {Write::Kind::kDelete, std::string(key.data(), key.size()), {}});
  }
  // Deletes every key in [begin, end).
  void DeleteRange(Slice begin, Slice end) {
    writes_.push_back({Write::Kind::kDeleteRange,
                       std::string(begin.data(), begin.size()),
                       std::string(end.data(), end.size())});
  }
  const std::vector<Write>& writes() const { return writes_; }
  bool empty() const { return writes_.empty(); }
  void Clear() { writes_.clear(); }

 private:
  std::vector<Write> writes_;
};

}  // namespace wringer::storage

#endif  // WR_ENGINE_STORAGE_WRITE_BATCH_H_
