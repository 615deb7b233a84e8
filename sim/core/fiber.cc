#include "sim/core/fiber.h"

#include <cxxabi.h>

#include <boost/context/detail/fcontext.hpp>
#include <cstdint>
#include <exception>
#include <new>
#include <utility>

#include "engine/base/check.h"

namespace wringer::sim {

namespace context = boost::context::detail;

// The bottom frame of every fiber.
struct Fiber::Entry {
  static void Run(context::transfer_t from) noexcept {
    Fiber* self = static_cast<Fiber*>(from.data);
    self->loop_ = from.fctx;
    SanitizerEnter(&self->sanitizer_, &self->loop_sanitizer_);
    self->body_();
    self->End();
  }

  // Asked before each frame is left: goes on up to the bottom.
  static _Unwind_Reason_Code Stop(int, _Unwind_Action actions,
                                  _Unwind_Exception_Class, _Unwind_Exception*,
                                  _Unwind_Context* frame, void* fiber) {
    WR_CHECK((actions & _UA_END_OF_STACK) == 0);
    const _Unwind_Ptr bottom = reinterpret_cast<_Unwind_Ptr>(&Run);
    if (_Unwind_GetRegionStart(frame) != bottom) return _URC_NO_REASON;
    static_cast<Fiber*>(fiber)->End();
  }

  // A catch (...) let it live on, until it suspends again.
  static void OnSwallowed(_Unwind_Reason_Code, _Unwind_Exception* exception) {
    reinterpret_cast<Unwinding*>(exception)->fiber->leaving_ = false;
  }
};

void Fiber::Leave() {
  leaving_ = true;
  forced_unwinding_ = {{.exception_class = 0,
                        .exception_cleanup = &Entry::OnSwallowed,
                        .private_1 = 0,
                        .private_2 = 0},
                       this};
  _Unwind_ForcedUnwind(&forced_unwinding_.exception, &Entry::Stop, this);
  std::terminate();  // a frame that cannot be left
}

void Fiber::End() {
  body_left_ = true;
  body_ = nullptr;
  done_ = true;
  SwitchBack(/*last=*/true);
  std::terminate();  // a finished fiber was resumed
}

Fiber::Fiber(FiberPool* pool, Stack stack, FiberBody body)
    : pool_(pool), stack_(stack), body_(std::move(body)) {
  std::byte* top = reinterpret_cast<std::byte*>(this);
  const std::size_t size = std::size_t(top - stack.bottom);
  context_ = context::make_fcontext(top, size, &Entry::Run);
  sanitizer_.bottom = stack.bottom;
  sanitizer_.size = size;
  SanitizerCreate(&sanitizer_);
}

Fiber::~Fiber() { SanitizerDestroy(&sanitizer_); }

void Fiber::Resume() {
  WR_CHECK(pool_->current_ == nullptr);
  WR_CHECK(!done_);
  pool_->current_ = this;
  started_ = true;
  ExceptionState* const exceptions = pool_->exceptions_;
  const ExceptionState mine = *exceptions;
  *exceptions = exceptions_;
  SanitizerLeave(&loop_sanitizer_, sanitizer_, /*last=*/false);
  const context::transfer_t back = context::jump_fcontext(context_, this);
  SanitizerEnter(&loop_sanitizer_, &sanitizer_);
  context_ = back.fctx;
  exceptions_ = *exceptions;
  *exceptions = mine;
  pool_->current_ = nullptr;
}

void Fiber::SwitchBack(bool last) {
  SanitizerLeave(&sanitizer_, loop_sanitizer_, last);
  const context::transfer_t back = context::jump_fcontext(loop_, nullptr);
  loop_ = back.fctx;
  SanitizerEnter(&sanitizer_, &loop_sanitizer_);
}

void Fiber::FailInFlight() {
  WR_CHECK_MSG(
      false, "suspended while an exception is in flight: a destructor blocks");
  std::terminate();
}

void Fiber::Unwind() {
  WR_CHECK(pool_->current_ == nullptr);
  WR_CHECK(!done_);
  unwinding_ = true;
  if (!started_) {
    body_left_ = true;
    body_ = nullptr;
    done_ = true;
    return;
  }
  Resume();
  WR_CHECK_MSG(done_, "a fiber suspended again while it was unwound");
}

FiberPool::FiberPool(const StackPoolOptions& options)
    : stacks_(options),
      exceptions_(reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals())) {
}

Fiber* FiberPool::Create(FiberBody body, void* owner, std::uint64_t tag) {
  const Stack stack = stacks_.Take();
  constexpr std::size_t kAlign = 64;
  static_assert(alignof(Fiber) <= kAlign);
  std::byte* top = stack.bottom + stack.size;
  std::byte* place = top - (sizeof(Fiber) + kAlign - 1) / kAlign * kAlign;
  Fiber* fiber = new (place) Fiber(this, stack, std::move(body));
  fiber->owner_ = owner;
  fiber->tag_ = tag;
  return fiber;
}

void FiberPool::Destroy(Fiber* fiber) {
  WR_CHECK(fiber != current_);
  WR_CHECK(fiber->done_ || !fiber->started_);
  const Stack stack = fiber->stack_;
  fiber->~Fiber();
  stacks_.Give(stack);
}

}  // namespace wringer::sim
