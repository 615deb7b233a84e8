// What replicas and the config service say to each other (bodies of the frames
// kConfigRequest and kConfigReply).
//
// A replica sends a heartbeat every so often and whenever it wants to change
// the view; the service answers with the view in force, and pushes it to every
// member when it changes. Losing any of these messages is harmless: the next
// heartbeat repeats the question. A member of a config group that does not
// lead it answers with who does.
#ifndef WR_ENGINE_MEMBERSHIP_CONFIG_MESSAGES_H_
#define WR_ENGINE_MEMBERSHIP_CONFIG_MESSAGES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/replicator.h"

namespace wringer::membership {

struct ConfigRequest {
  NodeId from;
  Epoch known;          // the epoch of the view the sender holds
  Epoch kept;           // the sender has this on disk: it accepts nothing older
  LogPosition durable;  // how far the sender's log is durable
  // The sender acts as primary of `known`. A primary that has restarted does
  // not: it may have lost what it accepted and waits for a new epoch.
  bool leads = false;
  // The sender knows that it has lost what it once promised.
  bool forgot = false;
  // Set to ask for a lease: the sender's clock at the sending, from which it
  // will count the lease (Gray, Cheriton 1989). Comes back with the answer.
  std::optional<Nanos> lease_from;
  // Set to ask for a new view; granted only if `expected` is still in force.
  std::optional<replication::ConfigPropose> propose;
};

// "No other primary is appointed for `length` after you asked."
struct LeaseGrant {
  Incarnation incarnation;  // the life that asked
  Nanos from = 0;           // ConfigRequest::lease_from
  Nanos length = 0;         // on the service's clock
  bool operator==(const LeaseGrant&) const = default;
};

struct ConfigReply {
  // The view in force; epoch 0 from a member that does not lead the group.
  replication::ClusterView view;
  NodeId leader{};  // who does, if known
  std::optional<LeaseGrant> lease{};
};

void EncodeConfigRequest(const ConfigRequest& request, std::string* out);
absl::Status DecodeConfigRequest(Slice body, ConfigRequest* request);
void EncodeConfigReply(const ConfigReply& reply, std::string* out);
absl::Status DecodeConfigReply(Slice body, ConfigReply* reply);

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_CONFIG_MESSAGES_H_
