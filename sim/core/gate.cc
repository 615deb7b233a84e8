#include "sim/core/gate.h"

namespace wringer::sim {

Gate::Verdict Gate::AdmitSlowly(EventQueue* queue, EventIndex index,
                                Nanos now) {
  const bool is_head = index == head_;
  if (is_head) head_ = 0;
  if (paused_) {
    Hold(queue, index, /*first=*/is_head);
    return Verdict::kWait;
  }
  if (head_ != 0) {
    Hold(queue, index, /*first=*/false);
    return Verdict::kWait;
  }
  WR_CHECK(is_head || line_.empty());
  if (busy_until_ > now) {
    SendHead(queue, index, now);
    return Verdict::kWait;
  }
  return Verdict::kRun;
}

void Gate::Hold(EventQueue* queue, EventIndex index, bool first) {
  if (first) {
    queue->PushFront(&line_, index);
  } else {
    queue->PushBack(&line_, index);
  }
  queue->at(index).state = EventState::kHeld;
}

void Gate::SendHead(EventQueue* queue, EventIndex index, Nanos now) {
  WR_CHECK(head_ == 0);
  if (busy_until_ > now) {
    queue->Requeue(index, busy_until_);
  } else {
    queue->RequeueFirst(index, now);
  }
  queue->at(index).state = EventState::kHead;
  head_ = index;
}

void Gate::Promote(EventQueue* queue, Nanos now) {
  if (paused_ || head_ != 0) return;
  const EventIndex index = line_.first;
  queue->Remove(&line_, index);
  SendHead(queue, index, now);
}

void Gate::Leave(EventQueue* queue, EventIndex index, Nanos now) {
  if (index == head_) {
    queue->Unlink(index);
    head_ = 0;
    Next(queue, now);
    return;
  }
  WR_CHECK(queue->at(index).state == EventState::kHeld);
  queue->Remove(&line_, index);
}

void Gate::Open(Nanos now) {
  WR_CHECK(!open_);
  WR_CHECK(head_ == 0);
  WR_CHECK(line_.empty());
  ++incarnation_;
  open_ = true;
  paused_ = false;
  busy_until_ = now;
}

void Gate::Close() {
  WR_CHECK(open_);
  open_ = false;
  paused_ = false;
}

EventIndex Gate::TakeFirst(EventQueue* queue) {
  WR_CHECK(!open_);
  if (head_ != 0) {
    const EventIndex index = head_;
    queue->Unlink(index);
    head_ = 0;
    return index;
  }
  const EventIndex index = line_.first;
  if (index != 0) queue->Remove(&line_, index);
  return index;
}

void Gate::Pause(Nanos now) {
  WR_CHECK(open_);
  if (paused_) return;
  paused_ = true;
  paused_since_ = now;
}

void Gate::Resume(EventQueue* queue, Nanos now) {
  WR_CHECK(open_);
  if (!paused_) return;
  paused_ = false;
  // Work that was interrupted still has to be done.
  if (busy_until_ > paused_since_) busy_until_ += now - paused_since_;
  Next(queue, now);
}

}  // namespace wringer::sim
