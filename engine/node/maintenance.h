// Background work of the engine: checkpoints and whatever else it asks for, on
// a fiber of its own, one step at a time.
//
// A checkpoint is what lets the replicated log be cut: the model hears
// Checkpointed and decides how much of the log before it to keep.
#ifndef WR_ENGINE_NODE_MAINTENANCE_H_
#define WR_ENGINE_NODE_MAINTENANCE_H_

#include "absl/status/status.h"
#include "engine/env/env.h"
#include "engine/log_store/log_store.h"
#include "engine/node/applier.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

class Maintenance {
 public:
  // `applier` is null for leaderless models: there is no log to cut.
  Maintenance(const NodeOptions& options, env::Env* env,
              storage::StorageEngine* engine, const log_store::LogStore* log,
              const Applier* applier, Host* host);
  void Start();
  // Something was applied: looks whether there is work. Does not yield.
  void Poke();
  // Returns once the log is durable as far as the state at `sequence` executed
  // it. A leader executes what others have made durable, and may be behind
  // them itself. May yield.
  void AwaitLog(SequenceNumber sequence);
  // More of the log is durable. Does not yield.
  void OnDurable() { log_moved_.WakeAll(); }
  void Stop() { stopped_ = true; }
  std::uint64_t checkpoints() const { return checkpoints_; }

 private:
  void Run();
  bool CheckpointDue() const;
  absl::Status DoWork();
  void Report();

  const NodeOptions& options_;
  env::Env* const env_;
  storage::StorageEngine* const engine_;
  const log_store::LogStore* const log_;
  const Applier* const applier_;
  Host* const host_;
  bool stopped_ = false;
  std::uint64_t bytes_at_checkpoint_ = 0;
  std::uint64_t checkpoints_ = 0;
  LogIndex reported_;
  env::WaitQueue work_;
  env::WaitQueue log_moved_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_MAINTENANCE_H_
