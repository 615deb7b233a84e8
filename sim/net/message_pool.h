// Messages in flight and the buffers they travel in, both reused.
//
// A slot is named by its index, which never moves; its neighbours on the same
// link form a doubly linked list, oldest first.
#ifndef WR_SIM_NET_MESSAGE_POOL_H_
#define WR_SIM_NET_MESSAGE_POOL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/types.h"
#include "sim/core/world.h"

namespace wringer::sim {

using MessageSlot = std::uint32_t;
inline constexpr MessageSlot kNoSlot = ~MessageSlot{0};

struct Message {
  std::string bytes;
  std::uint64_t id = 0;  // counts every message of the run, from 1
  Incarnation sender;
  std::uint32_t link = 0;
  // When it leaves the sender, and when it reaches the receiver's gate. While
  // held, `arrives - departs` is the travel time still to come.
  Nanos departs = 0;
  Nanos arrives = 0;
  EventId event;  // 0 while held
  MessageSlot previous = kNoSlot;
  MessageSlot next = kNoSlot;
};

struct MessageList {
  MessageSlot head = kNoSlot;
  MessageSlot tail = kNoSlot;
  bool empty() const { return head == kNoSlot; }
};

class MessagePool {
 public:
  MessagePool() = default;
  MessagePool(const MessagePool&) = delete;
  MessagePool& operator=(const MessagePool&) = delete;

  // A fresh slot. References into the pool are invalid afterwards.
  MessageSlot New() {
    ++live_;
    if (free_.empty()) {
      messages_.emplace_back();
      return static_cast<MessageSlot>(messages_.size() - 1);
    }
    const MessageSlot slot = free_.back();
    free_.pop_back();
    return slot;
  }

  // REQUIRES: the message is on no list.
  void Free(MessageSlot slot) {
    WR_CHECK(live_ > 0);
    --live_;
    // Mostly its bytes have gone elsewhere already.
    std::string& bytes = at(slot).bytes;
    if (!bytes.empty()) Recycle(std::move(bytes));
    free_.push_back(slot);
  }

  Message& at(MessageSlot slot) { return messages_[slot]; }
  const Message& at(MessageSlot slot) const { return messages_[slot]; }

  void Append(MessageList* list, MessageSlot slot) {
    Message& message = at(slot);
    message.previous = list->tail;
    message.next = kNoSlot;
    if (list->tail == kNoSlot) {
      list->head = slot;
    } else {
      at(list->tail).next = slot;
    }
    list->tail = slot;
  }

  void Remove(MessageList* list, MessageSlot slot) {
    Message& message = at(slot);
    (message.previous == kNoSlot ? list->head : at(message.previous).next) =
        message.next;
    (message.next == kNoSlot ? list->tail : at(message.next).previous) =
        message.previous;
  }

  std::string AcquireBuffer() {
    if (buffers_.empty()) return std::string();
    std::string buffer = std::move(buffers_.back());
    buffers_.pop_back();
    return buffer;
  }

  void Recycle(std::string buffer) {
    // A buffer that once carried a snapshot is not worth keeping, and neither
    // is one whose bytes went elsewhere.
    const std::size_t capacity = buffer.capacity();
    if (buffers_.size() >= kMaxBuffers || capacity > kMaxCapacity ||
        capacity < kMinCapacity) {
      return;
    }
    buffer.clear();
    buffers_.push_back(std::move(buffer));
  }

  std::uint64_t live() const { return live_; }

 private:
  static constexpr std::size_t kMaxBuffers = 256;
  static constexpr std::size_t kMaxCapacity = 64 << 10;
  static constexpr std::size_t kMinCapacity = 32;

  std::vector<Message> messages_;
  std::vector<MessageSlot> free_;
  std::vector<std::string> buffers_;
  std::uint64_t live_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_NET_MESSAGE_POOL_H_
