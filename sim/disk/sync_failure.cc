// What a failed or vanished write-back leaves behind (storage: "fsyncgate";
// Rebello et al., ATC 2020): clean pages whose bytes never reach the media.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/random.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

void SimDisk::CompleteFailed(Inode& file, const InFlight& request) {
  ++stats_.syncs_failed;
  ++losses_;
  ++file.error_seq;
  file.error_seen = false;
  file.error_fault = request.fault;
  file.submitted_seq = 0;
  if (request.journal_fails || file.is_directory) return;
  switch (options_.profile.sync_failure) {
    case SyncFailure::kCleanButLost:
      LoseUnits(file, request);
      return;
    case SyncFailure::kReverts:
      RevertAll(file);
      return;
    case SyncFailure::kStaysDirty:
      return;
    case SyncFailure::kSticky:
      file.sticky_error = true;
      return;
  }
}

// Splits cached writes at page borders: a page is what a write-back loses.
void SimDisk::SplitByPage(Inode& file) {
  const std::uint64_t tear = TearBytes() == 0 ? kPageBytes : TearBytes();
  std::vector<FileUnit> pieces;
  for (FileUnit& unit : file.units) {
    if (!unit.is_write() ||
        unit.offset / kPageBytes == (unit.end() - 1) / kPageBytes) {
      pieces.push_back(std::move(unit));
      continue;
    }
    for (std::uint64_t at = unit.offset; at < unit.end();) {
      const std::uint64_t end =
          std::min(unit.end(), (at / kPageBytes + 1) * kPageBytes);
      FileUnit piece;
      piece.seq = unit.seq + at / tear - unit.offset / tear;
      piece.offset = at;
      piece.length = end - at;
      piece.at = unit.at;
      piece.state = unit.state;
      piece.extends = unit.extends;
      if (at - unit.offset < unit.before.size()) {
        piece.before = unit.before.substr(at - unit.offset, end - at);
      }
      if (unit.state == UnitState::kDevice) ++device_units_;
      if (unit.state == UnitState::kLost) ++file.lost_units;
      pieces.push_back(std::move(piece));
      at = end;
    }
    if (unit.state == UnitState::kDevice) --device_units_;
    if (unit.state == UnitState::kLost) --file.lost_units;
  }
  file.units = std::move(pieces);
}

// Each covered page is lost with the given chance; the others were written.
// The size stays: it is committed later without its data (data_err=ignore).
void SimDisk::LoseUnits(Inode& file, const InFlight& request) {
  SplitByPage(file);
  const Random draws(options_.seed, Purpose("disk.sync_loss"), options_.disk,
                     losses_);
  const auto lost_page = [&](const FileUnit& unit) {
    return draws.At(unit.offset / kPageBytes).Chance(request.lose_ppm);
  };
  const auto covered = [&](const FileUnit& unit) {
    return unit.seq <= request.upto && unit.is_write() &&
           unit.state == UnitState::kCached && unit.offset < request.high &&
           unit.end() > request.low;
  };
  PersistIf(file, [&](const FileUnit& unit) {
    return covered(unit) && !lost_page(unit);
  });
  for (FileUnit& unit : file.units) {
    if (!unit.is_write() && unit.seq <= request.upto) unit.journaled = true;
    if (!covered(unit)) continue;
    unit.state = UnitState::kLost;
    ++file.lost_units;
  }
  RecountDirty(file, request.upto);
}

// The cache shows what is durable again, sizes included.
void SimDisk::RevertAll(Inode& file) {
  const std::uint64_t cut = std::min(file.bytes.size(), file.durable_size);
  UndoAll(file, &file.bytes);
  for (const FileUnit& unit : file.units) ForgetUnit(file, unit);
  file.units.clear();
  RecountDirty(file, next_seq_ - 1);
  cache_.Forget(file, PagesFor(cut));
  file.pages.resize(PagesFor(file.bytes.size()));
  tree_.Charge(file);
}

// A write made these pages dirty again: lost bytes in them get another chance.
void SimDisk::ReviveLost(Inode& file, std::uint64_t low, std::uint64_t high) {
  const std::uint64_t first = low / kPageBytes;
  const std::uint64_t last = (high - 1) / kPageBytes;
  for (FileUnit& unit : file.units) {
    if (unit.state != UnitState::kLost) continue;
    const std::uint64_t page = unit.offset / kPageBytes;
    if (page < first || page > last) continue;
    unit.state = UnitState::kCached;
    --file.lost_units;
  }
}

// The page left the cache: whoever reads it again sees the media's old bytes.
void SimDisk::RevertLostPage(Inode& file, std::uint64_t page) {
  for (auto unit = file.units.rbegin(); unit != file.units.rend(); ++unit) {
    if (unit->state != UnitState::kLost) continue;
    if (unit->offset / kPageBytes != page) continue;
    Undo(*unit, unit->offset, unit->end(), &file.bytes);
    unit->length = 0;
  }
  std::erase_if(file.units, [&file](const FileUnit& unit) {
    if (!unit.is_write() || unit.length > 0) return false;
    --file.lost_units;
    return true;
  });
}

// One covered page "is written" and keeps its old bytes: a phantom write; or
// lands on another place as well: a misdirected one.
void SimDisk::LoseOneWrite(Inode& file, const InFlight& request) {
  SplitByPage(file);
  ++losses_;
  std::vector<std::uint64_t> pages;
  for (const FileUnit& unit : file.units) {
    if (unit.seq > request.upto || !unit.is_write()) continue;
    if (unit.state == UnitState::kCached) {
      pages.push_back(unit.offset / kPageBytes);
    }
  }
  if (pages.empty()) return;
  std::sort(pages.begin(), pages.end());
  pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
  const Random draws(options_.seed, Purpose("disk.lose_write"), options_.disk);
  const std::uint64_t page = pages[draws.At(losses_).Below(pages.size())];
  for (FileUnit& unit : file.units) {
    if (unit.seq > request.upto || !unit.is_write()) continue;
    if (unit.state != UnitState::kCached) continue;
    if (unit.offset / kPageBytes != page) continue;
    unit.state = UnitState::kLost;
    ++file.lost_units;
  }
  const bool misdirected = request.misdirect != IoFaultId();
  const IoFaultId fault = misdirected ? request.misdirect : request.lose_write;
  file.damages.push_back(
      {fault, page * kPageBytes, kPageBytes, MediaDamage::Kind::kMisplaced});
  if (misdirected) Misplace(file, page, fault);
}

}  // namespace wringer::sim
