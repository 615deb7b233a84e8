// The client requests a node has not answered yet, and which of them wait for
// a log entry to be executed.
#ifndef WR_ENGINE_NODE_CONTRACT_TICKETS_H_
#define WR_ENGINE_NODE_CONTRACT_TICKETS_H_

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/base/types.h"
#include "engine/replication/replicator.h"
#include "engine/wire/messages.h"

namespace wringer::node {

struct OpenRequest {
  NodeId from;  // where the answer goes
  ClientId client;
  RequestSeq seq;
  std::uint32_t attempt = 0;
  wire::OpKind kind = wire::OpKind::kGet;
  std::string key;
  wire::WriteLevel write_asked;
  // A read: the level to claim, and whether the model has the last word.
  wire::ReadLevel delivered;
  bool confirm = false;
  // A read that was done and awaits the model's verdict.
  wire::ClientReply stash;
};

class Tickets {
 public:
  replication::Ticket Open(OpenRequest request) {
    const replication::Ticket ticket = next_;
    ++next_;
    open_.emplace_hint(open_.end(), ticket, std::move(request));
    return ticket;
  }
  // Null if answered already.
  OpenRequest* Find(replication::Ticket ticket) {
    const auto it = open_.find(ticket);
    return it == open_.end() ? nullptr : &it->second;
  }
  void Close(replication::Ticket ticket) { open_.erase(ticket); }
  std::size_t size() const { return open_.size(); }
  // The oldest open one; 0 if none.
  replication::Ticket First() const {
    return open_.empty() ? replication::Ticket{} : open_.begin()->first;
  }

 private:
  replication::Ticket next_{1};
  absl::btree_map<replication::Ticket, OpenRequest> open_;
};

// Answers that wait for the entry at a place to be executed, by index.
class ApplyWaiters {
 public:
  void Add(replication::ReplyAfterApply waiter) {
    auto place = waiting_.end();
    while (place != waiting_.begin() &&
           std::prev(place)->at.index > waiter.at.index) {
      --place;
    }
    waiting_.insert(place, std::move(waiter));
  }
  // Takes those that wait for a place up to `index`.
  bool TakeUpTo(LogIndex index, replication::ReplyAfterApply* waiter) {
    if (waiting_.empty() || waiting_.front().at.index > index) return false;
    *waiter = std::move(waiting_.front());
    waiting_.pop_front();
    return true;
  }
  bool Contains(LogPosition position) const {
    for (const replication::ReplyAfterApply& waiter : waiting_) {
      if (waiter.at == position) return true;
    }
    return false;
  }
  void Clear() { waiting_.clear(); }

 private:
  std::deque<replication::ReplyAfterApply> waiting_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_TICKETS_H_
