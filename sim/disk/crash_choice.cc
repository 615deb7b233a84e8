#include "sim/disk/crash_choice.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/base/check.h"

namespace wringer::sim {
namespace {

using Kind = CrashUnit::Kind;

bool IsSize(const CrashUnit& u) {
  return u.kind == Kind::kExtend || u.kind == Kind::kTruncate;
}

// Whether data unit `a` was cut off by a truncation before number `seq`.
bool CutBefore(const CrashUnit& a, UnitSeq seq) {
  return a.cut_by != 0 && a.cut_by < seq;
}

// Edges within one file, for a issued before b.
bool PrecedesInFile(const DiskProfile& profile, const CrashUnit& a,
                    const CrashUnit& b) {
  if (a.kind == Kind::kTruncate) {
    return IsSize(b) || b.high > a.low;
  }
  if (a.kind == Kind::kData && b.kind == Kind::kData) {
    return a.sector == b.sector && !CutBefore(a, b.seq);
  }
  if (b.rewrite_of != 0) return false;
  if (a.kind == Kind::kData) {
    return profile.data_before_size && b.kind == Kind::kExtend && a.extends &&
           !CutBefore(a, b.seq);
  }
  return profile.journal && IsSize(a) && IsSize(b);
}

// What a forward pass remembers of one file.
struct FileState {
  // Units at or beyond this offset need a truncation that was dropped.
  std::uint64_t blocked_from = std::numeric_limits<std::uint64_t>::max();
  bool any_dropped = false;
  bool size_dropped = false;
  bool growth_dropped = false;       // extending data, never cut
  UnitSeq growth_dropped_until = 0;  // ... or cut by this number
};

struct SectorState {
  bool dropped = false;
  UnitSeq cut_by = 0;
};

using SectorKey = std::pair<std::uint32_t, std::uint64_t>;
SectorKey KeyOf(const CrashUnit& u) { return {u.inode.value(), u.sector}; }

// One forward pass: every predecessor of a unit comes before it, but for the
// rewritten data of a replaced file, which is settled with its truncation.
class Closer {
 public:
  Closer(const DiskProfile& profile, std::vector<CrashUnit>* units)
      : profile_(profile), units_(*units) {}

  void Run() {
    FindBrokenRewrites();
    for (CrashUnit& u : units_) {
      if (u.lost) {
        u.kept = false;
        continue;
      }
      if (!u.must_survive && u.kept) u.kept = Allowed(u);
      if (!u.kept) NoteDropped(u);
      if (u.kind == Kind::kData) NoteSector(u);
    }
  }

 private:
  void FindBrokenRewrites() {
    for (const CrashUnit& u : units_) {
      if (u.rewrite_of != 0 && !u.kept && !u.lost) broken_[u.rewrite_of] = true;
    }
  }

  bool Allowed(const CrashUnit& u) {
    if (profile_.total_order) return !anything_dropped_;
    if (u.kind == Kind::kName) {
      if (profile_.journal && journal_broken_) return false;
      return !u.forces_data || !files_[u.inode.value()].any_dropped;
    }
    const FileState& file = files_[u.inode.value()];
    if (u.kind == Kind::kData) {
      return u.high <= file.blocked_from && !SectorBlocked(u);
    }
    if (file.blocked_from != std::numeric_limits<std::uint64_t>::max()) {
      return false;
    }
    if (u.rewrite_of != 0) return true;
    if (u.kind == Kind::kTruncate && broken_.contains(u.seq)) return false;
    if (profile_.journal && (journal_broken_ || file.size_dropped)) {
      return false;
    }
    return u.kind == Kind::kTruncate || !profile_.data_before_size ||
           (!file.growth_dropped && file.growth_dropped_until < u.seq);
  }

  bool SectorBlocked(const CrashUnit& u) const {
    const auto found = sectors_.find(KeyOf(u));
    if (found == sectors_.end() || !found->second.dropped) return false;
    const UnitSeq cut = found->second.cut_by;
    return cut == 0 || cut > u.seq;
  }

  void NoteSector(const CrashUnit& u) {
    sectors_[KeyOf(u)] = {!u.kept, u.cut_by};
  }

  void NoteDropped(const CrashUnit& u) {
    anything_dropped_ = true;
    if (u.kind == Kind::kName) {
      journal_broken_ = true;
      return;
    }
    FileState& file = files_[u.inode.value()];
    file.any_dropped = true;
    if (u.kind == Kind::kData) {
      if (!u.extends) return;
      if (u.cut_by == 0) file.growth_dropped = true;
      file.growth_dropped_until = std::max(file.growth_dropped_until, u.cut_by);
      return;
    }
    file.size_dropped = true;
    if (u.kind == Kind::kTruncate) {
      file.blocked_from = std::min(file.blocked_from, u.low);
    }
    if (!u.floats) journal_broken_ = true;
  }

  const DiskProfile& profile_;
  std::vector<CrashUnit>& units_;
  bool anything_dropped_ = false;
  bool journal_broken_ = false;
  absl::flat_hash_map<std::uint32_t, FileState> files_;
  absl::flat_hash_map<SectorKey, SectorState> sectors_;
  absl::flat_hash_map<UnitSeq, bool> broken_;
};

// The other way round: a backward pass that keeps what kept units need. A
// superset of what Close would accept; Close has the last word.
class Grower {
 public:
  Grower(const DiskProfile& profile, std::vector<CrashUnit>* units)
      : profile_(profile), units_(*units) {}

  void Run() {
    for (auto u = units_.rbegin(); u != units_.rend(); ++u) {
      if (u->lost) continue;
      u->kept = u->kept || Needed(*u);
      if (u->kept) Require(*u);
    }
  }

 private:
  struct Needs {
    std::uint64_t high = 0;  // truncations below this offset
    bool sizes = false;
    bool growth = false;
    bool all = false;
  };

  bool Needed(const CrashUnit& u) {
    if (profile_.total_order) return anything_kept_;
    if (u.kind == Kind::kName) return journal_needed_;
    const Needs& needs = needs_[u.inode.value()];
    if (needs.all) return true;
    if (u.kind == Kind::kData) {
      if (needs.growth && u.extends) return true;
      const auto later = sectors_.find(KeyOf(u));
      return later != sectors_.end() && !CutBefore(u, later->second);
    }
    if (needs.sizes || (journal_needed_ && !u.floats)) return true;
    return u.kind == Kind::kTruncate && needs.high > u.low;
  }

  void Require(const CrashUnit& u) {
    anything_kept_ = true;
    if (u.kind == Kind::kName) {
      journal_needed_ = journal_needed_ || profile_.journal;
      if (u.forces_data) needs_[u.inode.value()].all = true;
      return;
    }
    Needs& needs = needs_[u.inode.value()];
    if (u.kind == Kind::kData) {
      sectors_[KeyOf(u)] = u.seq;
      needs.high = std::max(needs.high, u.high);
      return;
    }
    needs.high = std::numeric_limits<std::uint64_t>::max();
    needs.sizes = needs.sizes || profile_.journal;
    journal_needed_ = journal_needed_ || profile_.journal;
    if (u.kind == Kind::kExtend && profile_.data_before_size) {
      needs.growth = true;
    }
  }

  const DiskProfile& profile_;
  std::vector<CrashUnit>& units_;
  bool anything_kept_ = false;
  bool journal_needed_ = false;
  absl::flat_hash_map<std::uint32_t, Needs> needs_;
  absl::flat_hash_map<SectorKey, UnitSeq> sectors_;
};

// A rewrite group stands or falls as one: let it wish as its truncation does.
void AlignRewrites(std::vector<CrashUnit>* units) {
  absl::flat_hash_map<UnitSeq, bool> fate;
  for (CrashUnit& u : *units) {
    if (u.kind == Kind::kTruncate) fate[u.seq] = u.kept;
    if (u.rewrite_of != 0) u.kept = fate[u.rewrite_of];
  }
}

std::uint32_t DrawKeepPpm(RandomDraw* draw) {
  constexpr std::uint32_t kChoices[] = {0, 100'000, 500'000, 900'000,
                                        1'000'000};
  return kChoices[draw->Below(5)];
}

// Chance of each unit to be the first that write-back never reached; by unit,
// so that later units do not shift the fate of earlier ones.
std::uint32_t DrawCutPpm(RandomDraw* draw) {
  constexpr std::uint32_t kChoices[] = {0,       0,       0,      0,
                                        300'000, 100'000, 30'000, 5'000};
  return kChoices[draw->Below(8)];
}

}  // namespace

bool MustPrecede(const DiskProfile& profile, const CrashUnit& a,
                 const CrashUnit& b) {
  if (profile.total_order) return a.seq < b.seq;
  const bool a_name = a.kind == Kind::kName;
  const bool b_name = b.kind == Kind::kName;
  const bool same_file = !a_name && !b_name && a.inode == b.inode;
  if (same_file && a.rewrite_of == b.seq) return true;
  if (a.seq >= b.seq) return false;
  if (same_file && PrecedesInFile(profile, a, b)) return true;
  if (b_name && b.forces_data && !a_name && a.inode == b.inode) return true;
  const bool metadata = (a_name || IsSize(a)) && (b_name || IsSize(b));
  return profile.journal && metadata && !a.floats && b.rewrite_of == 0;
}

void Close(const DiskProfile& profile, std::vector<CrashUnit>* units) {
  Closer(profile, units).Run();
}

std::uint32_t Choose(const DiskProfile& profile, const CrashOptions& options,
                     std::uint64_t key, std::vector<CrashUnit>* units) {
  RandomDraw crash = Random(key, Purpose("disk.crash.style")).At(0);
  const std::uint32_t drawn_ppm = DrawKeepPpm(&crash);
  const std::uint32_t keep_ppm =
      options.keep_ppm < 0 ? drawn_ppm
                           : static_cast<std::uint32_t>(options.keep_ppm);
  const bool grow = crash.Chance(500'000);
  const std::uint32_t cut_ppm = DrawCutPpm(&crash);

  const Random cut(key, Purpose("disk.crash.cut"));
  const Random keep(key, Purpose("disk.crash.keep"));
  bool reached = true;
  UnitSeq last = 0;
  for (CrashUnit& u : *units) {
    WR_CHECK(last < u.seq);
    last = u.seq;
    if (cut.At(u.seq).Chance(cut_ppm)) reached = keep_ppm == 1'000'000;
    const bool wish = reached && keep.At(u.seq).Chance(keep_ppm);
    u.kept = (wish || u.must_survive) && !u.lost;
  }
  AlignRewrites(units);
  if (grow) {
    Grower(profile, units).Run();
    AlignRewrites(units);
  }
  Close(profile, units);
  return keep_ppm;
}

}  // namespace wringer::sim
