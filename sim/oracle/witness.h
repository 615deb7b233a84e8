// Somebody who follows a run to tell of it afterwards: hears what oracles hear,
// sees every event, and may look at nodes between events.
#ifndef WR_SIM_ORACLE_WITNESS_H_
#define WR_SIM_ORACLE_WITNESS_H_

#include <functional>
#include <optional>

#include "engine/node/contract/introspection.h"
#include "sim/core/world.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class RunWitness : public Oracle, public WorldObserver {
 public:
  // Nothing for a node that is down. Valid while the run lasts.
  using LookAt = std::function<std::optional<node::NodeView>(NodeId)>;

  // Before the first event. Must change nothing, then or later.
  virtual void Attach(const World*, LookAt) {}
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_WITNESS_H_
