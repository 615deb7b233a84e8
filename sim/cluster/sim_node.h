// One replica: a disk and a clock that last, and a process that comes and goes.
//
// How it dies (design.md 3): runtime, bus and disk are fenced first, in the
// same instant; then the fibers are unwound, the engine's objects destroyed,
// and the runtime checks that nothing of the incarnation is left.
#ifndef WR_SIM_CLUSTER_SIM_NODE_H_
#define WR_SIM_CLUSTER_SIM_NODE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/env/env.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/node.h"
#include "sim/cluster/disk_faults.h"
#include "sim/core/node_runtime.h"
#include "sim/core/trace.h"
#include "sim/disk/sim_disk.h"
#include "sim/fault/fault_target.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {

// Told of every file write and sync that returned ok.
using DiskEventHook = std::function<void(FaultEvent event, NodeId node)>;

struct SimNodeParts {
  World* world = nullptr;
  SimNetwork* network = nullptr;
  env::Trace* trace = nullptr;
  node::NodeObserver* observer = nullptr;
  DiskEventHook on_disk_event;  // empty: nobody waits for them
};

class SimNode {
 public:
  // Options of the process for a boot; `first` until one has kept anything.
  using OptionsOf = std::function<node::NodeOptions(bool first)>;

  SimNode(const SimNodeParts& parts, NodeId id, const DiskOptions& disk,
          OptionsOf options);
  ~SimNode();
  SimNode(const SimNode&) = delete;
  SimNode& operator=(const SimNode&) = delete;

  // Starts a process; recovery runs on a fiber. REQUIRES: !up().
  void Boot();
  // REQUIRES: up(), not called from one of the node's own steps.
  DeathReport Kill(Death death, std::uint64_t key, Ppm keep);

  NodeId id() const { return runtime_.id(); }
  bool up() const { return node_ != nullptr; }
  // Finished recovery and was not halted. REQUIRES: nothing.
  bool serving() const;
  // REQUIRES: up().
  node::NodeView Inspect() const { return node_->Inspect(); }
  node::Node& process() { return *node_; }
  const node::Node& process() const { return *node_; }

  NodeRuntime& runtime() { return runtime_; }
  const NodeRuntime& runtime() const { return runtime_; }
  SimDisk& disk() { return *disk_; }
  const SimDisk& disk() const { return *disk_; }
  DiskFaults& disk_faults() { return disk_faults_; }
  const DiskFaults& disk_faults() const { return disk_faults_; }

  // Reads every user key, tombstones included, on a fiber of the node, and
  // hands it over in key order. REQUIRES: up().
  struct StoredItem {
    std::string key;
    OpId tag;
    std::uint64_t digest = 0;  // of the value; 0 for a tombstone
    bool found = false;
  };
  void Dump(std::function<void(std::vector<StoredItem>)> on_done);

 private:
  void Bury();

  SimNodeParts parts_;
  OptionsOf options_;
  NodeRuntime runtime_;
  std::unique_ptr<SimDisk> disk_;
  DiskFaults disk_faults_;
  // A life has kept something on disk. Until then whoever sets the cluster up
  // sees the node fail, and starts it as a new one again: a disk that is empty
  // has forgotten nothing.
  bool born_ = false;

  // Of the incarnation; destroyed from the bottom up.
  std::unique_ptr<SimBus> bus_;
  std::unique_ptr<env::FileSystem> files_;
  env::Env env_;
  std::unique_ptr<node::Node> node_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_SIM_NODE_H_
