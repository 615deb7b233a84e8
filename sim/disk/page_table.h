// The bytes of one file: a table of shared 4 KiB pages, copied when written.
//
// Copying a table shares all pages, so images and snapshots cost one pointer a
// page. A missing page is a hole of zeros. Bytes beyond size() are zeros.
#ifndef WR_SIM_DISK_PAGE_TABLE_H_
#define WR_SIM_DISK_PAGE_TABLE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/slice.h"

namespace wringer::sim {

inline constexpr std::uint64_t kPageBytes = 4096;
inline constexpr std::uint64_t PagesFor(std::uint64_t bytes) {
  return (bytes + kPageBytes - 1) / kPageBytes;
}

// Counted without atomics: a world is one thread.
class PageRef {
 public:
  PageRef() = default;
  PageRef(const PageRef& other) : page_(other.page_) {
    if (page_ != nullptr) ++page_->references;
  }
  PageRef(PageRef&& other) noexcept
      : page_(std::exchange(other.page_, nullptr)) {}
  PageRef& operator=(PageRef other) noexcept {
    std::swap(page_, other.page_);
    return *this;
  }
  ~PageRef() {
    if (page_ != nullptr && --page_->references == 0) delete page_;
  }

  // Contents are indeterminate.
  static PageRef Make() {
    PageRef ref;
    ref.page_ = new Page;
    return ref;
  }
  explicit operator bool() const { return page_ != nullptr; }
  bool shared() const { return page_->references > 1; }
  char* bytes() { return page_->bytes; }
  const char* bytes() const { return page_->bytes; }

 private:
  struct Page {
    std::uint64_t references = 1;
    char bytes[kPageBytes];
  };
  Page* page_ = nullptr;
};

class PageTable {
 public:
  std::uint64_t size() const { return size_; }
  // Cuts, or extends with a hole.
  void Resize(std::uint64_t size);
  // Replaces `*out` by bytes [offset, offset + n), clipped to size().
  void Read(std::uint64_t offset, std::size_t n, std::string* out) const;
  // Extends as needed; a gap is a hole.
  void Write(std::uint64_t offset, Slice bytes);
  // Makes [low, high) zeros without changing the size.
  void Zero(std::uint64_t low, std::uint64_t high);
  // Xors one byte. REQUIRES: offset < size().
  void Xor(std::uint64_t offset, char mask);
  // Pages that hold bytes; holes do not count.
  std::uint64_t pages_held() const;

 private:
  // The page, not shared. New ones are zeros unless `overwrite`.
  char* Mutable(std::uint64_t page, bool overwrite);

  std::vector<PageRef> pages_;
  std::uint64_t size_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_PAGE_TABLE_H_
