// What the parts of a node tell the node. Nothing here yields.
#ifndef WR_ENGINE_NODE_CONTRACT_HOST_H_
#define WR_ENGINE_NODE_CONTRACT_HOST_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/types.h"
#include "engine/replication/replicator.h"
#include "engine/session/result.h"

namespace wringer::node {

// What a read of one key saw.
struct ReadAnswer {
  bool found = false;
  OpId tag;  // of the value, or of the tombstone
  std::string value;
  LogPosition position;  // the state it was read from
};

class Host {
 public:
  virtual ~Host() = default;

  // Gives the model one input and carries out what follows.
  virtual void Step(replication::InputBody body) = 0;

  // A client of this node waits for the entry at `position`.
  virtual bool Awaited(LogPosition position) const = 0;
  // The entry at `result.position` was executed; `result.outcome` tells a
  // refusal (kSessionUnknown, kUnknown) from an execution. `payload_hash` is
  // of its bytes.
  virtual void OnExecuted(const replication::LogEntry& entry,
                          const session::Result& result) = 0;
  // Everything up to `applied` was executed.
  virtual void OnAppliedUpTo(LogPosition applied) = 0;
  // A replica snapshot replaced the engine's contents, or was refused.
  virtual void OnSnapshotInstalled(LogPosition at, bool ok) = 0;
  // The log is about to lose everything, its base included.
  virtual void OnLogRestarting() = 0;

  // The read that `ticket` asked for.
  virtual void OnRead(replication::Ticket ticket,
                      absl::StatusOr<ReadAnswer> answer) = 0;
  // A merge is durable: what promised it may leave.
  virtual void OnMerged(replication::StoreOp op,
                        const replication::Version& winner) = 0;
  // The store holds `held` under the stored key, or nothing; durable under the
  // sync policy.
  virtual void OnStoreChanged(Slice stored_key,
                              const replication::Versioned* held) = 0;
  // `key` was read, and is about to be answered for.
  virtual void OnStoreRead(Slice key, const replication::Versioned* held) = 0;
  // A merge had no effect: what promised it is dropped.
  virtual void OnMergeFailed(replication::StoreOp op) = 0;

  // The disk or the data failed: no promise may leave any more in this life.
  virtual void Halt(const absl::Status& why) = 0;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_HOST_H_
