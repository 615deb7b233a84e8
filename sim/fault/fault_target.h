// The cluster as the nemesis sees it: who exists, who leads, and what can be
// done to a node. Implemented by sim/cluster; tests implement a small one.
//
// Verbs are called from the world's own events, never from inside a node's
// handler or fiber, so a victim is always between two of its steps.
#ifndef WR_SIM_FAULT_FAULT_TARGET_H_
#define WR_SIM_FAULT_FAULT_TARGET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/net/sim_network.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

// How a node dies.
enum class Death : std::uint8_t {
  kProcess,    // memory lost, page cache survives
  kPowerLoss,  // unsynced bytes go too, as the crash state drawn has it
  kWipe,       // the disk comes back empty
};

// What a death took: the witness for the ledger.
struct DeathReport {
  std::uint64_t fibers = 0;        // unwound
  std::uint64_t messages = 0;      // lost with the node's connections
  std::uint64_t records_gone = 0;  // log entries accepted and not yet durable
  std::uint64_t units_lost = 0;    // persist units of the disk
  std::uint64_t bytes_lost = 0;
  std::uint64_t sectors_torn = 0;
};

// What a disk fault has done so far.
struct DiskFaultEffect {
  std::uint64_t calls_failed = 0;  // io-error, disk-full
  std::uint64_t requests_slowed = 0;
  Nanos delay_total = 0;  // of those
  std::uint64_t bits_flipped = 0;
  std::string where;  // "/log/000003.wal at 8192"
};

// Names a disk fault in force on one node; 0 is none.
using DiskFaultId = StrongInt<struct NodeDiskFaultIdTag, std::uint32_t>;

class FaultTarget {
 public:
  virtual ~FaultTarget() = default;

  // ---- who ----
  virtual const std::vector<NodeId>& Replicas() const = 0;     // ascending
  virtual const std::vector<NodeId>& ConfigNodes() const = 0;  // ascending
  virtual const std::vector<NodeId>& Clients() const = 0;      // ascending
  virtual std::vector<NodeId> Zone(Slice name) const = 0;
  // The leader or primary with the highest term or epoch, dead or alive;
  // kNoNode before there was one.
  virtual NodeId Leader() const = 0;
  // The leader before that one; kNoNode if there was none.
  virtual NodeId FormerLeader() const = 0;

  // The member that leads a raft config service; kNoNode if there is none.
  virtual NodeId ConfigLeader() const { return kNoNode; }

  // ---- life ----
  virtual bool Up(NodeId node) const = 0;  // booted, perhaps paused
  virtual bool Paused(NodeId node) const = 0;
  // REQUIRES: Up(node). `key` and `keep` choose the crash state of kPowerLoss.
  virtual DeathReport Kill(NodeId node, Death death, std::uint64_t key,
                           Ppm keep) = 0;
  // REQUIRES: !Up(node).
  virtual void Restart(NodeId node) = 0;
  // REQUIRES: Up(node) && !Paused(node).
  virtual void Pause(NodeId node) = 0;
  // Number of messages that waited for the node. REQUIRES: Paused(node).
  virtual std::uint64_t Resume(NodeId node) = 0;

  // ---- parts of the world ----
  virtual World& world() = 0;
  virtual SimNetwork& network() = 0;
  // Clocks survive their node's death; null for an unknown node.
  virtual NodeRuntime* Runtime(NodeId node) = 0;

  // ---- disk: the fault `spec` on `node`, keyed by `key` ----
  // 0 if the node has no disk.
  virtual DiskFaultId BeginDiskFault(NodeId node, const FaultSpec& spec,
                                     std::uint64_t key) = 0;
  virtual void EndDiskFault(NodeId node, DiskFaultId fault) = 0;
  virtual DiskFaultEffect DiskEffect(NodeId node, DiskFaultId fault) const = 0;

  // ---- configuration ----
  // What was changed, for the ledger; empty if nothing could be.
  virtual std::string ChangeConfig(ConfigAction action, NodeId node,
                                   const std::vector<NodeId>& in_sync) = 0;
  // For every action but kSetVoters.
  virtual std::string ChangeMembership(MembershipAction action,
                                       NodeId node) = 0;
  virtual std::string SetVoters(const std::vector<NodeId>& voters) = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_FAULT_TARGET_H_
