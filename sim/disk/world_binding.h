// A disk in a world: time from the world, waits on a node's fibers.
//
//   std::unique_ptr<SimDisk> disk = MakeDisk(&world, options);   // once a node
//   auto files = MakeFileSystem(disk.get(), &runtime);           // every boot
//   runtime.Fence();  disk->PowerLoss();  runtime.UnwindFibers();  ...
//
// The flusher's events belong to the world, not to the node: the kernel writes
// back whatever happens to the process.
#ifndef WR_SIM_DISK_WORLD_BINDING_H_
#define WR_SIM_DISK_WORLD_BINDING_H_

#include <memory>

#include "engine/env/file_system.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

// REQUIRES: the world outlives the disk.
std::unique_ptr<SimDisk> MakeDisk(World* world, const DiskOptions& options);

// The view of the incarnation that is alive now. REQUIRES: runtime->alive();
// disk and runtime outlive the view and its files.
std::unique_ptr<env::FileSystem> MakeFileSystem(SimDisk* disk,
                                                NodeRuntime* runtime);

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_WORLD_BINDING_H_
