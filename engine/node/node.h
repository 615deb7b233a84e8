// One node of a cluster: the composition root, and the only part that knows
// the others.
//
//   frames in ──> OnMessage ──> Driver ──> Replicator::Step (pure)
//                                 │ Ready, carried out in order
//        ┌──────────┬─────────────┼───────────┬──────────────┐
//     LogStore   Promises      Outbox      Applier /      Answers
//     (WAL)      (wait for     (frames     MergeApplier   (tickets,
//                 durable)      out)       (engine)        replies)
//
// Frames, timers and completions are handlers: they run to the end and never
// wait. What blocks has a fiber of its own: boot, WAL writer (in the log
// store), applier, readers, maintenance, snapshots, fetches from disk.
//
// A node dies by being fenced, its fibers unwound and this object destroyed,
// between any two suspension points. The destructor touches nothing outside.
#ifndef WR_ENGINE_NODE_NODE_H_
#define WR_ENGINE_NODE_NODE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/contract/options.h"
#include "engine/node/driver.h"
#include "engine/node/parts.h"

namespace wringer::node {

class Node final : public env::MessageReceiver {
 public:
  // kInvalidArgument if the options make no sense. `env` and `observer` (which
  // may be null) must outlive the node.
  static absl::StatusOr<std::unique_ptr<Node>> Create(
      const NodeOptions& options, env::Env* env, NodeObserver* observer);

  // Starts recovery on a fiber; the node hears messages once that is done.
  // Does not yield. Call once.
  void Boot();

  // A handler. Frames that are damaged, malformed or of another cluster are
  // counted and dropped.
  void OnMessage(NodeId from, Slice bytes) override;

  // Advice and orders from outside the protocol. Handlers.
  void OnPeerChanged(NodeId peer, bool alive);
  void ChangeMembers(std::vector<NodeId> voters, std::vector<NodeId> learners);
  void TransferLeadership(NodeId to);
  // Member of the config group: an operator appoints `primary` (config_seat.h).
  bool Appoint(NodeId primary, std::vector<NodeId> in_sync);
  // An operator tells this replica to take `view` for granted, unasked.
  void Promote(const replication::ClusterView& view);

  // Looking changes nothing.
  NodeView Inspect() const;
  // What Inspect().replication would be.
  const replication::Status* status() const {
    return driver_->started() ? &parts_.replicator->status() : nullptr;
  }
  replication::ElectionView election() const {
    return driver_->started() ? parts_.replicator->election()
                              : replication::ElectionView{};
  }
  // Its failure detector takes `peer` for dead; without one, never.
  bool Suspects(NodeId peer) const {
    return parts_.detector != nullptr && parts_.detector->Suspects(peer);
  }
  MetaVersion durable_meta() const { return parts_.log->durable().meta; }
  const NodeCounters& counters() const { return parts_.counters; }
  const replication::Capabilities& capabilities() const {
    return parts_.replicator->capabilities();
  }
  // The view in force as a member of the config group has executed it; null at
  // a replica.
  const replication::ClusterView* config_view() const {
    return parts_.config_seat == nullptr ? nullptr
                                         : &parts_.config_seat->view();
  }
  storage::EngineStats engine_stats() const { return parts_.engine->stats(); }
  // For a last look at what it holds: read only, on a fiber of this node.
  storage::StorageEngine* engine() const { return parts_.engine.get(); }

 private:
  Node(const NodeOptions& options, env::Env* env, NodeObserver* observer);
  absl::Status Build();
  void BuildConfigSeat();
  void RunBoot();
  void OnClientRequest(NodeId from, Slice body);
  // It leads, and more of the log waits to be executed than a write should
  // queue behind.
  bool Overloaded() const;
  bool WithinLimits(const wire::ClientRequest& request) const;

  Parts parts_;
  NodeObserver silent_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_NODE_H_
