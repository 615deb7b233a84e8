// What a completed request means: units leave the log, in order, and the rest
// stays exact.
#include <algorithm>
#include <utility>

#include "sim/disk/sim_disk.h"

namespace wringer::sim {
namespace {

bool Overlaps(const FileUnit& unit, std::uint64_t low, std::uint64_t high) {
  return unit.offset < high && unit.end() > low;
}

}  // namespace

void SimDisk::SettleSlow() {
  const Nanos at = now();
  while (!in_flight_.empty()) {
    const auto first = std::min_element(
        in_flight_.begin(), in_flight_.end(),
        [](const InFlight& a, const InFlight& b) { return a.done < b.done; });
    if (first->done > at) return;
    const InFlight request = *first;
    in_flight_.erase(first);
    Complete(request);
  }
}

void SimDisk::Complete(const InFlight& request) {
  Inode* file = tree_.Find(request.inode);
  if (request.fate == InFlight::Fate::kFails) {
    Inode* where = file != nullptr ? file : tree_.Find(request.directory);
    if (request.journal_fails) read_only_ = true;
    if (where != nullptr) CompleteFailed(*where, request);
    return;
  }
  if (file != nullptr &&
      (request.lose_write != IoFaultId() || request.misdirect != IoFaultId())) {
    LoseOneWrite(*file, request);
  }
  const bool lies = request.fate == InFlight::Fate::kLies;
  if (!request.flush || lies) {
    if (file != nullptr) MoveToDevice(*file, request);
    for (NameUnit& unit : tree_.pending()) {
      const bool taken = request.commit || unit.directory == request.directory;
      if (lies && taken && unit.seq <= request.upto) unit.at_device = true;
    }
    return;
  }
  if (file != nullptr) {
    Persist(*file, request.upto, request.low, request.high, true);
  }
  if (request.commit) {
    CommitJournal(request.upto);
  } else if (request.directory != InodeId()) {
    PersistNames(request);
  }
  Destage(request.issued);
}

// A directory sync where there is no journal: its own names only.
void SimDisk::PersistNames(const InFlight& request) {
  tree_.MakeDurable([&](NameUnit& unit) {
    if (unit.seq > request.upto) return false;
    if (unit.kind != NameUnit::Kind::kRename) {
      return unit.directory == request.directory;
    }
    if (unit.directory == request.directory) unit.to_synced = true;
    if (unit.from_directory == request.directory) unit.from_synced = true;
    return unit.to_synced && unit.from_synced;
  });
}

void SimDisk::ForgetUnit(Inode& file, const FileUnit& unit) {
  if (unit.state == UnitState::kDevice) --device_units_;
  if (unit.state == UnitState::kLost) --file.lost_units;
  if (!unit.is_write()) --file.size_units;
}

// Takes the units for which `covered` holds out of the log: they are on the
// media. In order, so that sizes end up as they were set.
void SimDisk::PersistIf(Inode& file,
                        absl::FunctionRef<bool(const FileUnit&)> covered) {
  std::size_t left = 0;
  for (std::size_t i = 0; i < file.units.size(); ++i) {
    FileUnit& unit = file.units[i];
    if (!covered(unit)) {
      if (left != i) file.units[left] = std::move(unit);
      ++left;
      continue;
    }
    ForgetUnit(file, unit);
    if (unit.is_write()) {
      if (!file.damages.empty()) ClearDamage(file, unit.offset, unit.end());
      continue;
    }
    file.durable_size = unit.offset;
    if (unit.kind == FileUnit::Kind::kTruncate) {
      ClipEarlier(file, left, unit.offset);
    }
  }
  file.units.resize(left);
  std::erase_if(file.units, [](const FileUnit& unit) {
    return unit.is_write() && unit.length == 0;
  });
}

// A truncation to `size` became durable: what the first `n` units did beyond
// it is of no consequence any more. Emptied writes are left for the caller.
void SimDisk::ClipEarlier(Inode& file, std::size_t n, std::uint64_t size) {
  for (std::size_t i = 0; i < n; ++i) {
    FileUnit& unit = file.units[i];
    if (!unit.is_write()) {
      unit.offset = std::min(unit.offset, size);
      continue;
    }
    if (unit.end() <= size || unit.length == 0) continue;
    unit.length = size > unit.offset ? size - unit.offset : 0;
    if (unit.before.size() > unit.length) unit.before.resize(unit.length);
    if (unit.length > 0) continue;
    ForgetUnit(file, unit);
    unit.state = UnitState::kCached;  // counted out already
  }
}

void SimDisk::Persist(Inode& file, UnitSeq upto, std::uint64_t low,
                      std::uint64_t high, bool sizes) {
  PersistIf(file, [&](const FileUnit& unit) {
    if (unit.seq > upto) return false;
    if (!unit.is_write()) return sizes;
    return unit.state != UnitState::kLost && Overlaps(unit, low, high);
  });
  RecountDirty(file, upto);
  cache_.Trim();
}

void SimDisk::RecountDirty(Inode& file, UnitSeq upto) {
  dirty_pages_ -= file.dirty_pages;
  file.dirty_pages = 0;
  if (file.units.empty()) {
    file.clean_seq = std::max(file.clean_seq, upto);
    return;
  }
  std::vector<std::uint64_t> pages;
  UnitSeq clean = upto;
  for (const FileUnit& unit : file.units) {
    if (!unit.is_write() || unit.state != UnitState::kCached) continue;
    clean = std::min(clean, unit.seq - 1);
    for (std::uint64_t page = unit.offset / kPageBytes;
         page * kPageBytes < std::min(unit.end(), file.bytes.size()); ++page) {
      pages.push_back(page);
    }
  }
  file.clean_seq = std::max(file.clean_seq, clean);
  std::sort(pages.begin(), pages.end());
  pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
  for (const std::uint64_t page : pages) {
    if (file.pages[page].write_seq > file.clean_seq) ++file.dirty_pages;
  }
  dirty_pages_ += file.dirty_pages;
}

void SimDisk::MoveToDevice(Inode& file, const InFlight& request) {
  const bool lies = request.fate == InFlight::Fate::kLies;
  if (device_.options().writes_are_durable() && !lies) {
    Persist(file, request.upto, request.low, request.high, false);
  }
  bool growth_cached = false;
  for (FileUnit& unit : file.units) {
    if (unit.seq > request.upto) break;
    const bool covered =
        unit.state == UnitState::kCached &&
        (!unit.is_write() || Overlaps(unit, request.low, request.high));
    if (unit.is_write() && !covered) {
      growth_cached |= unit.extends && unit.state == UnitState::kCached;
    } else if (!unit.is_write() && !growth_cached) {
      unit.journaled = true;
    }
    if (!covered || (!unit.is_write() && !lies)) continue;
    unit.state = UnitState::kDevice;
    unit.at = request.done;
    ++device_units_;
  }
  RecountDirty(file, request.upto);
}

void SimDisk::CommitSizes(Inode& file, UnitSeq upto) {
  UnitSeq forced = 0;
  for (const FileUnit& unit : file.units) {
    if (unit.seq <= upto) forced = std::max(forced, unit.rewrite_until);
  }
  if (forced > 0) Persist(file, forced, 0, kWholeFile, true);
  // A truncation overtakes growth that floats: the durable size only shrinks.
  const std::uint64_t durable = file.durable_size;
  std::uint64_t least = durable;
  bool floats = false;
  for (const FileUnit& unit : file.units) {
    if (unit.seq > upto || unit.is_write()) continue;
    if (Floats(unit)) floats = true;
    if (unit.kind == FileUnit::Kind::kTruncate) {
      least = std::min(least, unit.offset);
    }
  }
  PersistIf(file, [&](const FileUnit& unit) {
    return unit.seq <= upto && !unit.is_write() && !Floats(unit);
  });
  if (floats) file.durable_size = least;
}

void SimDisk::CommitJournal(UnitSeq upto) {
  for (const NameUnit& unit : tree_.pending()) {
    if (!unit.forces_data || unit.seq > upto) continue;
    Persist(*tree_.Find(unit.inode), unit.seq, 0, kWholeFile, true);
  }
  for (const InodeId id : dirty_) {
    Inode* file = tree_.Find(id);
    if (file != nullptr && file->size_units > 0) CommitSizes(*file, upto);
  }
  tree_.MakeDurable([upto](NameUnit& unit) { return unit.seq <= upto; });
}

// What reached the device's cache by then is on the media now.
void SimDisk::Destage(Nanos reached_by) {
  if (device_units_ == 0) return;
  for (const InodeId id : dirty_) {
    Inode* file = tree_.Find(id);
    if (file == nullptr) continue;
    PersistIf(*file, [reached_by](const FileUnit& unit) {
      return unit.state == UnitState::kDevice && unit.at <= reached_by;
    });
  }
}

}  // namespace wringer::sim
