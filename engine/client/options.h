// How a client behaves: whom it talks to, how long it waits, when it gives up.
#ifndef WR_ENGINE_CLIENT_OPTIONS_H_
#define WR_ENGINE_CLIENT_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/types.h"
#include "engine/wire/levels.h"

namespace wringer::client {

// Where reads go that any replica may answer (local, session, bounded).
enum class ReadRouting : std::uint8_t {
  kLeader,  // like writes
  kHome,    // always the same node, until it fails to answer
  kSpread,  // any node, drawn anew for each operation
};

struct ClientOptions {
  std::uint64_t cluster = 0;
  std::vector<NodeId> nodes;  // the replicas, ascending
  NodeId home;                // kHome; 0: chosen by the client's own id
  ReadRouting read_routing = ReadRouting::kLeader;
  // Leaderless models: any node coordinates, so everything goes home, and
  // elsewhere for a time after home failed.
  bool leaderless = false;
  // Whether the model keeps sessions; without, a write is sent once only.
  bool sessions = true;
  // The level at which sessions are opened: one the model offers.
  wire::WriteLevel register_level;
  // Boots of this client, from 1: session ids must not repeat.
  Incarnation incarnation{1};
  // Whether the network may deliver one message twice. Then a refusal of an
  // attempt does not prove that its double was not executed, and the outcome
  // of every write that does not succeed is unknown.
  bool links_duplicate = false;

  Nanos attempt_timeout = 300 * kMillisecond;
  Nanos deadline = 3 * kSecond;  // of an operation, first attempt included
  std::uint32_t max_attempts = 100;
  // Pause before the n-th retry: drawn from [0, min(max, min << n)], not less
  // than a quarter of that.
  Nanos backoff_min = 5 * kMillisecond;
  Nanos backoff_max = 200 * kMillisecond;
  // How long a coordinator that failed is left alone: at first, and at most.
  Nanos shun_min = 1 * kSecond;
  Nanos shun_max = 30 * kSecond;
  // Redirects followed at once; later ones wait like any retry.
  std::uint32_t prompt_redirects = 3;
  // Operations under way; more wait in the client.
  std::size_t max_outstanding = 256;
};

// kInvalidArgument naming the first field that makes no sense.
absl::Status Validate(const ClientOptions& options);

}  // namespace wringer::client

#endif  // WR_ENGINE_CLIENT_OPTIONS_H_
