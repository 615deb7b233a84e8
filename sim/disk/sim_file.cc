#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "sim/disk/sim_file_system.h"

namespace wringer::sim {

SimFile::SimFile(std::shared_ptr<DiskView> view, Inode* inode,
                 const env::OpenOptions& options)
    : view_(std::move(view)),
      inode_(inode),
      options_(options),
      // An error nobody was told about yet is this description's to hear.
      errors_heard_(inode->error_seen ? inode->error_seq
                                      : inode->error_seq - 1) {
  disk().tree_.Open(*inode_);
}

SimFile::~SimFile() {
  if (disk().mount() != view_->mount) return;
  disk().Settle();
  if (wrote_) disk().SealRewrite(*inode_);
  disk().tree_.Close(*inode_);
}

absl::Status SimFile::Error(Slice call, Slice what) const {
  return absl::UnavailableError(
      absl::StrCat(call, " ", inode_->path, ": ", what));
}

absl::Status SimFile::CheckAligned(std::uint64_t offset,
                                   std::uint64_t n) const {
  const std::uint64_t sector = disk().options().device.logical_sector;
  if (offset % sector == 0 && n % sector == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("direct I/O of ", n, " bytes at ", offset, " of ",
                   inode_->path, ": not aligned to ", sector));
}

absl::Status SimFile::BeginChange(Slice call) {
  WR_RETURN_IF_ERROR(view_->Enter(call));
  if (options_.read_only) {
    return absl::InvalidArgumentError(
        absl::StrCat(call, " ", inode_->path, ": opened read-only"));
  }
  if (disk().read_only_) return Error(call, "read-only file system");
  if (const IoFault* fault =
          disk().faults_.Check(DiskOp::kWrite, inode_->path)) {
    return Error(call,
                 absl::StrCat("I/O error (fault ", fault->id.value(), ")"));
  }
  return absl::OkStatus();
}

// ----------------------------------------------------------------- reading

absl::Status SimFile::ReadAt(std::uint64_t offset, std::size_t n,
                             std::string* out) {
  out->clear();
  WR_RETURN_IF_ERROR(view_->Enter("ReadAt"));
  if (options_.direct) WR_RETURN_IF_ERROR(CheckAligned(offset, n));
  ++disk().stats_.reads;
  if (const IoFault* fault =
          disk().faults_.Check(DiskOp::kRead, inode_->path)) {
    return Error("read",
                 absl::StrCat("I/O error (fault ", fault->id.value(), ")"));
  }
  const std::uint64_t size = inode_->bytes.size();
  if (offset >= size || n == 0) {
    view_->Charge(0);
    return absl::OkStatus();
  }
  const std::uint64_t end = std::min<std::uint64_t>(size, offset + n);
  const std::uint64_t first = offset / kPageBytes;
  const std::uint64_t pages = (end - 1) / kPageBytes - first + 1;
  view_->Charge(pages);
  WR_RETURN_IF_ERROR(options_.direct ? ReadDirect(offset, end - offset)
                                     : LoadPages(first, pages));
  if (!inode_->damages.empty()) {
    WR_RETURN_IF_ERROR(disk().CheckMedia(*inode_, offset, end, false));
  }
  inode_->bytes.Read(offset, end - offset, out);
  disk().stats_.bytes_read += out->size();
  return absl::OkStatus();
}

absl::Status SimFile::ReadDirect(std::uint64_t offset, std::uint64_t n) {
  // Dirty pages in the way are written first: direct reads see them.
  if (inode_->dirty_pages > 0) {
    WR_RETURN_IF_ERROR(view_->WaitUntil(disk().StartWriteBack(*inode_)));
  }
  const std::uint64_t first = offset / kPageBytes;
  const std::uint64_t last = (offset + n - 1) / kPageBytes;
  WR_RETURN_IF_ERROR(
      view_->WaitUntil(disk().StartRead(*inode_, first, last - first + 1)));
  return disk().CheckMedia(*inode_, offset, offset + n, true);
}

absl::Status SimFile::LoadPages(std::uint64_t first, std::uint64_t count) {
  const std::uint64_t end = first + count;
  std::uint64_t missing = first;
  while (missing < end && inode_->pages[missing].cached != 0) {
    disk().cache_.Touch(*inode_, missing);
    ++missing;
  }
  if (missing < end) return ReadFromDevice(missing, end);
  if (!inode_->arriving.empty()) {
    WR_RETURN_IF_ERROR(AwaitArrivals(first, end));
  }
  StartReadAhead(read_ahead_.OnTouch(first, count));
  return absl::OkStatus();
}

absl::Status SimFile::ReadFromDevice(std::uint64_t missing, std::uint64_t end) {
  const PageRange window = read_ahead_.OnMiss(missing, end - missing);
  const std::uint64_t pages = PagesFor(inode_->bytes.size());
  const std::uint64_t stop =
      std::clamp(window.first + window.count, end, std::max(end, pages));
  disk().stats_.pages_read_ahead += stop - end;
  const Nanos done = disk().StartRead(*inode_, missing, stop - missing);
  WR_RETURN_IF_ERROR(view_->WaitUntil(done));
  WR_RETURN_IF_ERROR(
      disk().CheckMedia(*inode_, missing * kPageBytes, end * kPageBytes, true));
  for (std::uint64_t page = missing; page < stop; ++page) {
    if (page >= inode_->pages.size()) break;
    if (inode_->pages[page].cached != 0) continue;
    // Errors on pages nobody asked for are swallowed: they stay absent.
    const std::uint64_t low = page * kPageBytes;
    if (page >= end && disk().HasDamage(*inode_, low, low + kPageBytes)) {
      continue;
    }
    page < end ? disk().cache_.Touch(*inode_, page)
               : disk().cache_.Prefetch(*inode_, page);
  }
  return absl::OkStatus();
}

void SimFile::StartReadAhead(PageRange range) {
  const std::uint64_t end =
      std::min(range.first + range.count, PagesFor(inode_->bytes.size()));
  std::uint64_t first = range.first;
  while (first < end && inode_->pages[first].cached != 0) ++first;
  if (first >= end) return;
  disk().stats_.pages_read_ahead += end - first;
  const Nanos done = disk().StartRead(*inode_, first, end - first);
  inode_->arriving.push_back({first, end, done});
  for (std::uint64_t page = first; page < end; ++page) {
    const std::uint64_t low = page * kPageBytes;
    if (disk().HasDamage(*inode_, low, low + kPageBytes)) continue;
    disk().cache_.Prefetch(*inode_, page);
  }
}

absl::Status SimFile::AwaitArrivals(std::uint64_t first, std::uint64_t end) {
  const Nanos now = disk().now();
  std::erase_if(inode_->arriving,
                [now](const PagesArriving& a) { return a.at <= now; });
  Nanos at = now;
  for (const PagesArriving& a : inode_->arriving) {
    if (a.first < end && a.end > first) at = std::max(at, a.at);
  }
  return view_->WaitUntil(at);
}

// ----------------------------------------------------------------- writing

Slice SimFile::FitToSpace(std::uint64_t offset, Slice bytes) const {
  const std::uint64_t end = offset + bytes.size();
  const std::uint64_t have = inode_->charged_pages;
  if (PagesFor(end) <= have + disk().FreePages()) return bytes;
  const std::uint64_t fits = (have + disk().FreePages()) * kPageBytes;
  return bytes.substr(0, fits > offset ? fits - offset : 0);
}

absl::Status SimFile::LoadBorders(std::uint64_t offset, std::uint64_t end) {
  const std::uint64_t size = inode_->bytes.size();
  const std::uint64_t first = offset / kPageBytes;
  const std::uint64_t last = (end - 1) / kPageBytes;
  const auto partial = [&](std::uint64_t page) {
    const std::uint64_t low = page * kPageBytes;
    const std::uint64_t high = std::min(low + kPageBytes, size);
    return low < size && (offset > low || end < high) &&
           inode_->pages[page].cached == 0;
  };
  if (partial(first)) WR_RETURN_IF_ERROR(ReadFromDevice(first, first + 1));
  if (last != first && partial(last)) {
    WR_RETURN_IF_ERROR(ReadFromDevice(last, last + 1));
  }
  return absl::OkStatus();
}

absl::Status SimFile::WriteAt(std::uint64_t offset, Slice bytes) {
  WR_RETURN_IF_ERROR(BeginChange("write"));
  if (options_.direct) WR_RETURN_IF_ERROR(CheckAligned(offset, bytes.size()));
  ++disk().stats_.writes;
  const Slice fits = FitToSpace(offset, bytes);
  if (!fits.empty()) {
    const std::uint64_t end = offset + fits.size();
    view_->Charge(PagesFor(fits.size()));
    if (!options_.direct && offset < inode_->bytes.size()) {
      WR_RETURN_IF_ERROR(LoadBorders(offset, end));
    }
    disk().Write(*inode_, offset, fits);
    disk().stats_.bytes_written += fits.size();
    wrote_ = true;
    if (options_.direct) WR_RETURN_IF_ERROR(WriteDirect(offset, end));
    if (options_.data_sync) {
      WR_RETURN_IF_ERROR(SyncRange(offset, end, false));
    } else if (!options_.direct) {
      WR_RETURN_IF_ERROR(view_->WaitUntil(disk().Throttle(*inode_)));
    }
  }
  if (fits.size() == bytes.size()) return absl::OkStatus();
  ++disk().stats_.no_space_errors;
  return absl::ResourceExhaustedError(
      absl::StrCat("write ", inode_->path, ": no space left on device after ",
                   fits.size(), " of ", bytes.size(), " bytes"));
}

absl::Status SimFile::WriteDirect(std::uint64_t offset, std::uint64_t end) {
  const std::uint64_t failures = inode_->error_seq;
  WR_RETURN_IF_ERROR(
      view_->WaitUntil(disk().StartDirectWrite(*inode_, offset, end)));
  disk().EvictRange(*inode_, offset, end);
  if (inode_->error_seq == failures) return absl::OkStatus();
  return TakeError();
}

absl::Status SimFile::Truncate(std::uint64_t size) {
  WR_RETURN_IF_ERROR(BeginChange("truncate"));
  view_->Charge(0);
  WR_RETURN_IF_ERROR(view_->WaitUntil(disk().device_.stalled_until()));
  disk().SetSize(*inode_, size);
  if (size < inode_->reserved) {
    inode_->reserved = size;
    disk().tree_.Charge(*inode_);
  }
  return absl::OkStatus();
}

absl::Status SimFile::Allocate(std::uint64_t size) {
  WR_RETURN_IF_ERROR(BeginChange("allocate"));
  view_->Charge(0);
  if (PagesFor(size) > inode_->charged_pages + disk().FreePages()) {
    ++disk().stats_.no_space_errors;
    return absl::ResourceExhaustedError(
        absl::StrCat("allocate ", inode_->path, ": no space left on device"));
  }
  inode_->reserved = std::max(inode_->reserved, size);
  disk().tree_.Charge(*inode_);
  return absl::OkStatus();
}

// ----------------------------------------------------------------- syncing

absl::Status SimFile::TakeError() {
  const SyncReporting reporting = disk().options().reporting;
  const bool told_another =
      reporting == SyncReporting::kFirstOnly && inode_->error_seen;
  if (errors_heard_ == inode_->error_seq) return absl::OkStatus();
  errors_heard_ = inode_->error_seq;
  inode_->error_seen = true;
  if (told_another) return absl::OkStatus();
  return Error("sync", absl::StrCat("I/O error, unsynced writes are unknown "
                                    "(fault ",
                                    inode_->error_fault.value(), ")"));
}

absl::Status SimFile::SyncRange(std::uint64_t low, std::uint64_t high,
                                bool full) {
  const bool late = disk().options().reporting == SyncReporting::kLate;
  const absl::Status earlier = late ? TakeError() : absl::OkStatus();
  WR_RETURN_IF_ERROR(
      view_->WaitUntil(disk().StartSync(*inode_, low, high, full)));
  return late ? earlier : TakeError();
}

absl::Status SimFile::Sync() {
  WR_RETURN_IF_ERROR(view_->Enter("Sync"));
  if (disk().read_only_) return Error("sync", "read-only file system");
  view_->Charge(0);
  return SyncRange(0, SimDisk::kWholeFile, true);
}

absl::Status SimFile::DataSync() {
  WR_RETURN_IF_ERROR(view_->Enter("DataSync"));
  if (disk().read_only_) return Error("sync", "read-only file system");
  view_->Charge(0);
  return SyncRange(0, SimDisk::kWholeFile, false);
}

std::uint64_t SimFile::Size() const {
  return disk().mount() == view_->mount ? inode_->bytes.size() : 0;
}

void SimFile::Advise(env::Advice advice) {
  if (!view_->Live()) return;
  read_ahead_.Advise(advice);
  if (advice == env::Advice::kDontNeed) disk().cache_.DropClean(*inode_);
}

}  // namespace wringer::sim
