// What the sanitizers must be told about stack switches; nothing in other
// builds.
//
// ASan keeps a fake stack per fiber and the bounds of the current real one;
// without the calls it prints "false positive error reports may follow" and
// goes on. TSan keeps a shadow call stack per fiber.
#ifndef WR_SIM_CORE_SANITIZER_FIBER_H_
#define WR_SIM_CORE_SANITIZER_FIBER_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WR_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define WR_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define WR_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__)
#define WR_TSAN 1
#endif

#ifdef WR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WR_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace wringer::sim {

// One side of a switch: what the sanitizers know about this stack.
struct SanitizerStack {
  void* asan_fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* tsan_fiber = nullptr;
};

inline void SanitizerCreate([[maybe_unused]] SanitizerStack* stack) {
#ifdef WR_TSAN
  stack->tsan_fiber = __tsan_create_fiber(0);
#endif
}

inline void SanitizerDestroy([[maybe_unused]] SanitizerStack* stack) {
#ifdef WR_TSAN
  __tsan_destroy_fiber(stack->tsan_fiber);
#endif
}

// Directly before the jump. `last`: the stack left will never run again.
inline void SanitizerLeave([[maybe_unused]] SanitizerStack* from,
                           [[maybe_unused]] const SanitizerStack& to,
                           [[maybe_unused]] bool last) {
#ifdef WR_TSAN
  if (from->tsan_fiber == nullptr) {
    from->tsan_fiber = __tsan_get_current_fiber();
  }
  __tsan_switch_to_fiber(to.tsan_fiber, 0);
#endif
#ifdef WR_ASAN
  __sanitizer_start_switch_fiber(last ? nullptr : &from->asan_fake_stack,
                                 to.bottom, to.size);
#endif
}

// Directly after the jump, on the stack entered. Learns where `from` lies.
inline void SanitizerEnter([[maybe_unused]] SanitizerStack* to,
                           [[maybe_unused]] SanitizerStack* from) {
#ifdef WR_ASAN
  __sanitizer_finish_switch_fiber(to->asan_fake_stack, &from->bottom,
                                  &from->size);
#endif
}

inline void SanitizerPoison([[maybe_unused]] void* start,
                            [[maybe_unused]] std::size_t size) {
#ifdef WR_ASAN
  __asan_poison_memory_region(start, size);
#endif
}

inline void SanitizerUnpoison([[maybe_unused]] void* start,
                              [[maybe_unused]] std::size_t size) {
#ifdef WR_ASAN
  __asan_unpoison_memory_region(start, size);
#endif
}

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_SANITIZER_FIBER_H_
