// Writes the clients' history: every call and return, in the order in which
// the world ran them.
//
// The axis of the checkers is `seq`: the number of the world's event times
// 1024 plus a place within it, strictly increasing over all calls and returns.
#ifndef WR_SIM_WORKLOAD_RECORDER_H_
#define WR_SIM_WORKLOAD_RECORDER_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "engine/base/types.h"
#include "engine/client/operation.h"
#include "reports/history/history.h"
#include "sim/core/world.h"
#include "sim/workload/op_source.h"

namespace wringer::sim {

// Hears of what clients were told. Calls come from the clients' own events.
class WorkloadListener {
 public:
  virtual ~WorkloadListener() = default;
  virtual void OnWriteAcked(NodeId by) = 0;
};

struct WorkloadCounts {
  std::uint64_t called = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;
  std::uint64_t writes_ok = 0;
  std::uint64_t cas_refused = 0;
  std::uint64_t retries = 0;  // attempts beyond the first
};

class Recorder {
 public:
  // Both must outlive the recorder; `listener` may be null.
  Recorder(const World* world, reports::History* history,
           WorkloadListener* listener)
      : world_(world), history_(history), listener_(listener) {}

  void Called(std::uint32_t client, const PlannedOp& op,
              const client::Operation& operation);
  void Returned(const client::Completion& completion);

  const WorkloadCounts& counts() const { return counts_; }
  std::uint64_t open() const { return open_.size(); }

 private:
  reports::Moment Now();
  static void FillReply(const client::Completion& completion,
                        reports::Operation* op);

  const World* world_;
  reports::History* history_;
  WorkloadListener* listener_;
  WorkloadCounts counts_;
  std::uint64_t last_seq_ = 0;
  // By op id; looked up only.
  absl::flat_hash_map<std::uint64_t, reports::OpIndex> open_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_WORKLOAD_RECORDER_H_
