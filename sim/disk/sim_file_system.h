// One incarnation's view of a SimDisk: env::FileSystem with POSIX rules.
//
// Made at boot, dead at the crash: once the incarnation is fenced or the disk
// has moved on to another mount, every call is a recorded defect without
// effect. Buffered writes and cached reads cost CPU only; what needs the
// device parks the calling fiber until the request completes, one event each.
#ifndef WR_SIM_DISK_SIM_FILE_SYSTEM_H_
#define WR_SIM_DISK_SIM_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/env/file_system.h"
#include "sim/disk/page_cache.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

// What a view needs of its node.
class DiskCaller {
 public:
  virtual ~DiskCaller() = default;
  // Blocks the calling fiber until true time `at`. May yield; unwinds if the
  // node dies meanwhile. `op` names the request in digest and trace.
  virtual void WaitUntil(Nanos at, std::uint64_t op) = 0;
  virtual void Charge(Nanos cpu) = 0;
  // Whether the incarnation this view was made for still runs.
  virtual bool Live() const = 0;
  virtual void RecordDefect(Slice what) = 0;
};

// What a view and its open files share.
struct DiskView {
  SimDisk* disk = nullptr;
  std::unique_ptr<DiskCaller> caller;
  std::uint64_t mount = 0;

  bool Live() const { return disk->mount() == mount && caller->Live(); }
  // kUnavailable, and a defect, if this view is dead.
  absl::Status Enter(Slice call) const;
  // Blocks until `at`. May yield. kUnavailable if the view died meanwhile.
  absl::Status WaitUntil(Nanos at) const;
  void Charge(std::uint64_t pages) const;
};

class SimFileSystem final : public env::FileSystem {
 public:
  // REQUIRES: `disk` outlives the view and its files.
  SimFileSystem(SimDisk* disk, std::unique_ptr<DiskCaller> caller);

  absl::StatusOr<std::unique_ptr<env::File>> Open(
      Slice path, const env::OpenOptions& options) override;
  absl::Status Remove(Slice path) override;
  absl::Status Rename(Slice from, Slice to) override;
  absl::Status Link(Slice from, Slice to) override;
  absl::Status MakeDirectory(Slice path) override;
  absl::StatusOr<std::vector<std::string>> List(Slice path) override;
  absl::StatusOr<env::FileStat> Stat(Slice path) override;
  absl::Status SyncDirectory(Slice path) override;
  std::uint64_t FreeBytes() const override;
  env::DeviceInfo Device() const override;

 private:
  absl::Status BeginChange(Slice call, Slice path);
  absl::Status CheckRename(const FileTree::Place& from,
                           const FileTree::Place& to) const;
  absl::StatusOr<Inode*> CreateFile(Slice path, const FileTree::Place& place);

  std::shared_ptr<DiskView> view_;
};

// One open file description.
class SimFile final : public env::File {
 public:
  SimFile(std::shared_ptr<DiskView> view, Inode* inode,
          const env::OpenOptions& options);
  ~SimFile() override;

  absl::Status ReadAt(std::uint64_t offset, std::size_t n,
                      std::string* out) override;
  absl::Status WriteAt(std::uint64_t offset, Slice bytes) override;
  absl::Status Truncate(std::uint64_t size) override;
  absl::Status Allocate(std::uint64_t size) override;
  absl::Status Sync() override;
  absl::Status DataSync() override;
  std::uint64_t Size() const override;
  void Advise(env::Advice advice) override;

 private:
  SimDisk& disk() const { return *view_->disk; }
  absl::Status Error(Slice call, Slice what) const;
  absl::Status CheckAligned(std::uint64_t offset, std::uint64_t n) const;
  // What every change goes through; `call` names it in errors.
  absl::Status BeginChange(Slice call);
  // Of `bytes` at `offset`, the prefix for which there is space.
  Slice FitToSpace(std::uint64_t offset, Slice bytes) const;
  // Makes pages [first, first + count) resident. May yield.
  absl::Status LoadPages(std::uint64_t first, std::uint64_t count);
  absl::Status ReadFromDevice(std::uint64_t missing, std::uint64_t end);
  void StartReadAhead(PageRange range);
  absl::Status AwaitArrivals(std::uint64_t first, std::uint64_t end);
  // Before a partial overwrite of pages that are not in memory. May yield.
  absl::Status LoadBorders(std::uint64_t offset, std::uint64_t end);
  absl::Status ReadDirect(std::uint64_t offset, std::uint64_t n);
  absl::Status WriteDirect(std::uint64_t offset, std::uint64_t end);
  absl::Status SyncRange(std::uint64_t low, std::uint64_t high, bool full);
  // The write-back error this description has not heard of yet (errseq).
  absl::Status TakeError();

  std::shared_ptr<DiskView> view_;
  Inode* inode_;  // valid while the view's mount lasts
  env::OpenOptions options_;
  std::uint64_t errors_heard_;
  bool wrote_ = false;
  ReadAhead read_ahead_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_SIM_FILE_SYSTEM_H_
