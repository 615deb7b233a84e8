// The page cache: which pages are in memory, and which are read before anybody
// asks for them.
//
// Residency: two lists, least recently used
// out first, promoted on the second touch; dirty pages are pinned.
//
// Residency only: bytes live in the inodes. A page whose write-back failed is
// clean and may be evicted; then its bytes turn back into the media's.
#ifndef WR_SIM_DISK_PAGE_CACHE_H_
#define WR_SIM_DISK_PAGE_CACHE_H_

#include <cstdint>
#include <vector>

#include "engine/env/file_system.h"
#include "sim/disk/file_tree.h"

namespace wringer::sim {

class PageCache {
 public:
  using EvictHook = void (*)(void* object, Inode& inode, std::uint64_t page);

  // `on_evict` is called for pages of inodes with lost units.
  PageCache(FileTree* tree, std::uint64_t capacity_pages, EvictHook on_evict,
            void* object);

  // Makes the page resident, or notes another touch. May evict others.
  void Touch(Inode& inode, std::uint64_t page) {
    std::uint32_t& slot = inode.pages[page].cached;
    if (slot == 0) {
      Insert(inode, page, true);
    } else if (nodes_[slot].list == kInactive) {
      if (nodes_[slot].touched) Promote(slot);
      nodes_[slot].touched = true;
    }
  }
  // Makes the page resident before anybody asked for it: no touch yet.
  void Prefetch(Inode& inode, std::uint64_t page) {
    if (inode.pages[page].cached == 0) Insert(inode, page, false);
  }
  // Evicts down to the capacity, after dirty pages became clean.
  void Trim() {
    if (resident_ > capacity_) Shrink();
  }
  // Drops one clean page; a dirty one stays. REQUIRES: resident.
  void Drop(Inode& inode, std::uint64_t page);
  // Drops all clean pages of the file.
  void DropClean(Inode& inode);
  // Forgets the pages from `first` on, dirty or not: they were cut off.
  void Forget(Inode& inode, std::uint64_t first);
  // Forgets everything without hooks: the memory lost power.
  void Clear();

  std::uint64_t resident() const { return resident_; }
  std::uint64_t capacity() const { return capacity_; }

 private:
  enum List : std::uint8_t { kInactive, kActive };
  struct Node {
    std::uint32_t previous = 0;
    std::uint32_t next = 0;
    InodeId inode;
    std::uint32_t page = 0;
    List list = kInactive;
    bool touched = false;
  };
  struct Ends {
    std::uint32_t head = 0;  // most recently used
    std::uint32_t tail = 0;
    std::uint64_t size = 0;
  };

  void Insert(Inode& inode, std::uint64_t page, bool touched);
  void Promote(std::uint32_t slot);
  void PushFront(std::uint32_t slot, List list);
  void Unlink(std::uint32_t slot);
  void Release(std::uint32_t slot);
  void Shrink();
  bool Dirty(const Node& node) const;

  FileTree* tree_;
  std::uint64_t capacity_;
  EvictHook on_evict_;
  void* on_evict_object_;
  std::vector<Node> nodes_;  // 0 is nobody
  std::vector<std::uint32_t> free_;
  Ends lists_[2];
  std::uint64_t resident_ = 0;
};

// ------------------------------------------------------------ read-ahead

// Which pages to read before they are asked for: Linux's on-demand rule, one
// state per open description (mm/readahead.c).
//
// A read at page 0 or next to the last one is sequential; anything else reads
// what was asked and leaves the state alone. The window grows x4, then x2, up
// to the maximum; touching its marker page starts the next one in the
// background, so a steady reader never waits.
struct PageRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

class ReadAhead {
 public:
  static constexpr std::uint64_t kPagesMax = 32;  // 128 KiB

  // kRandom: none. kSequential: twice the window.
  void Advise(env::Advice advice);
  // What to read when `page` is missing of a request for `count` pages.
  PageRange OnMiss(std::uint64_t page, std::uint64_t count);
  // What to start in the background when [page, page + count) was touched;
  // count 0: nothing.
  PageRange OnTouch(std::uint64_t page, std::uint64_t count);

 private:
  std::uint64_t InitialWindow(std::uint64_t count) const;
  std::uint64_t NextWindow() const;

  std::uint64_t pages_max_ = kPagesMax;
  std::uint64_t last_page_ = ~std::uint64_t{0} - 1;
  std::uint64_t start_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t async_size_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_PAGE_CACHE_H_
