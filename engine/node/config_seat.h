// A member's seat in the config group: the service that replicas speak to.
//
// The member that leads the group judges (membership/config_judge.h): it hears
// the replicas, and proposes commands to the group's log; what the log has
// committed is executed by every member (config_machine.h) and pushed to the
// replicas by the leader. Other members answer with who leads.
//
// Two things keep a deposed leader harmless. A command names the epoch it
// replaces, and is executed in log order. And a lease is granted only after a
// read round of the group that began after the asking: whoever leads next was
// elected after that, and waits for as long as a lease lasts before it appoints
// anybody else.
//
// A leader judges once it has executed the first entry of its own term: then it
// knows every command of its predecessors. Nothing here yields.
#ifndef WR_ENGINE_NODE_CONFIG_SEAT_H_
#define WR_ENGINE_NODE_CONFIG_SEAT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/env/env.h"
#include "engine/membership/config_judge.h"
#include "engine/membership/config_messages.h"
#include "engine/node/applier.h"
#include "engine/node/config_machine.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/contract/options.h"
#include "engine/node/contract/outbox.h"
#include "engine/replication/replicator.h"
#include "engine/wire/messages.h"

namespace wringer::node {

class ConfigSeat : private env::TimerTarget {
 public:
  // Gives the group's replicator a request of this seat's own.
  using Submit =
      std::function<void(wire::ClientRequest request, Slice payload)>;

  // REQUIRES: options.config_group is set. Pointers must outlive the seat.
  ConfigSeat(const NodeOptions& options, env::Env* env, Outbox* outbox,
             NodeObserver* observer, const replication::Replicator* replicator,
             const Applier* applier, ConfigMachine* machine, Submit submit);

  void Start();
  void Stop() { stopped_ = true; }

  // A replica's heartbeat. False if the body is malformed.
  bool OnRequest(NodeId from, Incarnation incarnation, Slice body);
  // One of this seat's own requests was answered.
  void OnAnswer(const wire::ClientReply& reply);
  // An operator appoints `primary`, once no lease forbids it; `in_sync` empty:
  // as the judge sees it. False if the rules forbid it, or another member
  // leads.
  bool Appoint(NodeId primary, std::vector<NodeId> in_sync);

  const replication::ClusterView& view() const { return machine_->view(); }

 private:
  struct Asked {  // a lease that waits for a read round
    NodeId replica;
    membership::LeaseGrant grant;
  };

  void OnTimer(std::uint64_t cookie) override;
  bool Leads() const;
  // Whether this member judges now; takes office if it is new to it.
  bool InOffice();
  void Propose(const membership::ConfigCommand& command);
  void AskForRound(const Asked& asked);
  wire::ClientRequest OwnRequest(wire::OpKind kind);
  void OnInstalled(const membership::ConfigCommand& command);
  void Reply(NodeId to, const membership::ConfigReply& reply);

  const NodeOptions& options_;
  env::Env* const env_;
  Outbox* const outbox_;
  NodeObserver* const observer_;
  const replication::Replicator* const replicator_;
  const Applier* const applier_;
  ConfigMachine* const machine_;
  const Submit submit_;
  bool stopped_ = false;

  membership::ConfigJudge judge_;
  Term office_;     // the term in which this member took office; 0 none
  RequestSeq seq_;  // of own requests
  // The command that is on its way through the log; 0 none. Meanwhile no other
  // is proposed, and no lease granted that it might break.
  RequestSeq proposed_;
  absl::btree_map<RequestSeq, Asked> rounds_;
  std::string body_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONFIG_SEAT_H_
