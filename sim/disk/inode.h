// A file or directory as the node sees it now, and the persist units that are
// not durable yet: the pieces of change of which a crash keeps some.
//
// Every change gets numbers from one sequence per disk, in program order. A
// write of n sectors takes n numbers (n D units, kept as one record until a
// crash asks), a size change one (Z), a name added, removed or renamed one
// (E, R, and the atomic pair of both).
//
// File units are kept as an undo log: the page table holds the newest bytes
// once, and a unit remembers only what it replaced. An append replaced
// nothing, so the hot path of a WAL copies its bytes once and a sync just
// clears the records.
#ifndef WR_SIM_DISK_INODE_H_
#define WR_SIM_DISK_INODE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/base/strong_int.h"
#include "engine/base/types.h"
#include "sim/disk/disk_fault.h"
#include "sim/disk/page_table.h"

namespace wringer::sim {

// A file or directory, whatever its names; never reused on one disk. 0: none.
using InodeId = StrongInt<struct InodeIdTag, std::uint32_t>;
// Place of a unit in the disk's program order, from 1.
using UnitSeq = std::uint64_t;

enum class UnitState : std::uint8_t {
  kCached,  // in the page cache only
  kDevice,  // in the device's write cache: survives an OS crash
  kLost,    // its write-back failed or vanished; never reaches the media
};

// D units of one write, or one Z unit.
struct FileUnit {
  enum class Kind : std::uint8_t { kWrite, kExtend, kTruncate };

  UnitSeq seq = 0;           // first of its numbers
  std::uint64_t offset = 0;  // write: first byte; size change: the new size
  std::uint64_t length = 0;  // write: bytes; size change: the old size
  Nanos at = 0;              // issued; once kDevice: reached the device
  // Truncation to zero: writes up to this number share its fate. 0: none.
  UnitSeq rewrite_until = 0;
  Kind kind = Kind::kWrite;
  UnitState state = UnitState::kCached;
  bool extends = false;    // write: some byte lies beyond the size it met
  bool journaled = false;  // kExtend: its data was written back
  // What an undo puts back from `offset` on; bytes beyond it become zeros.
  std::string before;

  bool is_write() const { return kind == Kind::kWrite; }
  std::uint64_t end() const { return offset + length; }  // of a write
};

// One E, R, or rename (E and R at once).
struct NameUnit {
  enum class Kind : std::uint8_t { kAdd, kRemove, kRename };

  UnitSeq seq = 0;
  Kind kind = Kind::kAdd;
  // Rename: the data of `inode` written before it is forced out first.
  bool forces_data = false;
  bool at_device = false;  // a lying device took it
  // Rename across directories, without a journal: which ends were synced.
  bool from_synced = false;
  bool to_synced = false;
  InodeId inode;
  InodeId directory;  // rename: of the new name
  std::string name;   // rename: the new name
  InodeId from_directory;
  std::string from_name;
};

// The cache's view of one page of one file.
struct PageState {
  UnitSeq write_seq = 0;     // last write; dirty iff beyond Inode::clean_seq
  std::uint32_t cached = 0;  // slot in the page cache; 0: not resident
};

// Bytes of the media that are wrong, or cannot be read, until rewritten.
struct MediaDamage {
  enum class Kind : std::uint8_t { kUnreadable, kFlipped, kMisplaced };
  IoFaultId fault;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  Kind kind = Kind::kFlipped;
};

// Pages that were asked of the device and are not here yet.
struct PagesArriving {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  Nanos at = 0;
};

using DirectoryEntries = absl::btree_map<std::string, InodeId>;

struct Inode {
  InodeId id;
  bool is_directory = false;
  std::string path;  // the last name it was given, for faults and reports

  // ---- contents: newest bytes, and what would undo the unsynced ones ----
  PageTable bytes;
  std::uint64_t durable_size = 0;
  std::vector<FileUnit> units;   // in program order
  std::uint32_t lost_units = 0;  // of them kLost
  std::uint32_t size_units = 0;  // of them size changes
  bool listed_dirty = false;     // in the disk's list of inodes with units

  // ---- page cache ----
  std::vector<PageState> pages;
  UnitSeq clean_seq = 0;      // writes up to here are written back
  UnitSeq submitted_seq = 0;  // writes up to here are at least on the way
  std::uint32_t dirty_pages = 0;

  std::vector<PagesArriving> arriving;

  // ---- write-back errors (errseq, Linux 4.13) ----
  std::uint64_t error_seq = 0;  // counts failures
  bool error_seen = true;       // somebody was told of the last one
  IoFaultId error_fault;        // behind the last one
  bool sticky_error = false;

  // ---- space ----
  std::uint64_t reserved = 0;  // bytes promised by Allocate
  std::uint64_t charged_pages = 0;

  // ---- who still needs it ----
  std::uint32_t names = 0;
  std::uint32_t durable_names = 0;
  std::uint32_t pending_names = 0;  // name units that mention it
  std::uint32_t opens = 0;

  std::vector<MediaDamage> damages;

  // ---- directories ----
  DirectoryEntries entries;
  DirectoryEntries durable_entries;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_INODE_H_
