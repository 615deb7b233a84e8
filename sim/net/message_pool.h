// Messages in flight and the buffers they travel in, both reused: a message
// that is free keeps its buffer for the next that is written.
//
// A message never moves, so its bytes are read where they are; those on the
// same link form a doubly linked list, oldest first.
#ifndef WR_SIM_NET_MESSAGE_POOL_H_
#define WR_SIM_NET_MESSAGE_POOL_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/types.h"
#include "sim/core/world.h"

namespace wringer::sim {

class SimNetwork;

struct Message {
  std::string bytes;
  std::uint64_t id = 0;  // counts every message of the run, from 1
  // When it leaves the sender, and when it reaches the receiver's gate. While
  // held, `arrives - departs` is the travel time still to come.
  Nanos departs = 0;
  Nanos arrives = 0;
  EventId event;                // 0 while held
  Message* previous = nullptr;  // on its link
  Message* next = nullptr;      // on its link, or among the free
  std::uint32_t link = 0;
  SimNetwork* network = nullptr;
};

class MessageList {
 public:
  bool empty() const { return head_ == nullptr; }
  Message* head() const { return head_; }

  void Append(Message* message) {
    message->previous = tail_;
    message->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = message;
    tail_ = message;
  }
  // REQUIRES: it is on this list.
  void Remove(Message* message) {
    (message->previous == nullptr ? head_ : message->previous->next) =
        message->next;
    (message->next == nullptr ? tail_ : message->next->previous) =
        message->previous;
  }

 private:
  Message* head_ = nullptr;
  Message* tail_ = nullptr;
};

class MessagePool {
 public:
  MessagePool() = default;
  MessagePool(const MessagePool&) = delete;
  MessagePool& operator=(const MessagePool&) = delete;

  // A message with these bytes, on no list.
  Message* New(std::string&& bytes) {
    if (free_ == nullptr) [[unlikely]] {
      free_ = &messages_.emplace_back();
    }
    Message* const message = free_;
    free_ = message->next;
    ++live_;
    message->bytes = std::move(bytes);
    return message;
  }

  // REQUIRES: the message is on no list.
  void Free(Message* message) {
    WR_CHECK(live_ > 0);
    --live_;
    // A buffer that once carried a snapshot is not worth keeping.
    if (message->bytes.capacity() > kMaxCapacity) [[unlikely]] {
      message->bytes = std::string();
    }
    message->bytes.clear();
    message->next = free_;
    free_ = message;
  }

  std::string AcquireBuffer() {
    return free_ == nullptr ? std::string() : std::move(free_->bytes);
  }

  std::uint64_t live() const { return live_; }

 private:
  static constexpr std::size_t kMaxCapacity = 64 << 10;

  std::deque<Message> messages_;  // which does not move them
  Message* free_ = nullptr;
  std::uint64_t live_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_NET_MESSAGE_POOL_H_
