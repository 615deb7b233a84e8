// Which persist units survive a crash: any subset closed under the profile's
// edges, and nothing else.
//
// MustPrecede is the law, pair by pair. Close carries it out in one pass over
// the units; tests hold the two against each other, and enumerate all legal
// subsets of small workloads against what Choose can reach.
#ifndef WR_SIM_DISK_CRASH_CHOICE_H_
#define WR_SIM_DISK_CRASH_CHOICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "sim/disk/inode.h"
#include "sim/disk/profile.h"

namespace wringer::sim {

// One persist unit as a crash sees it.
struct CrashUnit {
  enum class Kind : std::uint8_t {
    kData,      // D: bytes [low, high) of one sector
    kExtend,    // Z: low = new size, high = old size
    kTruncate,  // Z: likewise
    kName,      // E, R or rename
  };

  UnitSeq seq = 0;
  InodeId inode;  // kName: what the name refers to
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint64_t sector = 0;  // kData: number of the atomic block
  UnitSeq cut_by = 0;        // kData: first later truncation of it; 0: none
  UnitSeq rewrite_of = 0;    // the truncation to zero whose fate it shares
  Kind kind = Kind::kData;
  bool extends = false;       // kData, of a write that extended the file
  bool floats = false;        // kExtend that has not joined the journal yet
  bool forces_data = false;   // kName: needs all earlier units of `inode`
  bool lost = false;          // cannot survive
  bool must_survive = false;  // the crash does not reach it
  bool in_flight = false;     // at the device, not completed

  bool kept = false;  // the answer
};

// Whether `a` must be durable before `b` under the profile: no legal crash
// keeps b without a. Not for units that are lost or must survive.
bool MustPrecede(const DiskProfile& profile, const CrashUnit& a,
                 const CrashUnit& b);

// Drops kept units until the rest is closed. REQUIRES: ordered by seq.
void Close(const DiskProfile& profile, std::vector<CrashUnit>* units);

struct CrashOptions {
  // Chance of a unit to survive. Drawn from {0, 0.1, 0.5, 0.9, 1} if negative.
  std::int32_t keep_ppm = -1;
  // Key of the draws; 0: of the disk's seed and the number of its crash.
  std::uint64_t key = 0;
};

// Sets `kept` of all units: a keyed draw per unit, then closed under the
// edges, either by dropping what lacks a predecessor or by keeping what is
// needed; in half of the crashes nothing after a drawn unit survives. With
// a chance strictly between 0 and 1 every legal subset can come out. Returns
// the chance used.
std::uint32_t Choose(const DiskProfile& profile, const CrashOptions& options,
                     std::uint64_t key, std::vector<CrashUnit>* units);

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_CRASH_CHOICE_H_
