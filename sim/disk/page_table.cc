#include "sim/disk/page_table.h"

#include <algorithm>
#include <cstring>

#include "engine/base/check.h"

namespace wringer::sim {

void PageTable::Resize(std::uint64_t size) {
  const std::uint64_t old_size = size_;
  size_ = size;
  if (size >= old_size) return;
  if (pages_.size() > PagesFor(size)) {
    pages_.resize(PagesFor(size));
  }
  const std::uint64_t tail = std::min(old_size, PagesFor(size) * kPageBytes);
  Zero(size, tail);
}

void PageTable::Read(std::uint64_t offset, std::size_t n,
                     std::string* out) const {
  out->clear();
  if (offset >= size_) return;
  std::uint64_t left = std::min<std::uint64_t>(n, size_ - offset);
  out->reserve(left);
  while (left > 0) {
    const std::uint64_t page = offset / kPageBytes;
    const std::uint64_t in_page = offset % kPageBytes;
    const std::uint64_t step = std::min(left, kPageBytes - in_page);
    if (page < pages_.size() && pages_[page]) {
      out->append(pages_[page].bytes() + in_page, step);
    } else {
      out->append(step, '\0');
    }
    offset += step;
    left -= step;
  }
}

void PageTable::Write(std::uint64_t offset, Slice bytes) {
  size_ = std::max(size_, offset + bytes.size());
  while (!bytes.empty()) {
    const std::uint64_t in_page = offset % kPageBytes;
    const std::uint64_t step =
        std::min<std::uint64_t>(bytes.size(), kPageBytes - in_page);
    char* page = Mutable(offset / kPageBytes, step == kPageBytes);
    std::memcpy(page + in_page, bytes.data(), step);
    offset += step;
    bytes.remove_prefix(step);
  }
}

void PageTable::Zero(std::uint64_t low, std::uint64_t high) {
  while (low < high) {
    const std::uint64_t page = low / kPageBytes;
    const std::uint64_t in_page = low % kPageBytes;
    const std::uint64_t step = std::min(high - low, kPageBytes - in_page);
    if (page >= pages_.size()) return;
    if (pages_[page]) std::memset(Mutable(page, false) + in_page, 0, step);
    low += step;
  }
}

void PageTable::Xor(std::uint64_t offset, char mask) {
  WR_CHECK(offset < size_);
  char& byte = Mutable(offset / kPageBytes, false)[offset % kPageBytes];
  byte = static_cast<char>(byte ^ mask);
}

std::uint64_t PageTable::pages_held() const {
  return static_cast<std::uint64_t>(
      std::count_if(pages_.begin(), pages_.end(),
                    [](const PageRef& page) { return bool(page); }));
}

char* PageTable::Mutable(std::uint64_t page, bool overwrite) {
  if (page >= pages_.size()) pages_.resize(page + 1);
  PageRef& ref = pages_[page];
  if (!ref) {
    ref = PageRef::Make();
    if (!overwrite) std::memset(ref.bytes(), 0, kPageBytes);
  } else if (ref.shared()) {
    PageRef copy = PageRef::Make();
    if (!overwrite) std::memcpy(copy.bytes(), ref.bytes(), kPageBytes);
    ref = std::move(copy);
  }
  return ref.bytes();
}

}  // namespace wringer::sim
