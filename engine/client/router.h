// Which node to ask: what a client believes about the cluster.
#ifndef WR_ENGINE_CLIENT_ROUTER_H_
#define WR_ENGINE_CLIENT_ROUTER_H_

#include <cstddef>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/client/operation.h"
#include "engine/client/options.h"

namespace wringer::client {

class Router {
 public:
  // `draws` decides the first node and spread reads. REQUIRES: valid options.
  Router(const ClientOptions& options, NodeId self, RandomStream draws);

  // For the first attempt of `operation`. `now` is the client's monotonic
  // clock, here and below.
  NodeId First(const Operation& operation, Nanos now);
  // For the next attempt after `failed` refused or did not answer; `hint` is
  // where it pointed to, 0 if nowhere. `asked` is the operation's place in the
  // ring of all nodes, First() at first: hints lead away from it and back, so
  // that nodes which point to each other do not keep it from the others.
  NodeId Next(const Operation& operation, NodeId failed, NodeId hint, Nanos now,
              NodeId* asked);
  // An attempt at `node` ran out. Until something is heard of it nobody's hint
  // leads there: one that is cut off from the others points to the dead leader
  // that it last heard of, and two like these are a ring.
  void OnSilence(NodeId node) { silent_.insert(node); }
  void OnHeard(NodeId node) { silent_.erase(node); }
  // `node` has executed `operation`.
  void OnAnswered(const Operation& operation, NodeId node);

 private:
  // A coordinator that failed an operation: others begin elsewhere until then.
  // Each failure doubles the time and an answer ends it, so that a dead home
  // costs an attempt less and less often.
  struct Shunned {
    Nanos until = 0;
    Nanos span = 0;
  };

  bool AnyNodeAnswers(const Operation& operation) const;
  NodeId After(NodeId node) const;
  void Shun(NodeId node, Nanos now);
  bool IsShunned(NodeId node, Nanos now) const;
  // The first from `node` on, round the ring, that is not shunned; `node` if
  // all are.
  NodeId Open(NodeId node, Nanos now) const;
  bool Knows(NodeId node) const;

  const ClientOptions& options_;
  RandomStream draws_;
  NodeId leader_;  // as believed; never 0
  NodeId home_;    // never 0
  // Whose silence was waited out, and nothing heard since.
  absl::btree_set<NodeId> silent_;
  absl::btree_map<NodeId, Shunned> shunned_;  // leaderless only
};

}  // namespace wringer::client

#endif  // WR_ENGINE_CLIENT_ROUTER_H_
