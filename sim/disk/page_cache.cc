#include "sim/disk/page_cache.h"

#include <algorithm>
#include <bit>

#include "engine/base/check.h"

namespace wringer::sim {
namespace {

// Dirty pages met in a row before giving up on memory pressure: the cache is
// allowed to grow, and throttling takes over.
constexpr int kDirtyScan = 64;

}  // namespace

PageCache::PageCache(FileTree* tree, std::uint64_t capacity_pages,
                     EvictHook on_evict, void* object)
    : tree_(tree),
      capacity_(capacity_pages),
      on_evict_(on_evict),
      on_evict_object_(object),
      nodes_(1) {}

void PageCache::PushFront(std::uint32_t slot, List list) {
  Ends& ends = lists_[list];
  Node& node = nodes_[slot];
  node.list = list;
  node.previous = 0;
  node.next = ends.head;
  (ends.head == 0 ? ends.tail : nodes_[ends.head].previous) = slot;
  ends.head = slot;
  ++ends.size;
}

void PageCache::Unlink(std::uint32_t slot) {
  const Node& node = nodes_[slot];
  Ends& ends = lists_[node.list];
  (node.previous == 0 ? ends.head : nodes_[node.previous].next) = node.next;
  (node.next == 0 ? ends.tail : nodes_[node.next].previous) = node.previous;
  --ends.size;
}

void PageCache::Release(std::uint32_t slot) {
  Unlink(slot);
  free_.push_back(slot);
  --resident_;
}

void PageCache::Insert(Inode& inode, std::uint64_t page, bool touched) {
  std::uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  nodes_[slot].inode = inode.id;
  nodes_[slot].page = static_cast<std::uint32_t>(page);
  nodes_[slot].touched = touched;
  inode.pages[page].cached = slot;
  PushFront(slot, kInactive);
  if (++resident_ > capacity_) Shrink();
}

void PageCache::Promote(std::uint32_t slot) {
  Unlink(slot);
  PushFront(slot, kActive);
  Ends& active = lists_[kActive];
  if (active.size * 2 <= capacity_) return;
  const std::uint32_t demoted = active.tail;
  Unlink(demoted);
  PushFront(demoted, kInactive);
}

bool PageCache::Dirty(const Node& node) const {
  const Inode* inode = tree_->Find(node.inode);
  return inode->pages[node.page].write_seq > inode->clean_seq;
}

void PageCache::Shrink() {
  for (int dirty = 0; dirty < kDirtyScan && resident_ > capacity_;) {
    const List list = lists_[kInactive].size > 1 ? kInactive : kActive;
    const std::uint32_t slot = lists_[list].tail;
    if (slot == 0) return;
    if (Dirty(nodes_[slot])) {
      Unlink(slot);
      PushFront(slot, list);
      ++dirty;
      continue;
    }
    Drop(*tree_->Find(nodes_[slot].inode), nodes_[slot].page);
  }
}

void PageCache::Drop(Inode& inode, std::uint64_t page) {
  const std::uint32_t slot = inode.pages[page].cached;
  WR_CHECK(slot != 0);
  if (Dirty(nodes_[slot])) return;
  Release(slot);
  inode.pages[page].cached = 0;
  if (inode.lost_units > 0) on_evict_(on_evict_object_, inode, page);
}

void PageCache::DropClean(Inode& inode) {
  for (std::uint64_t page = 0; page < inode.pages.size(); ++page) {
    if (inode.pages[page].cached != 0) Drop(inode, page);
  }
}

void PageCache::Forget(Inode& inode, std::uint64_t first) {
  for (std::uint64_t page = first; page < inode.pages.size(); ++page) {
    if (inode.pages[page].cached != 0) Release(inode.pages[page].cached);
    inode.pages[page].cached = 0;
  }
}

void PageCache::Clear() {
  nodes_.resize(1);
  free_.clear();
  lists_[kInactive] = lists_[kActive] = Ends{};
  resident_ = 0;
  for (const auto& inode : tree_->inodes()) {
    if (!inode) continue;
    for (PageState& page : inode->pages) page.cached = 0;
  }
}

// ------------------------------------------------------------ read-ahead

void ReadAhead::Advise(env::Advice advice) {
  switch (advice) {
    case env::Advice::kNormal:
      pages_max_ = kPagesMax;
      return;
    case env::Advice::kSequential:
      pages_max_ = 2 * kPagesMax;
      return;
    case env::Advice::kRandom:
      pages_max_ = 0;
      size_ = async_size_ = 0;
      return;
    case env::Advice::kWillNeed:
    case env::Advice::kDontNeed:
      return;
  }
}

std::uint64_t ReadAhead::InitialWindow(std::uint64_t count) const {
  const std::uint64_t window = std::bit_ceil(count);
  if (window <= pages_max_ / 32) return window * 4;
  if (window <= pages_max_ / 4) return window * 2;
  return pages_max_;
}

std::uint64_t ReadAhead::NextWindow() const {
  const std::uint64_t next = size_ < pages_max_ / 16 ? size_ * 4 : size_ * 2;
  return std::min(next, pages_max_);
}

PageRange ReadAhead::OnMiss(std::uint64_t page, std::uint64_t count) {
  const bool sequential = page == 0 || page == last_page_ + 1 ||
                          page == last_page_ || count > pages_max_;
  last_page_ = page + count - 1;
  if (pages_max_ == 0) return {page, count};
  if (size_ > 0 && page == start_ + size_) {
    start_ = page;
    size_ = std::max(NextWindow(), count);
    async_size_ = size_;
    return {start_, size_};
  }
  if (!sequential) return {page, count};
  start_ = page;
  size_ = std::max(InitialWindow(count), count);
  async_size_ = size_ > count ? size_ - count : size_;
  return {start_, size_};
}

PageRange ReadAhead::OnTouch(std::uint64_t page, std::uint64_t count) {
  last_page_ = page + count - 1;
  if (size_ == 0 || pages_max_ == 0) return {};
  const std::uint64_t marker = start_ + size_ - async_size_;
  if (marker < page || marker >= page + count) return {};
  start_ += size_;
  size_ = NextWindow();
  async_size_ = size_;
  return {start_, size_};
}

}  // namespace wringer::sim
