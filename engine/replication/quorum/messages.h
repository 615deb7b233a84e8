// What the nodes of a leaderless group say to each other.
#ifndef WR_ENGINE_REPLICATION_QUORUM_MESSAGES_H_
#define WR_ENGINE_REPLICATION_QUORUM_MESSAGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/replicator.h"

namespace wringer::replication::quorum {

using Item = std::pair<std::string, Versioned>;

// Coordinator to owner: hold this version or a greater one. Answered by a
// WriteAck once it is durable. `id` 0 wants no answer.
struct WriteRequest {
  std::uint64_t id = 0;
  std::string key;
  Versioned value;
};
struct WriteAck {
  std::uint64_t id = 0;
};

struct ReadRequest {
  std::uint64_t id = 0;
  std::string key;
};
struct ReadReply {
  std::uint64_t id = 0;
  std::optional<Versioned> held;
};

// Anti-entropy: the sender's Merkle leaves over the keys both own.
struct TreeOffer {
  std::uint64_t id = 0;
  std::vector<std::uint64_t> leaves;
};
// The leaves that differ; the items of those leaves follow, both ways.
struct TreeDiff {
  std::uint64_t id = 0;
  std::vector<std::uint32_t> leaves;
};
struct Items {
  std::vector<Item> items;
};

// A node that has lost its disk reads everything back, page by page.
struct RebuildRequest {
  std::uint64_t life = 0;  // names this rebuilding
  std::string from;
};
struct RebuildReply {
  std::uint64_t life = 0;
  std::vector<Item> items;
  bool more = false;
};

using Message =
    std::variant<WriteRequest, WriteAck, ReadRequest, ReadReply, TreeOffer,
                 TreeDiff, Items, RebuildRequest, RebuildReply>;

void Encode(const Message& message, std::string* out);
// kInvalidArgument on anything that Encode did not make.
absl::Status Decode(Slice bytes, Message* message);

}  // namespace wringer::replication::quorum

#endif  // WR_ENGINE_REPLICATION_QUORUM_MESSAGES_H_
