#include "sim/core/stack_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/check.h"
#include "sim/core/sanitizer_fiber.h"

#if __has_include(<valgrind/valgrind.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <valgrind/valgrind.h>
#pragma GCC diagnostic pop
#endif

namespace wringer::sim {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kColours = 4096 / kCacheLine;

std::size_t PageBytes() { return std::size_t(::sysconf(_SC_PAGESIZE)); }

}  // namespace

StackPool::StackPool(const StackPoolOptions& options) : options_(options) {
  WR_CHECK(options.stack_bytes % PageBytes() == 0);
  WR_CHECK(options.stack_bytes >= 4 * PageBytes());
}

StackPool::~StackPool() {
  WR_CHECK(taken_ == 0);
  const std::size_t slab_bytes = options_.stack_bytes * kStacksPerSlab;
  for (std::byte* slab : slabs_) {
    SanitizerUnpoison(slab, slab_bytes);
    WR_CHECK(::munmap(slab, slab_bytes) == 0);
  }
}

void StackPool::MapSlab() {
  const std::size_t slab_bytes = options_.stack_bytes * kStacksPerSlab;
  void* mapped = ::mmap(nullptr, slab_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  WR_CHECK_MSG(mapped != MAP_FAILED, "no address space for fiber stacks");
  // A huge page would make every stack of the slab resident at once.
  ::madvise(mapped, slab_bytes, MADV_NOHUGEPAGE);
  slabs_.push_back(static_cast<std::byte*>(mapped));
  carved_ = 0;
}

// A stack that was never used: its guard page is set up now.
Stack StackPool::Carve() {
  if (carved_ == kStacksPerSlab) MapSlab();
  // From the top, as the kernel maps slabs downwards.
  const std::size_t place = kStacksPerSlab - ++carved_;
  std::byte* low = slabs_.back() + place * options_.stack_bytes;
  const std::size_t guard = options_.guard_page ? PageBytes() : 0;
  if (guard > 0) {
    WR_CHECK_MSG(::mprotect(low, guard, PROT_NONE) == 0,
                 "guard page refused: raise vm.max_map_count");
  }
  // Stacks that all began at one offset in a page would share a few sets of
  // the caches, and parked fibers would drive each other out.
  const std::size_t colour = next_colour_++ % kColours * kCacheLine;
  const Stack stack{low + guard, options_.stack_bytes - guard - colour};
#ifdef VALGRIND_STACK_REGISTER
  // Never deregistered: the range stays a stack until it is unmapped.
  [[maybe_unused]] const auto id =
      VALGRIND_STACK_REGISTER(stack.bottom, stack.bottom + stack.size);
#endif
  return stack;
}

Stack StackPool::Take() {
  ++taken_;
  if (free_.empty()) return Carve();
  const Stack stack = free_.back();
  free_.pop_back();
  SanitizerUnpoison(stack.bottom, stack.size);
  return stack;
}

void StackPool::Give(Stack stack) {
  WR_CHECK(taken_ > 0);
  --taken_;
  SanitizerPoison(stack.bottom, stack.size);
  free_.push_back(stack);
}

std::size_t StackPool::mapped_bytes() const {
  return slabs_.size() * kStacksPerSlab * options_.stack_bytes;
}

std::size_t StackPool::resident_bytes() const {
  const std::size_t page = PageBytes();
  const std::size_t slab_bytes = options_.stack_bytes * kStacksPerSlab;
  std::vector<unsigned char> in_core(slab_bytes / page);
  std::size_t pages = 0;
  for (std::byte* slab : slabs_) {
    WR_CHECK(::mincore(slab, slab_bytes, in_core.data()) == 0);
    for (unsigned char flag : in_core) pages += flag & 1u;
  }
  return pages * page;
}

}  // namespace wringer::sim
