// The scripted config service, for teaching: one party of perfect memory that
// judges (config_judge.h) and executes what it decides at once
// (config_state.h). The real one is a Raft group of nodes that run the same two
// parts with a log between them (engine/node/config_seat.h).
//
// It is the authority that makes failover fenced: an epoch is granted to one
// primary, once, and epochs only grow.
//
// Pure: inputs are heartbeats, proposals and the passing of time; outputs are
// the replies to send.
#ifndef WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_
#define WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_

#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "engine/membership/config_judge.h"
#include "engine/membership/config_messages.h"
#include "engine/membership/config_state.h"
#include "engine/replication/replicator.h"

namespace wringer::membership {

class ConfigService {
 public:
  using Output = std::vector<std::pair<NodeId, ConfigReply>>;

  explicit ConfigService(const ConfigServiceOptions& options);

  // A replica, in its life `incarnation`, spoke at monotonic time `now`.
  void OnRequest(Nanos now, Incarnation incarnation,
                 const ConfigRequest& request, Output* out);
  // Call at least every failover_after / 4.
  void OnTick(Nanos now, Output* out);
  // An operator appoints `primary` in the next epoch, once no lease forbids it;
  // `in_sync` empty: as the service sees it. False if the rules forbid it: the
  // primary comes from the in-sync set in force.
  bool Grant(Nanos now, NodeId primary, std::vector<NodeId> in_sync,
             Output* out);

  const replication::ClusterView& view() const { return view_; }

 private:
  void Install(Nanos now, const ConfigCommand& command, Output* out);

  ConfigJudge judge_;
  replication::ClusterView view_;
};

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_
