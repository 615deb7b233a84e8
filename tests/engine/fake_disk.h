// A synchronous file system with crash semantics, for exhaustive tests.
//
// Nothing here takes time: every call returns at once, so that thousands of
// crash points run in a second. Rules are those of posix-strict: unsynced
// sectors, sizes and names persist in any subset; a sync covers one file; names
// need a directory sync. The disk of sim/disk is the realistic one.
//
//   disk.FreezeAt(k);        // after k mutations every call fails ...
//   ... run the engine ...
//   disk.Crash(keep);        // ... and this is what the power loss left
#ifndef WR_TESTS_ENGINE_FAKE_DISK_H_
#define WR_TESTS_ENGINE_FAKE_DISK_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/env/file_system.h"

namespace wringer::testing {

class FakeDisk : public env::FileSystem {
 public:
  enum class Op : std::uint8_t {
    kCreate,
    kWrite,
    kTruncate,
    kSync,
    kRemove,
    kRename,
    kMakeDirectory,
    kSyncDirectory,
    kRead,
  };
  // Asked before every call on a path; an error is returned to the caller. A
  // failed sync drops the unsynced pages, as ext4 does.
  using Hook = std::function<absl::Status(Op op, const std::string& path)>;
  // Asked once per unsynced unit, oldest first: does it persist?
  using Keep = std::function<bool()>;

  FakeDisk();
  // A deep copy in the same state.
  std::unique_ptr<FakeDisk> Clone() const;

  // ---- faults ----
  void FreezeAt(std::uint64_t mutation) { freeze_at_ = mutation; }
  void set_hook(Hook hook) { hook_ = std::move(hook); }
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  void set_device(const env::DeviceInfo& device) { device_ = device; }
  // Mutating calls so far that reached the disk.
  std::uint64_t mutations() const { return mutations_; }
  std::uint64_t syncs() const { return syncs_; }
  bool frozen() const { return mutations_ >= freeze_at_; }
  // Power loss: unsynced units survive iff `keep` says so. Unfreezes.
  void Crash(const Keep& keep);
  // The process ended, the machine did not: nothing is lost. Unfreezes.
  void Kill() { FreezeAt(std::numeric_limits<std::uint64_t>::max()); }
  std::size_t unsynced_units() const;

  // ---- looking and meddling ----
  std::vector<std::string> Files() const;
  std::string Contents(const std::string& path) const;
  // Replaces a file's bytes, durably.
  void SetContents(const std::string& path, const std::string& bytes);
  void Erase(const std::string& path);

  // ---- env::FileSystem ----
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
  env::DeviceInfo Device() const override { return device_; }

 private:
  friend class FakeFile;
  static constexpr std::uint64_t kSector = 512;

  struct Unit {  // one unsynced sector, or a new size
    bool is_size = false;
    std::uint64_t at = 0;
    std::string bytes;
  };
  struct Inode {
    bool is_directory = false;
    std::string live;
    std::string durable;
    std::vector<Unit> units;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  struct NameUnit {  // `from` loses its name, `to` gets this inode
    std::string from;
    std::string to;
    std::shared_ptr<Inode> inode;
  };

  absl::Status Begin(Op op, const std::string& path);
  absl::Status Write(Inode* inode, std::uint64_t offset, Slice bytes);
  static void Resize(Inode* inode, std::uint64_t size);
  static void Apply(const Unit& unit, std::string* bytes);
  static void SyncInode(Inode* inode);
  static void ApplyName(const NameUnit& unit, Names* names);
  std::uint64_t UsedBytes() const;
  Inode* Find(const std::string& path) const;

  Names live_;
  Names durable_;
  std::vector<NameUnit> name_units_;
  Hook hook_;
  env::DeviceInfo device_;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t freeze_at_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t mutations_ = 0;
  std::uint64_t syncs_ = 0;
};

}  // namespace wringer::testing

#endif  // WR_TESTS_ENGINE_FAKE_DISK_H_
