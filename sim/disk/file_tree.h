// Names and inodes of one disk: the tree the node sees, the tree that is
// durable, and the name units between them.
//
// Names are a redo log: the durable tree plus the units that survive, applied
// in order, is the tree after a crash. Not a cost model: nothing here waits.
#ifndef WR_SIM_DISK_FILE_TREE_H_
#define WR_SIM_DISK_FILE_TREE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "sim/disk/inode.h"

namespace wringer::sim {

class FileTree {
 public:
  // A directory and a name in it, which may or may not exist.
  struct Place {
    Inode* directory = nullptr;
    std::string name;
    Inode* target = nullptr;  // null if absent
  };

  FileTree();

  // Null if it is gone.
  Inode* Find(InodeId id) const;
  Inode& root() const { return *inodes_[1]; }
  // kNotFound, kInvalidArgument (not absolute, not a directory on the way).
  absl::StatusOr<Inode*> Resolve(Slice path) const;
  // As Resolve, for a path whose last component may be absent.
  absl::StatusOr<Place> ResolvePlace(Slice path) const;
  // Whether `directory` is `inode` or lies below it.
  bool IsBelow(const Inode& directory, const Inode& inode) const;

  // Not yet named, empty, not durable.
  Inode& Create(bool is_directory);

  // Each changes the visible tree and logs one unit. REQUIRES: valid places.
  void Add(Inode& directory, Slice name, Inode& inode, UnitSeq seq);
  void Remove(Inode& directory, Slice name, UnitSeq seq);
  NameUnit& Rename(const Place& from, const Place& to, UnitSeq seq);

  const std::vector<NameUnit>& pending() const { return pending_; }
  std::vector<NameUnit>& pending() { return pending_; }
  // Applies to the durable tree, in order, the pending units for which `is`
  // holds, and forgets them.
  void MakeDurable(absl::FunctionRef<bool(NameUnit&)> is);

  // After a crash: forgets the pending units, shows the durable tree, and
  // drops every inode that cannot be reached from the root.
  void ShowDurable();
  // For images of other disks: makes the visible tree durable.
  void MakeAllDurable();

  void Open(Inode& inode);
  void Close(Inode& inode);
  // Frees the inode if nothing needs it any more.
  void Release(Inode& inode);
  // Called before an inode is freed.
  void set_on_free(void (*hook)(void* object, Inode& inode), void* object) {
    on_free_ = hook;
    on_free_object_ = object;
  }

  // Recomputes what the inode occupies.
  void Charge(Inode& inode);
  std::uint64_t used_pages() const { return used_pages_; }

  // Live inodes by id; entries may be null. Index 0 is unused.
  const std::vector<std::unique_ptr<Inode>>& inodes() const { return inodes_; }

 private:
  void Apply(const NameUnit& unit);
  void SetDurable(Inode& directory, const std::string& name, InodeId inode);
  void EraseDurable(Inode& directory, const std::string& name);
  void SetVisible(Inode& directory, const std::string& name, Inode* inode);
  void Mark(Inode& directory, std::vector<bool>* reached) const;
  void Free(Inode& inode);

  std::vector<std::unique_ptr<Inode>> inodes_;
  std::vector<NameUnit> pending_;
  std::uint64_t used_pages_ = 0;
  void (*on_free_)(void*, Inode&) = nullptr;
  void* on_free_object_ = nullptr;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_FILE_TREE_H_
