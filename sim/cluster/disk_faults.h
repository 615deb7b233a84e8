// Faults of one node's disk, in the words of scenarios: carried out by SimDisk,
// counted from its own statistics.
#ifndef WR_SIM_CLUSTER_DISK_FAULTS_H_
#define WR_SIM_CLUSTER_DISK_FAULTS_H_

#include <cstdint>
#include <vector>

#include "sim/disk/sim_disk.h"
#include "sim/fault/fault_target.h"

namespace wringer::sim {

class DiskFaults {
 public:
  // `disk` must outlive this.
  explicit DiskFaults(SimDisk* disk) : disk_(disk) {}

  // 0 if there was nothing to hit (bit rot on an empty disk).
  DiskFaultId Begin(const FaultSpec& spec, std::uint64_t key);
  void End(DiskFaultId id);
  DiskFaultEffect effect(DiskFaultId id) const;

 private:
  struct Fault {
    FaultKind kind = FaultKind::kDiskFull;
    std::uint64_t spare = 0;
    std::uint32_t factor = 1;
    std::vector<IoFaultId> rules;  // io-error
    // Counters when it began, and what had come of it when it ended.
    DiskFaultEffect before;
    DiskFaultEffect after;
    bool ended = false;
  };

  void BeginIoErrors(const FaultSpec& spec, Fault* fault);
  bool FlipBits(const FaultSpec& spec, std::uint64_t key, Fault* fault);
  // Sets the disk to what the faults still in force ask for.
  void Apply();
  DiskFaultEffect Counters(const Fault& fault) const;

  SimDisk* disk_;
  std::vector<Fault> faults_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_DISK_FAULTS_H_
