// Bytes that never change and that many hold: a log entry's payload.
//
// One command is kept by the model's log, the log store's cache and whoever
// reads either. A copy costs a count, not an allocation. The count is plain:
// holders live in one thread, as everything in a world does.
#ifndef WR_ENGINE_BASE_SHARED_BYTES_H_
#define WR_ENGINE_BASE_SHARED_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include "engine/base/slice.h"

namespace wringer {

class SharedBytes {
 public:
  SharedBytes() = default;
  // NOLINTBEGIN(google-explicit-constructor): it is the bytes, in any disguise.
  SharedBytes(Slice bytes) : block_(Make(bytes)) {}
  SharedBytes(const std::string& bytes) : SharedBytes(Slice(bytes)) {}
  SharedBytes(const char* bytes) : SharedBytes(Slice(bytes)) {}
  operator Slice() const { return {data(), size()}; }
  // NOLINTEND(google-explicit-constructor)

  SharedBytes(const SharedBytes& other) : block_(other.block_) {
    if (block_ != nullptr) ++block_->holders;
  }
  SharedBytes(SharedBytes&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)) {}
  SharedBytes& operator=(SharedBytes other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedBytes() {
    if (block_ != nullptr && --block_->holders == 0) ::operator delete(block_);
  }

  const char* data() const {
    return block_ == nullptr ? "" : reinterpret_cast<const char*>(block_ + 1);
  }
  std::size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  bool empty() const { return size() == 0; }

  friend bool operator==(const SharedBytes& a, const SharedBytes& b) {
    return a.block_ == b.block_ || Slice(a) == Slice(b);
  }

 private:
  // Followed by the bytes.
  struct Block {
    std::size_t size;
    std::size_t holders;
  };

  static Block* Make(Slice bytes) {
    if (bytes.empty()) return nullptr;
    void* const memory = ::operator new(sizeof(Block) + bytes.size());
    Block* const block = ::new (memory) Block{bytes.size(), 1};
    std::memcpy(block + 1, bytes.data(), bytes.size());
    return block;
  }

  Block* block_ = nullptr;
};

}  // namespace wringer

#endif  // WR_ENGINE_BASE_SHARED_BYTES_H_
