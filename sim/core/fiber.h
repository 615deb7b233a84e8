// Stackful fibers: the one place where stacks are switched.
//
// A fiber is resumed by the event loop's stack and suspends back to it; fibers
// never switch to each other. Every switch tells ASan and TSan, and carries the
// C++ runtime's exception state along, which Boost.Context does not: without
// that, two fibers that suspend inside catch blocks swap their exceptions.
//
// A fiber dies by returning, or by Unwind(): it is resumed once more and leaves
// every frame from its suspension point down, so destructors run. That is no
// exception but a forced unwinding, as of a cancelled thread: it need not look
// for a handler first, which halves the time a crash takes. An exception that
// reaches a fiber's bottom terminates, with the throwing stack still in place.
#ifndef WR_SIM_CORE_FIBER_H_
#define WR_SIM_CORE_FIBER_H_

#include <unwind.h>

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "engine/base/check.h"
#include "sim/core/sanitizer_fiber.h"
#include "sim/core/stack_pool.h"

namespace wringer::sim {

using FiberBody = absl::AnyInvocable<void()>;

class FiberPool;

// The Itanium C++ ABI's __cxa_eh_globals: what a thread catches and throws.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

// Lives at the top of its own stack.
class Fiber {
 public:
  // Runs the fiber until it suspends or ends. REQUIRES: not on a fiber.
  void Resume();
  // Gives control back to whoever resumed. REQUIRES: this fiber runs now, and
  // no exception is in flight. Does not return when the fiber must die.
  void Suspend();
  // Dies from where it is, as in Suspend. REQUIRES: this fiber runs now, and
  // may_leave().
  [[noreturn]] void Leave();
  // Kills a suspended fiber; returns when its destructors have run. One that
  // never ran only loses its body. REQUIRES: not on a fiber.
  void Unwind();

  bool done() const { return done_; }
  bool unwinding() const { return unwinding_; }
  // Not while destructors run.
  bool may_leave() const {
    return !body_left_ && !leaving_ && !exception_in_flight();
  }

  // Where it is suspended: its saved registers, for a debugger. Null once done.
  const void* context() const { return context_; }

  // For the owner: who this is.
  void* owner() const { return owner_; }
  std::uint64_t tag() const { return tag_; }

 private:
  friend class FiberPool;
  struct Entry;
  struct Unwinding {
    _Unwind_Exception exception;  // what the C++ runtime knows of it
    Fiber* fiber;
  };

  Fiber(FiberPool* pool, Stack stack, FiberBody body);
  ~Fiber();
  void SwitchBack(bool last);
  // On its own stack, whose frames are done with.
  [[noreturn]] void End();
  bool exception_in_flight() const;
  [[noreturn, gnu::cold, gnu::noinline]] static void FailInFlight();

  FiberPool* pool_;
  Stack stack_;
  FiberBody body_;
  void* context_;         // where to resume; null once done
  void* loop_ = nullptr;  // where to go back to while running
  ExceptionState exceptions_;
  SanitizerStack sanitizer_;
  SanitizerStack loop_sanitizer_;
  void* owner_ = nullptr;
  std::uint64_t tag_ = 0;
  bool started_ = false;
  bool done_ = false;
  bool unwinding_ = false;
  bool leaving_ = false;    // its frames, at this moment
  bool body_left_ = false;  // only the body's own destructor remains
  Unwinding forced_unwinding_{};
};

class FiberPool {
 public:
  // A pool and its fibers belong to the thread that made the pool.
  explicit FiberPool(const StackPoolOptions& options = {});

  // A fiber that has not run yet.
  Fiber* Create(FiberBody body, void* owner, std::uint64_t tag);
  // REQUIRES: done, or never resumed.
  void Destroy(Fiber* fiber);

  // The fiber that runs now; null on the loop's stack.
  Fiber* current() const { return current_; }
  std::size_t live() const { return stacks_.taken(); }
  const StackPool& stacks() const { return stacks_; }

 private:
  friend class Fiber;
  StackPool stacks_;
  ExceptionState* const exceptions_;  // the thread's
  Fiber* current_ = nullptr;
};

inline bool Fiber::exception_in_flight() const {
  return pool_->exceptions_->uncaught > 0;
}

// Inline: a frame less to unwind for every fiber of a dying node.
inline void Fiber::Suspend() {
  WR_CHECK(pool_->current_ == this);
  if (leaving_ || exception_in_flight()) [[unlikely]] {
    FailInFlight();
  }
  SwitchBack(/*last=*/false);
  if (unwinding_) [[unlikely]] {
    Leave();
  }
}

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_FIBER_H_
