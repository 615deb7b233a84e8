#include "sim/disk/sim_file_system.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace wringer::sim {

absl::Status DiskView::Enter(Slice call) const {
  if (Live()) [[likely]] {
    disk->Settle();
    return absl::OkStatus();
  }
  caller->RecordDefect(absl::StrCat("disk: ", call));
  return absl::UnavailableError(
      absl::StrCat(call, " by an incarnation that is dead"));
}

absl::Status DiskView::WaitUntil(Nanos at) const {
  if (at > disk->now()) {
    caller->WaitUntil(at, disk->device().requests());
    if (disk->mount() != mount) {
      return absl::UnavailableError("the disk was taken away");
    }
  }
  disk->Settle();
  return absl::OkStatus();
}

void DiskView::Charge(std::uint64_t pages) const {
  const DiskOptions& options = disk->options();
  caller->Charge(options.cpu_per_call +
                 options.cpu_per_page * static_cast<Nanos>(pages));
}

SimFileSystem::SimFileSystem(SimDisk* disk, std::unique_ptr<DiskCaller> caller)
    : view_(std::make_shared<DiskView>()) {
  view_->disk = disk;
  view_->caller = std::move(caller);
  view_->mount = disk->mount();
}

// What every change of a name goes through: may wait out a stalled disk.
absl::Status SimFileSystem::BeginChange(Slice call, Slice path) {
  WR_RETURN_IF_ERROR(view_->Enter(call));
  view_->Charge(0);
  SimDisk& disk = *view_->disk;
  WR_RETURN_IF_ERROR(view_->WaitUntil(disk.device_.stalled_until()));
  if (disk.read_only_) {
    return absl::UnavailableError(
        absl::StrCat(call, " ", path, ": read-only file system"));
  }
  if (const IoFault* fault = disk.faults_.Check(DiskOp::kMetadata, path)) {
    return absl::UnavailableError(absl::StrCat(
        call, " ", path, ": I/O error (fault ", fault->id.value(), ")"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Inode*> SimFileSystem::CreateFile(Slice path,
                                                 const FileTree::Place& place) {
  SimDisk& disk = *view_->disk;
  if (disk.FreePages() == 0) {
    ++disk.stats_.no_space_errors;
    return absl::ResourceExhaustedError(
        absl::StrCat("create ", path, ": no space left on device"));
  }
  Inode& inode = disk.tree_.Create(false);
  inode.path = std::string(path);
  const UnitSeq seq = disk.TakeSeq(1);
  disk.tree_.Add(*place.directory, place.name, inode, seq);
  disk.Trace(seq, inode, 0, place.name);
  disk.NoteChange();
  return &inode;
}

absl::StatusOr<std::unique_ptr<env::File>> SimFileSystem::Open(
    Slice path, const env::OpenOptions& options) {
  WR_RETURN_IF_ERROR(view_->Enter("Open"));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(FileTree::Place place, disk.tree_.ResolvePlace(path));
  const bool changes =
      (place.target == nullptr && options.create) || options.truncate;
  if (changes) {
    WR_RETURN_IF_ERROR(BeginChange("open", path));
    WR_ASSIGN_OR_RETURN(place, disk.tree_.ResolvePlace(path));
  } else {
    view_->Charge(0);
  }
  if (place.target == nullptr) {
    if (!options.create) {
      return absl::NotFoundError(absl::StrCat("no such file: ", path));
    }
    WR_ASSIGN_OR_RETURN(place.target, CreateFile(path, place));
  } else if (options.create && options.exclusive) {
    return absl::AlreadyExistsError(absl::StrCat("exists: ", path));
  } else if (place.target->is_directory) {
    return absl::InvalidArgumentError(absl::StrCat("a directory: ", path));
  } else if (options.truncate) {
    if (options.read_only) {
      return absl::InvalidArgumentError("truncate of a read-only open");
    }
    disk.SetSize(*place.target, 0);
  }
  return std::unique_ptr<env::File>(
      std::make_unique<SimFile>(view_, place.target, options));
}

absl::Status SimFileSystem::Remove(Slice path) {
  WR_RETURN_IF_ERROR(BeginChange("remove", path));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(const FileTree::Place place,
                      disk.tree_.ResolvePlace(path));
  if (place.target == nullptr) {
    return absl::NotFoundError(absl::StrCat("no such file: ", path));
  }
  if (place.target->is_directory && !place.target->entries.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("directory is not empty: ", path));
  }
  const UnitSeq seq = disk.TakeSeq(1);
  disk.Trace(seq, *place.target, 1, place.name);
  disk.tree_.Remove(*place.directory, place.name, seq);
  disk.NoteChange();
  return absl::OkStatus();
}

absl::Status SimFileSystem::CheckRename(const FileTree::Place& from,
                                        const FileTree::Place& to) const {
  if (from.target == nullptr) {
    return absl::NotFoundError(absl::StrCat("no such file: ", from.name));
  }
  if (from.target->is_directory &&
      view_->disk->tree_.IsBelow(*to.directory, *from.target)) {
    return absl::InvalidArgumentError("rename of a directory into itself");
  }
  if (to.target == nullptr || to.target == from.target) return absl::OkStatus();
  if (to.target->is_directory != from.target->is_directory) {
    return absl::InvalidArgumentError("rename between a file and a directory");
  }
  if (to.target->is_directory && !to.target->entries.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("directory is not empty: ", to.name));
  }
  return absl::OkStatus();
}

absl::Status SimFileSystem::Rename(Slice from, Slice to) {
  WR_RETURN_IF_ERROR(BeginChange("rename", from));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(const FileTree::Place source,
                      disk.tree_.ResolvePlace(from));
  WR_ASSIGN_OR_RETURN(const FileTree::Place target,
                      disk.tree_.ResolvePlace(to));
  WR_RETURN_IF_ERROR(CheckRename(source, target));
  if (source.target == target.target) return absl::OkStatus();
  const bool replaces =
      target.target != nullptr && !source.target->is_directory;
  const UnitSeq seq = disk.TakeSeq(1);
  disk.Trace(seq, *source.target, 2, target.name);
  NameUnit& unit = disk.tree_.Rename(source, target, seq);
  unit.forces_data = replaces && disk.options_.profile.replace_forces_data;
  source.target->path = std::string(to);
  if (unit.forces_data) disk.StartWriteBack(*source.target);
  disk.NoteChange();
  return absl::OkStatus();
}

absl::Status SimFileSystem::Link(Slice from, Slice to) {
  WR_RETURN_IF_ERROR(BeginChange("link", to));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(Inode * inode, disk.tree_.Resolve(from));
  if (inode->is_directory) {
    return absl::InvalidArgumentError(absl::StrCat("a directory: ", from));
  }
  WR_ASSIGN_OR_RETURN(const FileTree::Place place, disk.tree_.ResolvePlace(to));
  if (place.target != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("exists: ", to));
  }
  const UnitSeq seq = disk.TakeSeq(1);
  disk.Trace(seq, *inode, 3, place.name);
  disk.tree_.Add(*place.directory, place.name, *inode, seq);
  disk.NoteChange();
  return absl::OkStatus();
}

absl::Status SimFileSystem::MakeDirectory(Slice path) {
  WR_RETURN_IF_ERROR(BeginChange("mkdir", path));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(const FileTree::Place place,
                      disk.tree_.ResolvePlace(path));
  if (place.target != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat("exists: ", path));
  }
  if (disk.FreePages() == 0) {
    ++disk.stats_.no_space_errors;
    return absl::ResourceExhaustedError(
        absl::StrCat("mkdir ", path, ": no space left on device"));
  }
  Inode& inode = disk.tree_.Create(true);
  inode.path = std::string(path);
  const UnitSeq seq = disk.TakeSeq(1);
  disk.tree_.Add(*place.directory, place.name, inode, seq);
  disk.Trace(seq, inode, 4, place.name);
  disk.NoteChange();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SimFileSystem::List(Slice path) {
  WR_RETURN_IF_ERROR(view_->Enter("List"));
  WR_ASSIGN_OR_RETURN(const Inode* inode, view_->disk->tree_.Resolve(path));
  if (!inode->is_directory) {
    return absl::InvalidArgumentError(absl::StrCat("not a directory: ", path));
  }
  view_->Charge(0);
  std::vector<std::string> names;
  for (const auto& [name, id] : inode->entries) names.push_back(name);
  return names;
}

absl::StatusOr<env::FileStat> SimFileSystem::Stat(Slice path) {
  WR_RETURN_IF_ERROR(view_->Enter("Stat"));
  WR_ASSIGN_OR_RETURN(const Inode* inode, view_->disk->tree_.Resolve(path));
  view_->Charge(0);
  env::FileStat stat;
  stat.size = inode->bytes.size();
  stat.is_directory = inode->is_directory;
  return stat;
}

absl::Status SimFileSystem::SyncDirectory(Slice path) {
  WR_RETURN_IF_ERROR(BeginChange("sync", path));
  SimDisk& disk = *view_->disk;
  WR_ASSIGN_OR_RETURN(Inode * inode, disk.tree_.Resolve(path));
  if (!inode->is_directory) {
    return absl::InvalidArgumentError(absl::StrCat("not a directory: ", path));
  }
  // A description of its own, opened and closed here: it hears of this sync's
  // failure, and of an earlier one nobody was told about.
  const std::uint64_t heard =
      inode->error_seen ? inode->error_seq : inode->error_seq - 1;
  ++inode->opens;
  const absl::Status waited = view_->WaitUntil(disk.StartDirectorySync(*inode));
  if (!waited.ok()) return waited;
  const bool failed = inode->error_seq != heard;
  inode->error_seen = true;
  const std::uint64_t fault = inode->error_fault.value();
  disk.tree_.Close(*inode);
  if (!failed) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("sync ", path, ": I/O error (fault ", fault, ")"));
}

std::uint64_t SimFileSystem::FreeBytes() const {
  return view_->disk->free_bytes();
}

env::DeviceInfo SimFileSystem::Device() const {
  const DeviceOptions& device = view_->disk->options().device;
  env::DeviceInfo info;
  info.logical_sector = device.logical_sector;
  info.physical_sector = device.physical_sector;
  info.power_safe_overwrite = device.power_safe_overwrite;
  return info;
}

}  // namespace wringer::sim
