// Which node to ask: what a client believes about the cluster.
#ifndef WR_ENGINE_CLIENT_ROUTER_H_
#define WR_ENGINE_CLIENT_ROUTER_H_

#include <cstddef>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/client/operation.h"
#include "engine/client/options.h"

namespace wringer::client {

class Router {
 public:
  // `draws` decides the first node and spread reads. REQUIRES: valid options.
  Router(const ClientOptions& options, NodeId self, RandomStream draws);

  // For the first attempt of `operation`.
  NodeId First(const Operation& operation);
  // For the next attempt after `failed` refused or did not answer; `hint` is
  // where it pointed to, 0 if nowhere.
  NodeId Next(const Operation& operation, NodeId failed, NodeId hint);
  // `node` has executed a write or a read that only a leader answers.
  void OnAnswered(const Operation& operation, NodeId node);

 private:
  bool AnyNodeAnswers(const Operation& operation) const;
  NodeId After(NodeId node) const;
  bool Knows(NodeId node) const;

  const ClientOptions& options_;
  RandomStream draws_;
  NodeId leader_;  // as believed; never 0
  NodeId home_;    // never 0
};

}  // namespace wringer::client

#endif  // WR_ENGINE_CLIENT_ROUTER_H_
