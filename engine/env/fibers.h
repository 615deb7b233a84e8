// Fibers, timers, and what fibers wait on.
//
// A fiber is a stack of its own that runs until it blocks. All fibers of a node
// run on one thread, one at a time, and only the calls marked "may yield"
// switch. Handlers (message delivery, timers, completions) are not fibers: they
// run straight from the event loop and must not call anything that may yield.
//
// Crash: when the node dies, every parked fiber is unwound from where it waits:
// destructors run, nothing else does. It looks like an exception to what is
// above; no engine code catches it (`catch (...)` is forbidden), nothing that
// may yield is noexcept, and a destructor never blocks. Timers of a dead node
// never fire.
#ifndef WR_ENGINE_ENV_FIBERS_H_
#define WR_ENGINE_ENV_FIBERS_H_

#include <cstdint>
#include <deque>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "engine/base/check.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::env {

// Names a parked or running fiber of this node; 0 is none.
using FiberId = StrongInt<struct FiberIdTag>;
// Names an armed timer; a stale id is harmless. 0 is none.
using TimerId = StrongInt<struct TimerIdTag>;

// Receives timers without an allocation per arming.
class TimerTarget {
 public:
  virtual ~TimerTarget() = default;
  // A handler: must not yield. `cookie` is what ArmTimer was given.
  virtual void OnTimer(std::uint64_t cookie) = 0;
};

class Fibers {
 public:
  virtual ~Fibers() = default;

  // Starts `body` on a new fiber at the current instant, after the caller's
  // event. `name` shows in traces and debuggers ("wal", "applier"). Does not
  // yield. May be called from handlers and fibers.
  virtual FiberId Spawn(Slice name, absl::AnyInvocable<void()> body) = 0;

  // Blocks the calling fiber for `d` of this node's monotonic time.
  // May yield, even for d = 0. REQUIRES: on a fiber.
  virtual void Sleep(Nanos d) = 0;

  // Blocks the calling fiber until Unpark(self()). May yield; always does.
  // A wake-up that comes first is not remembered: build on WaitQueue.
  // REQUIRES: on a fiber.
  virtual void Park() = 0;
  // Makes a parked fiber runnable at the current instant. Does not yield.
  // Unparking a fiber that is not parked, or is gone, does nothing.
  virtual void Unpark(FiberId fiber) = 0;
  // The calling fiber, or 0 in a handler.
  virtual FiberId self() const = 0;

  // Calls `target->OnTimer(cookie)` as a handler once `d` of this node's
  // monotonic time has passed. `target` must outlive the timer or cancel it.
  virtual TimerId ArmTimer(Nanos d, TimerTarget* target,
                           std::uint64_t cookie) = 0;
  // Returns false if it fired, was cancelled, or never was.
  virtual bool CancelTimer(TimerId timer) = 0;
};

// Fibers waiting for something, first come first served. The building block of
// the rest. Not thread-safe: one node, one thread.
class WaitQueue {
 public:
  explicit WaitQueue(Fibers* fibers) : fibers_(fibers) {}
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  // Parks the calling fiber until woken. May yield. Callers loop on their
  // condition: between the wake-up and running, others may have run.
  void Wait();
  // Neither yields. Waking an empty queue does nothing.
  void WakeOne();
  void WakeAll();
  bool empty() const { return waiting_.empty(); }

 private:
  Fibers* fibers_;
  std::deque<FiberId> waiting_;
};

// Mutual exclusion between fibers, for sections that yield while they hold it.
// Between two suspension points no lock is needed at all.
class Mutex {
 public:
  explicit Mutex(Fibers* fibers) : waiters_(fibers) {}
  // May yield. REQUIRES: on a fiber that does not hold it.
  void Lock();
  // Does not yield.
  void Unlock();
  bool held() const { return held_; }

 private:
  bool held_ = false;
  WaitQueue waiters_;
};

class MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) : mutex_(mutex) { mutex_->Lock(); }
  ~MutexLock() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* mutex_;
};

// A value that arrives once. Set from anywhere, awaited by one or more fibers.
template <typename T>
class Future {
 public:
  explicit Future(Fibers* fibers) : waiters_(fibers) {}
  // Does not yield. REQUIRES: not set before.
  void Set(T value) {
    WR_CHECK(!set_);
    value_ = std::move(value);
    set_ = true;
    waiters_.WakeAll();
  }
  // May yield. Returns the value, which stays with the future.
  const T& Await() {
    while (!set_) waiters_.Wait();
    return value_;
  }
  bool ready() const { return set_; }

 private:
  bool set_ = false;
  T value_{};
  WaitQueue waiters_;
};

// A queue between handlers (which push) and one fiber (which pops).
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(Fibers* fibers) : waiters_(fibers) {}
  // Does not yield.
  void Push(T item) {
    items_.push_back(std::move(item));
    waiters_.WakeOne();
  }
  // Waits until there is something. May yield.
  T Pop() {
    while (items_.empty()) waiters_.Wait();
    T item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }

 private:
  std::deque<T> items_;
  WaitQueue waiters_;
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_FIBERS_H_
