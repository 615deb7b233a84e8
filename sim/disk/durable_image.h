// A copy of a disk's contents at one instant: cheap (pages are shared), whole,
// and independent of what happens to the disk afterwards.
//
// For oracles ("would this acknowledged write survive a power loss now?"),
// shadow recovery (UntimedDisk::Restore), snapshots and old images.
#ifndef WR_SIM_DISK_DURABLE_IMAGE_H_
#define WR_SIM_DISK_DURABLE_IMAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "sim/disk/page_table.h"

namespace wringer::sim {

class DurableImage {
 public:
  // Absolute paths of all files, sorted; likewise of all directories but "/".
  std::vector<std::string> Files() const;
  const std::vector<std::string>& directories() const { return directories_; }
  bool Contains(Slice path) const { return Find(path) != nullptr; }
  // kNotFound if there is no such file.
  absl::StatusOr<std::string> Read(Slice path) const;
  absl::StatusOr<std::uint64_t> Size(Slice path) const;
  // Equal for equal paths and bytes.
  std::uint64_t Digest() const;

  // ---- for SimDisk ----
  // A file may have several paths (hard links): `contents` numbers it.
  void AddDirectory(std::string path);
  std::size_t AddContents(PageTable bytes);
  void AddFile(std::string path, std::size_t contents);
  const absl::btree_map<std::string, std::size_t>& files() const {
    return files_;
  }
  const std::vector<PageTable>& contents() const { return contents_; }

 private:
  const PageTable* Find(Slice path) const;

  std::vector<std::string> directories_;  // parents before children
  absl::btree_map<std::string, std::size_t> files_;
  std::vector<PageTable> contents_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_DURABLE_IMAGE_H_
