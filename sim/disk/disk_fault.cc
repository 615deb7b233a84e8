#include "sim/disk/disk_fault.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

IoFaultId FaultTable::Add(IoFault fault) {
  if (fault.id == IoFaultId()) {
    fault.id = IoFaultId(next_id_);
  }
  next_id_ = std::max(next_id_, fault.id.value()) + 1;
  const IoFaultId id = fault.id;
  rules_.push_back({std::move(fault), {}, true});
  ++active_;
  return id;
}

void FaultTable::Remove(IoFaultId id) {
  for (Rule& rule : rules_) {
    if (rule.fault.id != id || !rule.active) continue;
    rule.active = false;
    --active_;
  }
}

const IoFault* FaultTable::CheckSlow(DiskOp op, Slice path) {
  const IoFault* hit = nullptr;
  for (Rule& rule : rules_) {
    const IoFault& fault = rule.fault;
    if (!rule.active || fault.op != op) continue;
    if (!absl::StrContains(path, fault.path)) continue;
    const std::uint64_t match = rule.count.matched++;
    if (hit != nullptr || match < fault.skip) continue;
    const Random draws(seed_, Purpose("disk.io_fault"), disk_,
                       fault.id.value());
    if (!draws.At(match).Chance(fault.ppm)) continue;
    hit = &fault;
    ++rule.count.fired;
    if (fault.count != 0 && rule.count.fired >= fault.count) {
      rule.active = false;
      --active_;
    }
  }
  return hit;
}

FaultCount FaultTable::count(IoFaultId id) const {
  FaultCount total;
  for (const Rule& rule : rules_) {
    if (rule.fault.id != id) continue;
    total.matched += rule.count.matched;
    total.fired += rule.count.fired;
  }
  return total;
}

// ------------------------------------------------------------------ media
//
// Damage attaches to places, not to calls, and stays until the place is
// rewritten. What was consumed is counted for the ledger.

bool SimDisk::HasUnits(const Inode& file, std::uint64_t low,
                       std::uint64_t high) const {
  return std::any_of(
      file.units.begin(), file.units.end(), [&](const FileUnit& unit) {
        return unit.is_write() && unit.offset < high && unit.end() > low;
      });
}

bool SimDisk::HasDamage(const Inode& file, std::uint64_t low,
                        std::uint64_t high) {
  return std::any_of(
      file.damages.begin(), file.damages.end(), [&](const MediaDamage& damage) {
        return damage.offset < high && damage.offset + damage.length > low;
      });
}

void SimDisk::EvictRange(Inode& file, std::uint64_t low, std::uint64_t high) {
  for (std::uint64_t page = low / kPageBytes;
       page < std::min<std::uint64_t>(PagesFor(high), file.pages.size());
       ++page) {
    if (file.pages[page].cached != 0) cache_.Drop(file, page);
  }
}

absl::Status SimDisk::CheckMedia(Inode& file, std::uint64_t low,
                                 std::uint64_t high, bool from_device) {
  for (const MediaDamage& damage : file.damages) {
    if (damage.offset >= high || damage.offset + damage.length <= low) continue;
    const bool reported = damage.kind == MediaDamage::Kind::kUnreadable ||
                          options_.profile.checksummed;
    // Errors come with the device's answer, wrong bytes with every read.
    if (reported != from_device) continue;
    // A lost page still in the cache shows its good bytes.
    if (HasUnits(file, damage.offset, damage.offset + damage.length)) continue;
    ++stats_.damaged_reads;
    ++damaged_reads_[damage.fault.value()];
    if (!reported) continue;
    return absl::DataLossError(
        absl::StrCat("unreadable sector at ", damage.offset, " of ", file.path,
                     " (fault ", damage.fault.value(), ")"));
  }
  return absl::OkStatus();
}

void SimDisk::ClearDamage(Inode& file, std::uint64_t low, std::uint64_t high) {
  std::erase_if(file.damages, [&](const MediaDamage& damage) {
    return damage.offset < high && damage.offset + damage.length > low;
  });
}

MediaReport SimDisk::Damage(Inode& file, std::uint64_t low, std::uint64_t high,
                            MediaDamage::Kind kind, IoFaultId fault) {
  MediaReport report;
  report.path = file.path;
  report.offset = low;
  // A sector with pending writes is about to be rewritten: nothing to see.
  const std::uint64_t sector = options_.device.logical_sector;
  const std::uint64_t first = low / sector * sector;
  const std::uint64_t end = ((high - 1) / sector + 1) * sector;
  if (high > file.durable_size || HasUnits(file, first, end)) return report;
  EvictRange(file, first, end);
  file.damages.push_back({fault, first, end - first, kind});
  report.effective = true;
  return report;
}

MediaReport SimDisk::BreakSector(Slice path, std::uint64_t offset,
                                 IoFaultId fault) {
  Settle();
  Inode* file = FindFile(path);
  if (file == nullptr) return {};
  return Damage(*file, offset, offset + 1, MediaDamage::Kind::kUnreadable,
                fault);
}

MediaReport SimDisk::FlipBits(Slice path, std::uint64_t offset,
                              std::uint64_t bits, IoFaultId fault) {
  Settle();
  Inode* file = FindFile(path);
  if (file == nullptr || bits == 0) return {};
  const std::uint64_t bytes = (bits + 7) / 8;
  MediaReport report =
      Damage(*file, offset, offset + bytes, MediaDamage::Kind::kFlipped, fault);
  if (!report.effective) return report;
  for (std::uint64_t i = 0; i < bytes; ++i) {
    const std::uint64_t here = std::min<std::uint64_t>(8, bits - i * 8);
    file->bytes.Xor(offset + i, static_cast<char>((1u << here) - 1));
  }
  report.bits = bits;
  return report;
}

Inode* SimDisk::DrawPlace(Slice path_part, std::uint64_t key,
                          std::uint64_t* offset) {
  std::uint64_t total = 0;
  std::vector<Inode*> files;
  for (const auto& inode : tree_.inodes()) {
    if (!inode || inode->is_directory || inode->names == 0) continue;
    if (!absl::StrContains(inode->path, path_part)) continue;
    if (inode->durable_size == 0) continue;
    files.push_back(inode.get());
    total += std::min(inode->durable_size, inode->bytes.size());
  }
  if (total == 0) return nullptr;
  std::uint64_t at =
      Random(key, Purpose("disk.media.place")).At(0).Below(total);
  for (Inode* file : files) {
    const std::uint64_t size = std::min(file->durable_size, file->bytes.size());
    if (at < size) {
      *offset = at;
      return file;
    }
    at -= size;
  }
  return nullptr;
}

MediaReport SimDisk::FlipBitsSomewhere(Slice path_part, std::uint64_t bits,
                                       IoFaultId fault, std::uint64_t key) {
  constexpr int kTries = 16;
  MediaReport report;
  for (int i = 0; i < kTries && !report.effective; ++i) {
    std::uint64_t offset = 0;
    Inode* file =
        DrawPlace(path_part, RandomKey(key, 1, std::uint64_t(i)), &offset);
    if (file == nullptr) return report;
    report = FlipBits(file->path, offset, bits, fault);
  }
  return report;
}

MediaReport SimDisk::BreakSectorSomewhere(Slice path_part, IoFaultId fault,
                                          std::uint64_t key) {
  constexpr int kTries = 16;
  MediaReport report;
  for (int i = 0; i < kTries && !report.effective; ++i) {
    std::uint64_t offset = 0;
    Inode* file =
        DrawPlace(path_part, RandomKey(key, 2, std::uint64_t(i)), &offset);
    if (file == nullptr) return report;
    report = BreakSector(file->path, offset, fault);
  }
  return report;
}

std::uint64_t SimDisk::damaged_reads(IoFaultId fault) const {
  const auto found = damaged_reads_.find(fault.value());
  return found == damaged_reads_.end() ? 0 : found->second;
}

// The bytes of page `page` of `source` land on a page of another place whose
// own bytes are durable and clean; the victim is drawn among those.
void SimDisk::Misplace(Inode& source, std::uint64_t page, IoFaultId fault) {
  struct Victim {
    Inode* file;
    std::uint64_t page;
  };
  std::vector<Victim> victims;
  for (const auto& inode : tree_.inodes()) {
    if (!inode || inode->is_directory || inode->names == 0) continue;
    for (std::uint64_t p = 0; p < PagesFor(inode->durable_size); ++p) {
      const std::uint64_t low = p * kPageBytes;
      if (inode.get() == &source && p == page) continue;
      if (low >= inode->bytes.size()) break;
      if (HasUnits(*inode, low, low + kPageBytes)) continue;
      victims.push_back({inode.get(), p});
    }
  }
  if (victims.empty()) return;
  const Random draws(options_.seed, Purpose("disk.misdirect"), options_.disk);
  const Victim victim = victims[draws.At(losses_).Below(victims.size())];
  const std::uint64_t low = victim.page * kPageBytes;
  const std::uint64_t high =
      std::min(low + kPageBytes, victim.file->bytes.size());
  std::string bytes;
  source.bytes.Read(page * kPageBytes, kPageBytes, &bytes);
  bytes.resize(high - low);
  EvictRange(*victim.file, low, high);
  victim.file->bytes.Write(low, bytes);
  victim.file->damages.push_back(
      {fault, low, high - low, MediaDamage::Kind::kMisplaced});
}

}  // namespace wringer::sim
