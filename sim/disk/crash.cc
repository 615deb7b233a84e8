// Crashes: expand the log into units, let the profile's edges decide what may
// survive, undo the rest, tear what was in flight, and show what is left.
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/btree_set.h"
#include "engine/base/check.h"
#include "engine/base/random.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {
namespace {

using Kind = CrashUnit::Kind;

void FillRandom(RandomDraw draw, std::uint64_t n, std::string* out) {
  out->clear();
  for (std::uint64_t i = 0; i < n; ++i) {
    out->push_back(static_cast<char>(draw.Next()));
  }
}

// Puts random bytes into [low, high), as far as the file reaches.
std::uint64_t Ruin(const Random& draws, std::uint64_t low, std::uint64_t high,
                   PageTable* bytes) {
  high = std::min(high, bytes->size());
  if (low >= high) return 0;
  std::string garbage;
  FillRandom(draws.At(low), high - low, &garbage);
  bytes->Write(low, garbage);
  return 1;
}

}  // namespace

bool SimDisk::InFlightAt(const Inode& file, const FileUnit& unit) const {
  return std::any_of(
      in_flight_.begin(), in_flight_.end(), [&](const InFlight& request) {
        return request.inode == file.id && unit.seq <= request.upto &&
               unit.offset < request.high && unit.end() > request.low;
      });
}

// ------------------------------------------------------------------ expand

namespace {

// Numbers of the truncations of one file, and where they cut.
struct Cut {
  UnitSeq seq;
  std::uint64_t size;
  UnitSeq rewrite_until;
};

std::vector<Cut> CutsOf(const Inode& file) {
  std::vector<Cut> cuts;
  for (const FileUnit& unit : file.units) {
    if (unit.kind != FileUnit::Kind::kTruncate) continue;
    cuts.push_back({unit.seq, unit.offset, unit.rewrite_until});
  }
  return cuts;
}

UnitSeq CutBy(const std::vector<Cut>& cuts, UnitSeq seq, std::uint64_t low) {
  for (const Cut& cut : cuts) {
    if (cut.seq > seq && cut.size <= low) return cut.seq;
  }
  return 0;
}

UnitSeq RewriteOf(const std::vector<Cut>& cuts, UnitSeq seq) {
  for (const Cut& cut : cuts) {
    if (cut.seq < seq && seq <= cut.rewrite_until) return cut.seq;
  }
  return 0;
}

}  // namespace

void SimDisk::ExpandFile(const Inode& file, CrashKind kind,
                         std::vector<CrashUnit>* out) const {
  const std::uint64_t tear = TearBytes();
  const std::vector<Cut> cuts = CutsOf(file);
  for (const FileUnit& unit : file.units) {
    CrashUnit u;
    u.seq = unit.seq;
    u.inode = file.id;
    u.lost = unit.state == UnitState::kLost;
    u.must_survive = kind == CrashKind::kOs && unit.state == UnitState::kDevice;
    if (!cuts.empty()) u.rewrite_of = RewriteOf(cuts, unit.seq);
    if (!unit.is_write()) {
      u.kind = unit.kind == FileUnit::Kind::kExtend ? Kind::kExtend
                                                    : Kind::kTruncate;
      u.low = unit.offset;
      u.high = unit.length;
      u.floats = Floats(unit);
      out->push_back(u);
      continue;
    }
    u.extends = unit.extends;
    u.in_flight = InFlightAt(file, unit);
    for (u.low = unit.offset; u.low < unit.end(); u.low = u.high, ++u.seq) {
      u.sector = tear == 0 ? 0 : u.low / tear;
      u.high =
          tear == 0 ? unit.end() : std::min(unit.end(), (u.sector + 1) * tear);
      u.cut_by = cuts.empty() ? 0 : CutBy(cuts, unit.seq, u.low);
      out->push_back(u);
    }
  }
}

std::vector<CrashUnit> SimDisk::ExpandUnits(CrashKind kind) const {
  std::vector<CrashUnit> out;
  for (const InodeId id : dirty_) {
    const Inode* file = tree_.Find(id);
    if (file != nullptr) ExpandFile(*file, kind, &out);
  }
  for (const NameUnit& unit : tree_.pending()) {
    CrashUnit u;
    u.kind = Kind::kName;
    u.seq = unit.seq;
    u.inode = unit.inode;
    u.forces_data = unit.forces_data;
    u.must_survive = kind == CrashKind::kOs && unit.at_device;
    out.push_back(u);
  }
  std::sort(out.begin(), out.end(), [](const CrashUnit& a, const CrashUnit& b) {
    return a.seq < b.seq;
  });
  return out;
}

// -------------------------------------------------------------------- undo

void SimDisk::Undo(const FileUnit& unit, std::uint64_t low, std::uint64_t high,
                   PageTable* bytes) {
  low = std::max(low, unit.offset);
  high = std::min(
      {high, unit.is_write() ? unit.end() : unit.length, bytes->size()});
  if (low >= high) return;
  const std::uint64_t known = unit.offset + unit.before.size();
  if (low < known) {
    const std::uint64_t n = std::min(high, known) - low;
    bytes->Write(low, Slice(unit.before).substr(low - unit.offset, n));
  }
  bytes->Zero(std::max(low, known), high);
}

void SimDisk::UndoAll(const Inode& file, PageTable* bytes) {
  for (auto unit = file.units.rbegin(); unit != file.units.rend(); ++unit) {
    if (unit->kind == FileUnit::Kind::kExtend) continue;
    if (unit->kind == FileUnit::Kind::kTruncate) bytes->Resize(unit->length);
    Undo(*unit, unit->offset, std::numeric_limits<std::uint64_t>::max(), bytes);
  }
  bytes->Resize(file.durable_size);
}

// ------------------------------------------------------------------- apply

namespace {

// Undoes what one file lost. Sizes are applied forwards, bytes backwards; what
// a surviving truncation cut off stays cut, whatever came before it.
class FileCrash {
 public:
  using UndoFn = void (*)(const FileUnit&, std::uint64_t, std::uint64_t,
                          PageTable*);

  FileCrash(Inode* file, const std::vector<CrashUnit>& units,
            CrashReport* report, UndoFn undo)
      : file_(*file), units_(units), report_(*report), undo_(undo) {}

  void Run() {
    std::uint64_t size = file_.durable_size;
    for (const FileUnit& unit : file_.units) {
      if (!unit.is_write() && First(unit)->kept) size = unit.offset;
    }
    for (auto unit = file_.units.rbegin(); unit != file_.units.rend(); ++unit) {
      unit->is_write() ? UndoWrite(*unit) : UndoSize(*unit);
    }
    file_.bytes.Resize(size);
  }

 private:
  std::vector<CrashUnit>::const_iterator First(const FileUnit& unit) const {
    return std::lower_bound(
        units_.begin(), units_.end(), unit.seq,
        [](const CrashUnit& u, UnitSeq seq) { return u.seq < seq; });
  }

  void UndoSize(const FileUnit& unit) {
    if (First(unit)->kept) {
      if (unit.kind == FileUnit::Kind::kTruncate) {
        cut_ = std::min(cut_, unit.offset);
      }
      return;
    }
    ++report_.units_lost;
    if (unit.kind == FileUnit::Kind::kExtend) return;
    if (file_.bytes.size() < unit.length) file_.bytes.Resize(unit.length);
    undo_(unit, unit.offset, cut_, &file_.bytes);
  }

  void UndoWrite(const FileUnit& unit) {
    std::uint64_t lost = 0;
    std::uint64_t kept = 0;
    for (auto u = First(unit);
         u != units_.end() && u->high <= unit.end() && u->inode == file_.id &&
         u->kind == Kind::kData && u->low >= unit.offset;
         ++u) {
      if (u->kept) {
        ++kept;
      } else {
        ++lost;
        report_.bytes_lost += u->high - u->low;
        undo_(unit, u->low, std::min(u->high, cut_), &file_.bytes);
      }
      if (u->high == unit.end()) break;
    }
    report_.units_lost += lost;
    if (lost == 0 || kept == 0) return;
    ++report_.writes_torn;
    report_.sectors_torn += lost;
  }

  Inode& file_;
  const std::vector<CrashUnit>& units_;
  CrashReport& report_;
  UndoFn undo_;
  std::uint64_t cut_ = std::numeric_limits<std::uint64_t>::max();
};

}  // namespace

CrashReport SimDisk::ApplyCrash(CrashKind kind, std::vector<CrashUnit> units) {
  CrashReport report;
  report.units = units.size();
  std::sort(dirty_.begin(), dirty_.end());
  for (const InodeId id : dirty_) {
    Inode* file = tree_.Find(id);
    if (file == nullptr || file->units.empty()) continue;
    const std::uint64_t before = report.units_lost;
    FileCrash(file, units, &report, &SimDisk::Undo).Run();
    if (report.units_lost > before) report.files.push_back(file->path);
  }
  if (kind == CrashKind::kPower) TearInFlight(units, &report);
  std::vector<UnitSeq> kept_names;
  for (const CrashUnit& u : units) {
    if (u.kind != Kind::kName) continue;
    if (u.kept) {
      kept_names.push_back(u.seq);
      continue;
    }
    ++report.names_lost;
    ++report.units_lost;
  }
  tree_.MakeDurable([&](NameUnit& unit) {
    const bool kept =
        std::binary_search(kept_names.begin(), kept_names.end(), unit.seq);
    if (!kept) report.files.push_back(tree_.Find(unit.inode)->path);
    return kept;
  });
  std::sort(report.files.begin(), report.files.end());
  report.files.erase(std::unique(report.files.begin(), report.files.end()),
                     report.files.end());
  tree_.ShowDurable();
  StartMount();
  return report;
}

// Damage beyond "kept or not", by the knobs: garbage in sectors that were
// being written, and in their neighbours; stale bytes in tails whose size
// survived without them.
void SimDisk::TearInFlight(const std::vector<CrashUnit>& units,
                           CrashReport* report) {
  const bool knobs = options_.torn_garbage_ppm > 0 || options_.neighbour_damage;
  if (!knobs && !options_.profile.stale_tail) return;
  const Random chance(options_.seed, Purpose("disk.crash.ruin"), options_.disk,
                      crashes_);
  const Random bytes(options_.seed, Purpose("disk.crash.garbage"),
                     options_.disk, crashes_);
  const std::uint64_t physical = options_.device.physical_sector;
  absl::btree_set<std::pair<InodeId, std::uint64_t>> held;
  for (const CrashUnit& u : units) {
    if (u.kind == Kind::kData && u.kept) held.insert({u.inode, u.sector});
  }
  for (const CrashUnit& u : units) {
    if (u.kind != Kind::kData) continue;
    Inode* file = tree_.Find(u.inode);
    RandomDraw draw = chance.At(u.seq);
    const bool garbage = draw.Chance(options_.torn_garbage_ppm);
    const bool coin = draw.Chance(500'000);
    if (u.in_flight && garbage) {
      report->sectors_ruined += Ruin(bytes, u.low, u.high, &file->bytes);
    }
    if (u.in_flight && options_.neighbour_damage && coin) {
      const std::uint64_t start = u.low / physical * physical;
      report->sectors_ruined += Ruin(bytes, start, u.low, &file->bytes);
      const std::uint64_t end = ((u.high - 1) / physical + 1) * physical;
      report->sectors_ruined += Ruin(bytes, u.high, end, &file->bytes);
    }
    if (options_.profile.stale_tail && u.extends && !u.kept && !u.in_flight &&
        coin && !held.contains({u.inode, u.sector})) {
      const std::uint64_t low = std::max(u.low, file->durable_size);
      report->sectors_ruined += Ruin(bytes, low, u.high, &file->bytes);
    }
  }
}

CrashReport SimDisk::Crash(CrashKind kind, const CrashOptions& options) {
  Settle();
  ++crashes_;
  std::vector<CrashUnit> units = ExpandUnits(kind);
  const std::uint64_t key =
      options.key != 0 ? RandomKey(options.key, Purpose("disk.crash"))
                       : RandomKey(options_.seed, Purpose("disk.crash"),
                                   options_.disk, crashes_);
  const std::uint32_t keep_ppm = Choose(options_.profile, options, key, &units);
  CrashReport report = ApplyCrash(kind, std::move(units));
  report.keep_ppm = keep_ppm;
  return report;
}

CrashReport SimDisk::PowerLoss(const CrashOptions& crash) {
  return Crash(CrashKind::kPower, crash);
}

CrashReport SimDisk::OsCrash(const CrashOptions& crash) {
  return Crash(CrashKind::kOs, crash);
}

std::vector<CrashUnit> SimDisk::PendingUnits() {
  Settle();
  return ExpandUnits(CrashKind::kPower);
}

CrashReport SimDisk::PowerLossKeeping(const std::vector<CrashUnit>& units) {
  ++crashes_;
  std::vector<CrashUnit> chosen = PendingUnits();
  WR_CHECK(chosen.size() == units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    WR_CHECK(chosen[i].seq == units[i].seq);
    chosen[i].kept = units[i].kept;
  }
  Close(options_.profile, &chosen);
  return ApplyCrash(CrashKind::kPower, std::move(chosen));
}

}  // namespace wringer::sim
