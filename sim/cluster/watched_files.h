// A file system that tells when a write or a sync has returned ok: the
// milestones `disk-write` and `disk-sync` of fault triggers. Only put in the
// way where a scenario waits for them.
#ifndef WR_SIM_CLUSTER_WATCHED_FILES_H_
#define WR_SIM_CLUSTER_WATCHED_FILES_H_

#include <functional>
#include <memory>

#include "engine/env/file_system.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

// Takes `files` over. `hook` must not yield.
std::unique_ptr<env::FileSystem> WatchFiles(
    std::unique_ptr<env::FileSystem> files,
    std::function<void(FaultEvent event)> hook);

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_WATCHED_FILES_H_
