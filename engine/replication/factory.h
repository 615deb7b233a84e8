// Replication models by the name scenarios give them.
#ifndef WR_ENGINE_REPLICATION_FACTORY_H_
#define WR_ENGINE_REPLICATION_FACTORY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "engine/replication/options.h"
#include "engine/replication/replicator.h"

namespace wringer::replication {

// kInvalidArgument for an unknown model, listing the known ones, or for
// options that contradict each other.
absl::StatusOr<std::unique_ptr<Replicator>> NewReplicator(
    const ReplicationOptions& options);

// What `model` can do, without an instance.
absl::StatusOr<Capabilities> ModelCapabilities(
    const ReplicationOptions& options);

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_FACTORY_H_
