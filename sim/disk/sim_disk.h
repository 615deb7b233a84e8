// One node's disk: file system, page cache and device, on the simulated clock.
//
// It survives the node's incarnations; each of them sees it through a
// SimFileSystem of its own (sim_file_system.h). Everything not yet durable is
// a log of persist units; a crash keeps a subset of them that is legal under
// the profile (README.md). Randomness is keyed by (seed, disk, class, ordinal).
//
// Invariants:
//   1. A unit covered by a completed, honest sync is in no log: no crash can
//      take it. Only media faults can.
//   2. The page tables hold the newest bytes once; units hold what they undo.
//   3. Effects of device requests are applied in order of completion, before
//      anything can observe them (Settle).
#ifndef WR_SIM_DISK_SIM_DISK_H_
#define WR_SIM_DISK_SIM_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/types.h"
#include "sim/disk/crash_choice.h"
#include "sim/disk/device_model.h"
#include "sim/disk/disk_fault.h"
#include "sim/disk/durable_image.h"
#include "sim/disk/file_tree.h"
#include "sim/disk/page_cache.h"
#include "sim/disk/profile.h"

namespace wringer::sim {

class SimDisk;

// What a disk needs of the world: world_binding.h has it from a World, and
// untimed_disk.h from nowhere.
class DiskHost {
 public:
  virtual ~DiskHost() = default;
  virtual Nanos Now() const = 0;  // true time
  // Calls disk->OnFlusher() at `at`, once; replaces an earlier arming.
  virtual void ArmFlusher(SimDisk* disk, Nanos at) = 0;
  virtual void DisarmFlusher() = 0;
};

// Who hears of a failed write-back.
enum class SyncReporting : std::uint8_t {
  kEachDescription,  // every description open at the time, once (Linux 4.13)
  kFirstOnly,        // only the first to ask
  kLate,             // the sync after the one that failed (data=journal)
};

struct DiskOptions {
  std::uint64_t seed = 0;
  std::uint64_t disk = 0;  // id of this disk in the run
  DiskProfile profile;
  DeviceOptions device;
  std::uint64_t capacity_bytes = std::uint64_t{1} << 30;
  std::uint64_t cache_bytes = std::uint64_t{64} << 20;
  // Unit in which a power loss can tear a write; at least the logical sector.
  // 0: none, writes of one file are whole and persist in order.
  std::uint32_t tear_bytes = 512;
  // Chance of a sector in flight at a power loss to become garbage.
  std::uint32_t torn_garbage_ppm = 0;
  // Sectors in flight also ruin the rest of their physical sector.
  bool neighbour_damage = false;
  // The device acknowledges flushes it does not carry out.
  bool sync_lies = false;
  SyncReporting reporting = SyncReporting::kEachDescription;
  Nanos cpu_per_call = 500;  // charged to the caller
  Nanos cpu_per_page = 250;
};

// Options for two names, e.g. ("ext4-ordered", "nvme-datacenter"). kNotFound.
absl::StatusOr<DiskOptions> MakeDiskOptions(Slice profile, Slice device);

// What a crash took: the witness for the ledger.
struct CrashReport {
  std::uint32_t keep_ppm = 0;  // chance used
  std::uint64_t units = 0;     // pending when it struck
  std::uint64_t units_lost = 0;
  std::uint64_t bytes_lost = 0;      // of D units
  std::uint64_t writes_torn = 0;     // kept in part
  std::uint64_t sectors_torn = 0;    // lost or ruined, of writes kept in part
  std::uint64_t sectors_ruined = 0;  // garbage or neighbour damage
  std::uint64_t names_lost = 0;      // E, R and renames undone
  std::vector<std::string> files;    // affected, sorted
};

// Where a media fault struck.
struct MediaReport {
  bool effective = false;  // false: nowhere to strike, or soon rewritten
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t bits = 0;
};

struct DiskStats {
  std::uint64_t reads = 0, bytes_read = 0;  // calls
  std::uint64_t writes = 0, bytes_written = 0;
  std::uint64_t syncs = 0, directory_syncs = 0;
  std::uint64_t device_reads = 0, device_bytes_read = 0;
  std::uint64_t device_writes = 0, device_bytes_written = 0;
  std::uint64_t device_flushes = 0;
  std::uint64_t pages_read_ahead = 0;
  std::uint64_t flusher_wakes = 0;
  std::uint64_t no_space_errors = 0;
  std::uint64_t syncs_failed = 0;
  std::uint64_t damaged_reads = 0;  // reads that met damaged media
};

class SimDisk {
 public:
  SimDisk(const DiskOptions& options, std::unique_ptr<DiskHost> host);
  ~SimDisk();
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  // ---- ends of an incarnation; views of it are dead afterwards ----
  // The process died: its files are closed, nothing written is lost.
  void ProcessKill();
  // Page cache and device cache are gone.
  CrashReport PowerLoss(const CrashOptions& crash = {});
  // The page cache is gone; what reached the device stays.
  CrashReport OsCrash(const CrashOptions& crash = {});
  // The disk comes back empty.
  void Wipe();
  // The disk comes back with these contents (an old or foreign image).
  void Restore(const DurableImage& image);

  // ---- looking; changes nothing ----
  // What a power loss now would leave at least / what the node sees now.
  DurableImage SyncedImage();
  DurableImage VisibleImage();
  // Whether bytes [offset, offset + n) of `path` would survive any power loss
  // now, name included. Cheap: for oracles on every promise.
  bool IsSynced(Slice path, std::uint64_t offset, std::uint64_t n);
  // The units a crash now would choose from, in order; and that crash with the
  // choice made by the caller (`kept`; dropped further until legal).
  std::vector<CrashUnit> PendingUnits();
  CrashReport PowerLossKeeping(const std::vector<CrashUnit>& units);
  const DiskStats& stats() const { return stats_; }
  // Folds (sequence, inode, offset, bytes) of every change.
  std::uint64_t trace_hash() const { return trace_hash_; }
  const DiskOptions& options() const { return options_; }
  const DeviceModel& device() const { return device_; }
  std::uint64_t cached_pages() const { return cache_.resident(); }
  std::uint64_t dirty_pages() const { return dirty_pages_; }
  // Which life of the disk this is: changes whenever views die.
  std::uint64_t mount() const { return mount_; }
  std::uint64_t free_bytes() const;

  // ---- errors ----
  IoFaultId AddFault(IoFault fault) { return faults_.Add(std::move(fault)); }
  void RemoveFault(IoFaultId id) { faults_.Remove(id); }
  FaultCount fault_count(IoFaultId id) const { return faults_.count(id); }
  // Somebody else's file takes all free space but `spare` bytes, until
  // SetNotFull. What this node frees meanwhile, it can use.
  void SetFull(std::uint64_t spare = 0);
  void SetNotFull() { foreign_bytes_ = 0; }
  void SetSyncLies(bool lies) { options_.sync_lies = lies; }
  void SetSlow(std::uint32_t percent) { device_.SetSlow(percent); }
  // No request, and no change of a name, completes before `until`.
  void StallUntil(Nanos until) { device_.StallUntil(until); }

  // ---- media; they stay until rewritten ----
  // The sector at `offset` cannot be read.
  MediaReport BreakSector(Slice path, std::uint64_t offset, IoFaultId fault);
  // Flips `bits` bits near `offset`.
  MediaReport FlipBits(Slice path, std::uint64_t offset, std::uint64_t bits,
                       IoFaultId fault);
  // Likewise at a place drawn by `key` among the durable bytes of files whose
  // path contains `path_part`.
  MediaReport FlipBitsSomewhere(Slice path_part, std::uint64_t bits,
                                IoFaultId fault, std::uint64_t key);
  MediaReport BreakSectorSomewhere(Slice path_part, IoFaultId fault,
                                   std::uint64_t key);
  // Reads that were given bytes, or an error, because of this fault.
  std::uint64_t damaged_reads(IoFaultId fault) const;
  // Drops all clean pages, as memory pressure would: the next read shows what
  // the media holds.
  void DropCaches();

  // For DiskHost: the flusher's time has come.
  void OnFlusher();

 private:
  friend class SimFile;
  friend class SimFileSystem;
  friend struct DiskView;

  // A request the device is working on, and what its completion means.
  struct InFlight {
    enum class Fate : std::uint8_t { kOk, kFails, kLies };
    Nanos issued = 0;
    Nanos done = 0;
    UnitSeq upto = 0;  // covers units up to here ...
    InodeId inode;     // ... of this file (0: none) ...
    std::uint64_t low = 0;
    std::uint64_t high = 0;  // ... that touch [low, high)
    InodeId directory;       // a directory sync without journal
    Fate fate = Fate::kOk;
    bool flush = false;
    bool commit = false;
    bool journal_fails = false;
    IoFaultId fault;             // with kFails; 0: none
    std::uint32_t lose_ppm = 0;  // with kFails
    IoFaultId lose_write;        // 0: none
    IoFaultId misdirect;         // 0: none
  };
  static constexpr std::uint64_t kWholeFile = ~std::uint64_t{0};

  Nanos now() const { return host_->Now(); }

  // ---- sim_disk.cc: changes in the page cache ----
  void Write(Inode& file, std::uint64_t offset, Slice bytes);
  void SetSize(Inode& file, std::uint64_t size);
  void TouchWritten(Inode& file, std::uint64_t low, std::uint64_t high,
                    UnitSeq seq);
  UnitSeq TakeSeq(std::uint64_t n);
  void LogSize(Inode& file, std::uint64_t old_size, std::uint64_t new_size);
  // Marks a truncate-and-rewrite as finished: close of a description.
  void SealRewrite(Inode& file);
  void NoteDirty(Inode& file);
  void NoteChange() {
    if (!flusher_armed_) ArmFlusher();
  }
  void ArmFlusher();
  void Trace(UnitSeq seq, const Inode& inode, std::uint64_t offset,
             Slice bytes);
  std::uint64_t FreePages() const;
  Inode* FindFile(Slice path) const;
  void StartMount();
  std::uint64_t TearBytes() const;

  // ---- write_back.cc: requests that make units durable ----
  // `full`: fsync rather than fdatasync. Returns the completion time.
  Nanos StartSync(Inode& file, std::uint64_t low, std::uint64_t high,
                  bool full);
  Nanos StartDirectorySync(Inode& directory);
  Nanos StartDirectWrite(Inode& file, std::uint64_t low, std::uint64_t high);
  Nanos StartWriteBack(Inode& file);
  // Dirty throttling after a buffered write; returns until when it must wait.
  Nanos Throttle(Inode& file);
  Nanos StartCommit();
  // Starts reading pages; returns the completion time.
  Nanos StartRead(const Inode& file, std::uint64_t page, std::uint64_t pages);
  struct DirtyExtent {
    std::uint64_t bytes = 0;
    std::uint64_t runs = 0;
    std::uint64_t first = 0;
  };
  DirtyExtent CachedExtent(const Inode& file, std::uint64_t low,
                           std::uint64_t high) const;
  Nanos SubmitData(const Inode& file, const DirtyExtent& extent, Nanos at);
  void Submit(InFlight request);
  void DecideFate(const Inode& file, DiskOp op, bool has_data,
                  InFlight* request);
  bool JournalPending() const;
  void StartExpired();

  // ---- completion.cc, sync_failure.cc: what they achieve, and do not ----
  // Applies every request that has completed by now.
  void Settle() {
    if (!in_flight_.empty()) SettleSlow();
  }
  void SettleSlow();
  void Complete(const InFlight& request);
  void PersistNames(const InFlight& request);
  void CompleteFailed(Inode& file, const InFlight& request);
  void Persist(Inode& file, UnitSeq upto, std::uint64_t low, std::uint64_t high,
               bool sizes);
  void MoveToDevice(Inode& file, const InFlight& request);
  void CommitJournal(UnitSeq upto);
  void Destage(Nanos reached_by);
  void PersistIf(Inode& file, absl::FunctionRef<bool(const FileUnit&)> covered);
  void ClipEarlier(Inode& file, std::size_t n, std::uint64_t size);
  void ForgetUnit(Inode& file, const FileUnit& unit);
  void CommitSizes(Inode& file, UnitSeq upto);
  bool Floats(const FileUnit& unit) const;
  bool WriteBackInFlight(InodeId file) const;
  Nanos WriteBackDone(InodeId file, Nanos at) const;
  void RecountDirty(Inode& file, UnitSeq upto);
  void RevertAll(Inode& file);
  void LoseUnits(Inode& file, const InFlight& request);
  void SplitByPage(Inode& file);
  void ReviveLost(Inode& file, std::uint64_t low, std::uint64_t high);
  void RevertLostPage(Inode& file, std::uint64_t page);
  void LoseOneWrite(Inode& file, const InFlight& request);
  bool AnythingToFlush() const;

  // ---- crash.cc ----
  enum class CrashKind : std::uint8_t { kPower, kOs };
  std::vector<CrashUnit> ExpandUnits(CrashKind kind) const;
  void ExpandFile(const Inode& file, CrashKind kind,
                  std::vector<CrashUnit>* out) const;
  CrashReport ApplyCrash(CrashKind kind, std::vector<CrashUnit> units);
  CrashReport Crash(CrashKind kind, const CrashOptions& options);
  void TearInFlight(const std::vector<CrashUnit>& units, CrashReport* report);
  bool InFlightAt(const Inode& file, const FileUnit& unit) const;
  static void Undo(const FileUnit& unit, std::uint64_t low, std::uint64_t high,
                   PageTable* bytes);
  static void UndoAll(const Inode& file, PageTable* bytes);
  DurableImage TakeImage(bool synced);  // durable_image.cc
  bool DurablePathIs(Slice path, const Inode& file) const;

  // ---- disk_fault.cc: media ----
  // Of pages about to be read from the device; kDataLoss, or ok.
  absl::Status CheckMedia(Inode& file, std::uint64_t low, std::uint64_t high,
                          bool from_device);
  void ClearDamage(Inode& file, std::uint64_t low, std::uint64_t high);
  MediaReport Damage(Inode& file, std::uint64_t low, std::uint64_t high,
                     MediaDamage::Kind kind, IoFaultId fault);
  bool HasUnits(const Inode& file, std::uint64_t low, std::uint64_t high) const;
  static bool HasDamage(const Inode& file, std::uint64_t low,
                        std::uint64_t high);
  Inode* DrawPlace(Slice path_part, std::uint64_t key, std::uint64_t* offset);
  void Misplace(Inode& source, std::uint64_t page, IoFaultId fault);
  void EvictRange(Inode& file, std::uint64_t low, std::uint64_t high);

  static void OnFree(void* self, Inode& inode);
  static void OnEvict(void* self, Inode& inode, std::uint64_t page);

  DiskOptions options_;
  std::unique_ptr<DiskHost> host_;
  DeviceModel device_;
  FileTree tree_;
  PageCache cache_;
  FaultTable faults_;

  UnitSeq next_seq_ = 1;
  std::vector<InodeId> dirty_;  // files with units; may name the freed
  std::vector<InFlight> in_flight_;
  std::uint64_t dirty_pages_ = 0;
  std::uint64_t device_units_ = 0;  // kDevice, of all files
  bool read_only_ = false;          // a journal write failed
  bool flusher_armed_ = false;
  std::uint64_t foreign_bytes_ = 0;
  std::uint64_t mount_ = 1;
  std::uint64_t crashes_ = 0;
  std::uint64_t losses_ = 0;  // failed write-backs, for keyed draws
  std::uint64_t trace_hash_ = 0;
  absl::btree_map<std::uint64_t, std::uint64_t> damaged_reads_;
  DiskStats stats_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_SIM_DISK_H_
