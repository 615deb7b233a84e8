// The requests a node has taken lately, so that one which the network delivers
// twice is not executed twice.
//
// A replicated log does not need this: its session table recognises what was
// executed, for ever. Leaderless coordinators have no such table, and a put
// executed again would give an old value a newer version than what was written
// since. The memory is bounded and dies with the process: it covers the doubles
// of a network, which follow closely, not retries, which are attempts of their
// own.
#ifndef WR_ENGINE_NODE_CONTRACT_RECENT_REQUESTS_H_
#define WR_ENGINE_NODE_CONTRACT_RECENT_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "engine/base/types.h"
#include "engine/wire/messages.h"

namespace wringer::node {

class RecentRequests {
 public:
  explicit RecentRequests(std::size_t most) : most_(most) {}

  // False if this attempt of this request is among the last `most` ones.
  bool Note(const wire::ClientRequest& request) {
    const Key key{request.command.client.value(), request.command.seq.value(),
                  request.attempt};
    if (!seen_.insert(key).second) return false;
    order_.push_back(key);
    if (order_.size() > most_) {
      seen_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>;

  const std::size_t most_;
  absl::flat_hash_set<Key> seen_;  // look-up only
  std::deque<Key> order_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_RECENT_REQUESTS_H_
