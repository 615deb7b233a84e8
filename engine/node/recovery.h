// From a disk to a node that can take its first input.
#ifndef WR_ENGINE_NODE_RECOVERY_H_
#define WR_ENGINE_NODE_RECOVERY_H_

#include "absl/status/statusor.h"
#include "engine/log_store/log_store.h"
#include "engine/node/parts.h"
#include "engine/replication/replicator.h"

namespace wringer::node {

// Opens log store and engine, reads cursor, sessions and digest, and makes the
// log follow on from what the engine holds. May yield. kDataLoss if state and
// log cannot be joined: entries between them are gone, and the node must not
// pretend otherwise.
absl::StatusOr<replication::Start> Recover(
    Parts& parts, log_store::LogStoreListener* listener);

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_RECOVERY_H_
