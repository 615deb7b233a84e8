// The last look at a settled cluster: every key is read once more by a client,
// and every replica's data is dumped from its engine.
#ifndef WR_SIM_RUN_FINAL_LOOK_H_
#define WR_SIM_RUN_FINAL_LOOK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/base/types.h"
#include "reports/history/history.h"
#include "sim/cluster/cluster.h"

namespace wringer::sim {

// Ids of operations that no workload client makes: above all of theirs.
inline constexpr std::uint64_t kPreloadIds = 1;
inline constexpr std::uint64_t kFinalReadIds = 2;
inline constexpr std::uint64_t kCoreWriteIds = 3;
inline OpId ScriptOpId(std::uint64_t series, std::uint64_t number) {
  return OpId((series << 40) + number + 1);
}

class FinalLook {
 public:
  // Both must outlive this; the world must not run after it is gone and before
  // the cluster is.
  FinalLook(Cluster* cluster, reports::History* history)
      : cluster_(cluster),
        history_(history),
        state_(std::make_shared<State>()) {}

  void StartReads();
  bool reads_done() const { return state_->reads_done; }
  // Of these, if they serve.
  void StartDumps(const std::vector<const SimNode*>& core);
  bool dumps_done() const { return state_->dumps_open == 0; }

  // Writes the final state into the history. `speaker` is the replica whose
  // data is what the cluster holds; kNoNode in leaderless models.
  void Write(Nanos healed, std::optional<Nanos> converged_after,
             std::optional<Nanos> limit, NodeId speaker);

 private:
  void WriteOwners();

  struct Dump {
    NodeId node;
    std::uint64_t applied = 0;
    bool complete = false;
    std::vector<SimNode::StoredItem> items;
  };
  // Outlives this object in the callbacks that fill it.
  struct State {
    bool reads_done = false;
    std::size_t dumps_open = 0;
    std::vector<Dump> dumps;
  };

  Cluster* cluster_;
  reports::History* history_;
  std::shared_ptr<State> state_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_FINAL_LOOK_H_
