// The node's line to the config service: a heartbeat with what the service
// needs to judge, the leases it grants, and its views.
//
// One member of the service is spoken to at a time, the one believed to lead
// it. A redirect is followed at once, but once a heartbeat: two members that
// point at each other do not make a storm. A member that says nothing for a few
// heartbeats is given up for the next. Losing any message is harmless: a
// proposal that was not granted is repeated with every heartbeat until a view
// of a later epoch arrives.
#ifndef WR_ENGINE_NODE_CONFIG_LINK_H_
#define WR_ENGINE_NODE_CONFIG_LINK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/env/env.h"
#include "engine/log_store/log_store.h"
#include "engine/membership/config_messages.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/node/contract/outbox.h"
#include "engine/replication/replicator.h"

namespace wringer::node {

class ConfigLink : private env::TimerTarget {
 public:
  ConfigLink(const NodeOptions& options, env::Env* env, Outbox* outbox,
             const log_store::LogStore* log,
             const replication::Replicator* replicator, Host* host);

  // Sends the first heartbeat. Nothing if there is no config service.
  void Start();
  void Stop() { stopped_ = true; }
  // Nothing here yields. A later proposal replaces one that is unanswered.
  void Propose(replication::ConfigPropose propose);
  // False if the body is malformed.
  bool OnReply(NodeId from, Slice body);

 private:
  // Heartbeats without an answer before the next member is tried.
  static constexpr std::uint32_t kSilentBeats = 3;

  void OnTimer(std::uint64_t cookie) override;
  void SendRequest();
  void FollowRedirect(NodeId leader);
  // Until when the lease counts on this node's clock; 0 if it is none of ours.
  Nanos LeaseUntil(const membership::LeaseGrant& lease) const;
  Nanos LeaseClock() const;

  const NodeOptions& options_;
  env::Env* const env_;
  Outbox* const outbox_;
  const log_store::LogStore* const log_;
  const replication::Replicator* const replicator_;
  Host* const host_;
  bool stopped_ = false;
  std::size_t target_ = 0;  // whom to speak to, in options_.config_nodes
  std::uint32_t silent_beats_ = 0;
  bool redirected_ = false;  // since the last heartbeat
  // The newest view heard of in this life.
  std::optional<replication::ClusterView> view_;
  std::optional<replication::ConfigPropose> propose_;
  std::string body_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONFIG_LINK_H_
