#include "sim/disk/sim_disk.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/base/status_macros.h"

namespace wringer::sim {

absl::StatusOr<DiskOptions> MakeDiskOptions(Slice profile, Slice device) {
  DiskOptions options;
  WR_ASSIGN_OR_RETURN(options.profile, FindDiskProfile(profile));
  WR_ASSIGN_OR_RETURN(options.device, FindDevicePreset(device));
  return options;
}

SimDisk::SimDisk(const DiskOptions& options, std::unique_ptr<DiskHost> host)
    : options_(options),
      host_(std::move(host)),
      device_(options.device, options.seed, options.disk),
      cache_(&tree_,
             std::max<std::uint64_t>(16, options.cache_bytes / kPageBytes),
             &SimDisk::OnEvict, this),
      faults_(options.seed, options.disk) {
  const std::uint32_t tear = options.tear_bytes;
  WR_CHECK(tear == 0 || (tear <= kPageBytes && kPageBytes % tear == 0));
  WR_CHECK(options.device.logical_sector <= kPageBytes);
  tree_.set_on_free(&SimDisk::OnFree, this);
}

SimDisk::~SimDisk() {
  host_->DisarmFlusher();
  tree_.set_on_free(nullptr, nullptr);
}

// The block a crash keeps or drops as a whole. 0: a whole write.
std::uint64_t SimDisk::TearBytes() const {
  if (options_.tear_bytes == 0) return 0;
  return std::max({options_.tear_bytes, options_.device.logical_sector,
                   options_.profile.atomic_bytes});
}

UnitSeq SimDisk::TakeSeq(std::uint64_t n) {
  return std::exchange(next_seq_, next_seq_ + n);
}

void SimDisk::Trace(UnitSeq seq, const Inode& inode, std::uint64_t offset,
                    Slice bytes) {
  const std::uint64_t place =
      (offset + 0x9e3779b97f4a7c15u) ^ (std::uint64_t{inode.id.value()} << 40);
  const std::uint64_t what = MulFold(Hash64(bytes) ^ seq, place | 1);
  trace_hash_ = MulFold(trace_hash_ ^ what, 0xd1342543de82ef95u);
}

void SimDisk::NoteDirty(Inode& file) {
  if (!file.listed_dirty) {
    file.listed_dirty = true;
    dirty_.push_back(file.id);
  }
  NoteChange();
}

void SimDisk::ArmFlusher() {
  flusher_armed_ = true;
  host_->ArmFlusher(this, now() + options_.profile.flusher_wake);
}

// ---------------------------------------------------------------- changes

void SimDisk::Write(Inode& file, std::uint64_t offset, Slice bytes) {
  WR_CHECK(!bytes.empty());
  const std::uint64_t old_size = file.bytes.size();
  const std::uint64_t end = offset + bytes.size();
  if (file.lost_units > 0) ReviveLost(file, offset, end);

  const std::uint64_t tear = TearBytes() == 0 ? kPageBytes : TearBytes();
  FileUnit& unit = file.units.emplace_back();
  unit.seq = TakeSeq((end - 1) / tear - offset / tear + 1);
  unit.offset = offset;
  unit.length = bytes.size();
  unit.at = now();
  unit.extends = end > old_size;
  if (offset < old_size) {
    file.bytes.Read(offset, bytes.size(), &unit.before);
  }
  const UnitSeq seq = unit.seq;
  file.bytes.Write(offset, bytes);
  if (end > old_size) {
    LogSize(file, old_size, end);
    tree_.Charge(file);
  }
  TouchWritten(file, offset, end, seq);
  Trace(seq, file, offset, bytes);
  NoteDirty(file);
}

void SimDisk::LogSize(Inode& file, std::uint64_t old_size,
                      std::uint64_t new_size) {
  FileUnit& unit = file.units.emplace_back();
  unit.seq = TakeSeq(1);
  unit.kind =
      new_size < old_size ? FileUnit::Kind::kTruncate : FileUnit::Kind::kExtend;
  unit.offset = new_size;
  unit.length = old_size;
  unit.at = now();
  ++file.size_units;
}

void SimDisk::TouchWritten(Inode& file, std::uint64_t low, std::uint64_t high,
                           UnitSeq seq) {
  const std::uint64_t last = (high - 1) / kPageBytes;
  if (file.pages.size() <= last) file.pages.resize(last + 1);
  for (std::uint64_t page = low / kPageBytes; page <= last; ++page) {
    PageState& state = file.pages[page];
    if (state.write_seq <= file.clean_seq) {
      ++file.dirty_pages;
      ++dirty_pages_;
    }
    state.write_seq = seq;
    cache_.Touch(file, page);
  }
}

void SimDisk::SetSize(Inode& file, std::uint64_t size) {
  const std::uint64_t old_size = file.bytes.size();
  if (size == old_size) return;
  // Lost bytes beyond the cut go back first, as eviction may do at any time:
  // nothing may undo them later across the truncation.
  if (size < old_size && file.lost_units > 0) {
    EvictRange(file, size, old_size);
  }
  LogSize(file, old_size, size);
  FileUnit& unit = file.units.back();
  unit.journaled = true;
  if (size < old_size) {
    file.bytes.Read(size, old_size - size, &unit.before);
    const std::uint64_t pages = PagesFor(size);
    for (std::uint64_t i = pages; i < file.pages.size(); ++i) {
      if (file.pages[i].write_seq <= file.clean_seq) continue;
      --file.dirty_pages;
      --dirty_pages_;
    }
    cache_.Forget(file, pages);
  }
  file.pages.resize(PagesFor(size));
  file.bytes.Resize(size);
  tree_.Charge(file);
  Trace(unit.seq, file, size, "size");
  NoteDirty(file);
}

void SimDisk::SealRewrite(Inode& file) {
  if (!options_.profile.replace_forces_data || file.size_units == 0) return;
  const auto cut = std::find_if(
      file.units.rbegin(), file.units.rend(), [](const FileUnit& unit) {
        return unit.kind == FileUnit::Kind::kTruncate && unit.offset == 0;
      });
  if (cut == file.units.rend() || cut == file.units.rbegin()) return;
  cut->rewrite_until = next_seq_ - 1;
  StartWriteBack(file);
}

// ------------------------------------------------------------------ space

std::uint64_t SimDisk::FreePages() const {
  const std::uint64_t used = tree_.used_pages() + PagesFor(foreign_bytes_);
  const std::uint64_t all = options_.capacity_bytes / kPageBytes;
  return used >= all ? 0 : all - used;
}

std::uint64_t SimDisk::free_bytes() const { return FreePages() * kPageBytes; }

void SimDisk::SetFull(std::uint64_t spare) {
  foreign_bytes_ = 0;
  const std::uint64_t free = free_bytes();
  foreign_bytes_ = free > spare ? free - spare : 0;
}

// ------------------------------------------------------------------ lives

void SimDisk::OnFree(void* self, Inode& inode) {
  SimDisk& disk = *static_cast<SimDisk*>(self);
  disk.dirty_pages_ -= inode.dirty_pages;
  for (const FileUnit& unit : inode.units) {
    if (unit.state == UnitState::kDevice) --disk.device_units_;
  }
  disk.cache_.Forget(inode, 0);
}

void SimDisk::OnEvict(void* self, Inode& inode, std::uint64_t page) {
  static_cast<SimDisk*>(self)->RevertLostPage(inode, page);
}

void SimDisk::ProcessKill() {
  Settle();
  ++mount_;
  for (std::size_t i = 1; i < tree_.inodes().size(); ++i) {
    Inode* inode = tree_.inodes()[i].get();
    if (inode == nullptr || inode->opens == 0) continue;
    SealRewrite(*inode);
    inode->opens = 0;
    tree_.Release(*inode);
  }
}

void SimDisk::StartMount() {
  ++mount_;
  in_flight_.clear();
  dirty_.clear();
  cache_.Clear();
  device_.Reset();
  read_only_ = false;
  dirty_pages_ = 0;
  device_units_ = 0;
  if (flusher_armed_) host_->DisarmFlusher();
  flusher_armed_ = false;
  for (const auto& inode : tree_.inodes()) {
    if (!inode) continue;
    inode->units.clear();
    inode->lost_units = inode->size_units = 0;
    inode->listed_dirty = inode->sticky_error = false;
    inode->durable_size = inode->bytes.size();
    inode->reserved = 0;
    inode->clean_seq = inode->submitted_seq = next_seq_ - 1;
    inode->dirty_pages = 0;
    inode->error_seq = 0;
    inode->error_seen = true;
    inode->pages.clear();
    inode->pages.resize(PagesFor(inode->bytes.size()));
    tree_.Charge(*inode);
  }
}

void SimDisk::Wipe() { Restore(DurableImage()); }

Inode* SimDisk::FindFile(Slice path) const {
  const absl::StatusOr<Inode*> found = tree_.Resolve(path);
  if (!found.ok() || (*found)->is_directory) return nullptr;
  return *found;
}

void SimDisk::DropCaches() {
  for (const auto& inode : tree_.inodes()) {
    if (inode && !inode->is_directory) cache_.DropClean(*inode);
  }
}

}  // namespace wringer::sim
