// Errors a disk is told to return: rules that match operations, and the
// ground truth of what they did.
//
//   IoFault f;  f.op = DiskOp::kSync;  f.path = "wal/";  f.skip = 2;
//   IoFaultId id = disk.AddFault(f);     // the third sync of a WAL segment
//   fails disk.fault_count(id).fired         // for the ledger
//
// Every returned error names its fault, so that injected and genuine errors
// can be told apart.
#ifndef WR_SIM_DISK_DISK_FAULT_H_
#define WR_SIM_DISK_DISK_FAULT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "engine/base/strong_int.h"

namespace wringer::sim {

// Chosen by the disk, from 1, unless the ledger brings its own. 0: none.
using IoFaultId = StrongInt<struct IoFaultIdTag>;

enum class DiskOp : std::uint8_t {
  kRead,
  kWrite,      // WriteAt, Truncate, Allocate: fails without effect
  kSync,       // Sync, DataSync, O_DSYNC: the covered writes may be lost
  kWriteBack,  // of the flusher: reported by the next sync
  kMetadata,   // open-create, rename, remove, link, mkdir, directory sync
  kJournal,    // a commit fails: the file system turns read-only
  kLoseWrite,  // a write-back "succeeds" but one page keeps its old bytes
  kMisdirect,  // as kLoseWrite, and the page lands on another place as well
};

struct IoFault {
  IoFaultId id;  // 0: the disk chooses; one id may have several rules
  DiskOp op = DiskOp::kRead;
  std::string path;               // matches paths that contain it
  std::uint64_t skip = 0;         // matching operations to let pass first
  std::uint64_t count = 1;        // times to fire; 0: for ever (sticky)
  std::uint32_t ppm = 1'000'000;  // of the matching operations
  // kSync, kWriteBack: chance of each covered sector to be lost. Below
  // 1,000,000 the outcome of the failed sync is mixed.
  std::uint32_t lose_ppm = 1'000'000;
};

struct FaultCount {
  std::uint64_t matched = 0;  // operations it could have failed
  std::uint64_t fired = 0;
};

// The rules of one disk. Draws are keyed by (fault, match): adding or removing
// a rule leaves the others' as they were.
class FaultTable {
 public:
  FaultTable(std::uint64_t seed, std::uint64_t disk)
      : seed_(seed), disk_(disk) {}

  IoFaultId Add(IoFault fault);
  // The counts stay readable.
  void Remove(IoFaultId id);
  bool empty() const { return active_ == 0; }

  // The rule that fails this operation, or null. Counts it as fired.
  const IoFault* Check(DiskOp op, Slice path) {
    return active_ == 0 ? nullptr : CheckSlow(op, path);
  }
  // Zeros for an unknown id.
  FaultCount count(IoFaultId id) const;

 private:
  struct Rule {
    IoFault fault;
    FaultCount count;
    bool active = true;
  };
  const IoFault* CheckSlow(DiskOp op, Slice path);

  std::uint64_t seed_;
  std::uint64_t disk_;
  std::vector<Rule> rules_;
  std::size_t active_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_DISK_FAULT_H_
