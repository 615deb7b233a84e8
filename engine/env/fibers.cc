#include "engine/env/fibers.h"

namespace wringer::env {

void WaitQueue::Wait() {
  waiting_.push_back(fibers_->self());
  fibers_->Park();
}

void WaitQueue::WakeOne() {
  if (waiting_.empty()) return;
  const FiberId fiber = waiting_.front();
  waiting_.pop_front();
  fibers_->Unpark(fiber);
}

void WaitQueue::WakeAll() {
  while (!waiting_.empty()) WakeOne();
}

void Mutex::Lock() {
  while (held_) waiters_.Wait();
  held_ = true;
}

void Mutex::Unlock() {
  WR_CHECK(held_);
  held_ = false;
  waiters_.WakeOne();
}

}  // namespace wringer::env
