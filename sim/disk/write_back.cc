// Requests on their way to the media: syncs, direct writes, write-back, commits
// and the flusher that starts them. What they achieve is in completion.cc.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kJournalAddress = 0;
constexpr std::uint64_t kJournalBytes = 4096;

std::uint64_t AddressOf(const Inode& file, std::uint64_t offset) {
  return (std::uint64_t{file.id.value()} << 40) + offset;
}

bool Overlaps(const FileUnit& unit, std::uint64_t low, std::uint64_t high) {
  return unit.offset < high && unit.end() > low;
}

// Percent of the page cache that may be dirty before write-back starts, and
// before a writer must wait for it (Linux's defaults).
constexpr std::uint64_t kBackgroundPercent = 10;
constexpr std::uint64_t kBlockingPercent = 20;

}  // namespace

// Whole pages go out; runs are counted in program order, which is exact for
// appends and an upper bound for the rest.
SimDisk::DirtyExtent SimDisk::CachedExtent(const Inode& file, std::uint64_t low,
                                           std::uint64_t high) const {
  DirtyExtent extent;
  std::uint64_t run_end = ~std::uint64_t{0};
  for (const FileUnit& unit : file.units) {
    if (!unit.is_write() || unit.state != UnitState::kCached) continue;
    if (unit.seq <= file.submitted_seq || !Overlaps(unit, low, high)) continue;
    const std::uint64_t first = unit.offset / kPageBytes;
    const std::uint64_t last = (unit.end() - 1) / kPageBytes + 1;
    if (extent.runs > 0 && (first == run_end || first + 1 == run_end)) {
      extent.bytes += last > run_end ? (last - run_end) * kPageBytes : 0;
    } else {
      if (extent.runs == 0) extent.first = first * kPageBytes;
      extent.bytes += (last - first) * kPageBytes;
      ++extent.runs;
    }
    run_end = last;
  }
  return extent;
}

Nanos SimDisk::SubmitData(const Inode& file, const DirtyExtent& extent,
                          Nanos at) {
  if (extent.runs == 0) return at;
  ++stats_.device_writes;
  stats_.device_bytes_written += extent.bytes;
  const std::uint64_t requests = std::max(
      extent.runs, (extent.bytes + options_.device.request_bytes_max - 1) /
                       options_.device.request_bytes_max);
  return device_.Write(at, AddressOf(file, extent.first), extent.bytes,
                       requests);
}

void SimDisk::Submit(InFlight request) {
  WR_CHECK(request.done >= request.issued);
  in_flight_.push_back(request);
  NoteChange();
}

void SimDisk::DecideFate(const Inode& file, DiskOp op, bool has_data,
                         InFlight* request) {
  if (options_.sync_lies) request->fate = InFlight::Fate::kLies;
  if (file.sticky_error) request->fate = InFlight::Fate::kFails;
  if (faults_.empty()) return;
  if (const IoFault* fault = faults_.Check(op, file.path)) {
    request->fate = InFlight::Fate::kFails;
    request->fault = fault->id;
    request->lose_ppm = fault->lose_ppm;
    request->journal_fails = op == DiskOp::kJournal;
    return;
  }
  const IoFault* journal =
      request->commit ? faults_.Check(DiskOp::kJournal, file.path) : nullptr;
  if (journal != nullptr) {
    request->fate = InFlight::Fate::kFails;
    request->fault = journal->id;
    request->journal_fails = true;
    return;
  }
  if (!has_data) return;
  if (const IoFault* fault = faults_.Check(DiskOp::kLoseWrite, file.path)) {
    request->lose_write = fault->id;
  }
  if (const IoFault* fault = faults_.Check(DiskOp::kMisdirect, file.path)) {
    request->misdirect = fault->id;
  }
}

// A growth that has not joined the journal yet (delayed allocation).
bool SimDisk::Floats(const FileUnit& unit) const {
  return unit.kind == FileUnit::Kind::kExtend &&
         options_.profile.delayed_size && !unit.journaled;
}

bool SimDisk::JournalPending() const {
  if (!options_.profile.journal) return false;
  if (!tree_.pending().empty()) return true;
  for (const InodeId id : dirty_) {
    const Inode* file = tree_.Find(id);
    if (file == nullptr || file->size_units == 0) continue;
    for (const FileUnit& unit : file->units) {
      if (!unit.is_write() && !Floats(unit)) return true;
    }
  }
  return false;
}

bool SimDisk::WriteBackInFlight(InodeId file) const {
  return std::any_of(
      in_flight_.begin(), in_flight_.end(),
      [file](const InFlight& r) { return r.inode == file && !r.flush; });
}

// When everything already on its way for this file will have arrived.
Nanos SimDisk::WriteBackDone(InodeId file, Nanos at) const {
  for (const InFlight& request : in_flight_) {
    if (request.inode == file) at = std::max(at, request.done);
  }
  return at;
}

Nanos SimDisk::StartSync(Inode& file, std::uint64_t low, std::uint64_t high,
                         bool full) {
  Settle();
  // A new size makes all data before it readable: none may be missing.
  if (file.size_units > 0 && options_.profile.data_before_size) {
    low = 0;
    high = kWholeFile;
  }
  InFlight request;
  request.issued = now();
  request.upto = next_seq_ - 1;
  request.inode = file.id;
  request.low = low;
  request.high = high;
  request.flush = true;
  request.commit = options_.profile.journal &&
                   (file.size_units > 0 || (full && JournalPending()));
  ++stats_.syncs;

  const DirtyExtent extent = CachedExtent(file, low, high);
  Nanos at = SubmitData(file, extent, request.issued);
  if (low == 0 && high == kWholeFile) file.submitted_seq = request.upto;
  at = WriteBackDone(file.id, at);
  if (request.commit) {
    ++stats_.device_writes;
    stats_.device_bytes_written += kJournalBytes;
    at = device_.Write(at, kJournalAddress, kJournalBytes, 1);
  }
  ++stats_.device_flushes;
  request.done = device_.Flush(at);
  DecideFate(file, DiskOp::kSync, extent.runs > 0, &request);
  Submit(request);
  return request.done;
}

Nanos SimDisk::StartDirectorySync(Inode& directory) {
  Settle();
  InFlight request;
  request.issued = now();
  request.upto = next_seq_ - 1;
  request.flush = true;
  request.commit = options_.profile.journal;
  request.directory = directory.id;
  ++stats_.directory_syncs;
  ++stats_.device_flushes;
  Nanos at = request.issued;
  if (!tree_.pending().empty()) {
    ++stats_.device_writes;
    stats_.device_bytes_written += kJournalBytes;
    at = device_.Write(at, kJournalAddress, kJournalBytes, 1);
  }
  request.done = device_.Flush(at);
  DecideFate(directory, DiskOp::kSync, false, &request);
  Submit(request);
  return request.done;
}

Nanos SimDisk::StartDirectWrite(Inode& file, std::uint64_t low,
                                std::uint64_t high) {
  InFlight request;
  request.issued = now();
  request.upto = next_seq_ - 1;
  request.inode = file.id;
  request.low = low;
  request.high = high;
  const DirtyExtent extent{high - low, 1, low};
  request.done = SubmitData(file, extent, request.issued);
  DecideFate(file, DiskOp::kWriteBack, true, &request);
  Submit(request);
  return request.done;
}

Nanos SimDisk::StartWriteBack(Inode& file) {
  Settle();
  const DirtyExtent extent = CachedExtent(file, 0, kWholeFile);
  if (extent.runs == 0) return WriteBackDone(file.id, now());
  InFlight request;
  request.issued = now();
  request.upto = next_seq_ - 1;
  request.inode = file.id;
  request.high = kWholeFile;
  request.done = SubmitData(file, extent, request.issued);
  file.submitted_seq = request.upto;
  DecideFate(file, DiskOp::kWriteBack, true, &request);
  Submit(request);
  return request.done;
}

Nanos SimDisk::Throttle(Inode& file) {
  const std::uint64_t percent = cache_.capacity() / 100 + 1;
  if (dirty_pages_ <= kBackgroundPercent * percent) return now();
  Nanos done = now();
  if (!WriteBackInFlight(file.id)) StartWriteBack(file);
  if (dirty_pages_ <= kBlockingPercent * percent) return now();
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    Inode* other = tree_.Find(dirty_[i]);
    if (other != nullptr) done = std::max(done, StartWriteBack(*other));
  }
  return done;
}

Nanos SimDisk::StartCommit() {
  InFlight request;
  request.issued = now();
  request.upto = next_seq_ - 1;
  request.flush = true;
  request.commit = true;
  Nanos at = request.issued;
  for (const NameUnit& unit : tree_.pending()) {
    if (!unit.forces_data) continue;
    at = std::max(at, StartWriteBack(*tree_.Find(unit.inode)));
  }
  ++stats_.device_writes;
  ++stats_.device_flushes;
  stats_.device_bytes_written += kJournalBytes;
  at = device_.Write(at, kJournalAddress, kJournalBytes, 1);
  request.done = device_.Flush(at);
  DecideFate(tree_.root(), DiskOp::kJournal, false, &request);
  Submit(request);
  return request.done;
}

Nanos SimDisk::StartRead(const Inode& file, std::uint64_t page,
                         std::uint64_t pages) {
  ++stats_.device_reads;
  stats_.device_bytes_read += pages * kPageBytes;
  return device_.Read(now(), AddressOf(file, page * kPageBytes),
                      pages * kPageBytes);
}

// ----------------------------------------------------------------- flusher

void SimDisk::OnFlusher() {
  flusher_armed_ = false;
  ++stats_.flusher_wakes;
  Settle();
  Destage(now() - options_.profile.flusher_wake);
  tree_.MakeDurable([](NameUnit& unit) { return unit.at_device; });
  std::erase_if(dirty_, [this](InodeId id) {
    Inode* file = tree_.Find(id);
    if (file != nullptr && !file->units.empty()) return false;
    if (file != nullptr) file->listed_dirty = false;
    return true;
  });
  std::sort(dirty_.begin(), dirty_.end());
  StartExpired();
  if (JournalPending()) StartCommit();
  if (AnythingToFlush() && !flusher_armed_) ArmFlusher();
}

// Files dirty for too long; all dirty files when too much is dirty.
void SimDisk::StartExpired() {
  const bool pressed =
      dirty_pages_ > kBackgroundPercent * (cache_.capacity() / 100 + 1);
  const Nanos expired = now() - options_.profile.expire;
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    Inode& file = *tree_.Find(dirty_[i]);
    const auto oldest = std::find_if(
        file.units.begin(), file.units.end(), [](const FileUnit& unit) {
          return unit.is_write() && unit.state == UnitState::kCached;
        });
    if (oldest == file.units.end()) continue;
    if (pressed || oldest->at <= expired) StartWriteBack(file);
  }
}

bool SimDisk::AnythingToFlush() const {
  if (!in_flight_.empty() || device_units_ > 0 || dirty_pages_ > 0) return true;
  return JournalPending();
}

}  // namespace wringer::sim
