// Stacks for fibers: mapped in slabs, touched page by page, used again and
// again.
//
// A stack costs address space until it is used and two or three pages after.
// The lowest page of each is inaccessible, so an overflow stops at once, in
// every build. Under ASan a free stack is poisoned: a pointer into a dead
// fiber is found.
#ifndef WR_SIM_CORE_STACK_POOL_H_
#define WR_SIM_CORE_STACK_POOL_H_

#include <cstddef>
#include <vector>

#include "sim/core/sanitizer_fiber.h"

namespace wringer::sim {

struct StackPoolOptions {
  // Unoptimised and sanitized frames are several times larger.
#if defined(__OPTIMIZE__) && !defined(WR_ASAN) && !defined(WR_TSAN)
  static constexpr std::size_t kStackBytesDefault = 64 * 1024;
#else
  static constexpr std::size_t kStackBytesDefault = 256 * 1024;
#endif

  // Address space of one stack, guard page included; whole pages.
  std::size_t stack_bytes = kStackBytesDefault;
  bool guard_page = true;
};

// The usable part of a stack: [bottom, bottom + size).
struct Stack {
  std::byte* bottom = nullptr;
  std::size_t size = 0;
};

class StackPool {
 public:
  explicit StackPool(const StackPoolOptions& options);
  // REQUIRES: every stack came back.
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  // The stack used last, or a new one. Aborts if there is no address space.
  Stack Take();
  void Give(Stack stack);

  std::size_t taken() const { return taken_; }
  std::size_t mapped_bytes() const;
  // Pages of all stacks, used and free, that occupy memory now.
  std::size_t resident_bytes() const;

 private:
  static constexpr std::size_t kStacksPerSlab = 16;
  void MapSlab();
  Stack Carve();

  StackPoolOptions options_;
  std::size_t taken_ = 0;
  std::vector<std::byte*> slabs_;
  std::size_t carved_ = kStacksPerSlab;  // stacks of the last slab in use
  std::size_t next_colour_ = 0;
  std::vector<Stack> free_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_STACK_POOL_H_
