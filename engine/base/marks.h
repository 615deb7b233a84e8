// WR_MARK and WR_MUTANT: how pure code tells the world that runs it of a rare
// path it took, and asks it for a planted bug.
//
//   if (torn) WR_MARK(kWalTornTail);              // a rare path was reached
//   if (WR_MUTANT(kWalAckBeforeSync)) { ... }     // normally off
#ifndef WR_ENGINE_BASE_MARKS_H_
#define WR_ENGINE_BASE_MARKS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/run_context.h"
#include "engine/base/slice.h"

#define WR_MARK(id) ::wringer::CurrentRun().OnMark(::wringer::Mark::id)

#ifdef WR_MUTANTS_ENABLED
#define WR_MUTANT(id) ::wringer::MutantIsOn(::wringer::Mutant::id)
#else
#define WR_MUTANT(id) false
#endif

namespace wringer {

// Rare paths that the ensemble of runs must reach: one line each in marks.def.
enum class Mark : std::uint16_t {
#define WR_MARK_DEF(id, name, about) id,
#include "engine/base/marks.def"
#undef WR_MARK_DEF
  kCount,
};

// Planted bugs, off unless a scenario asks: one line each in mutants.def.
enum class Mutant : std::uint16_t {
#define WR_MUTANT_DEF(id, name, catalogue, about) id,
#include "engine/base/mutants.def"
#undef WR_MUTANT_DEF
  kCount,
};

inline constexpr std::size_t kMarkCount = std::size_t(Mark::kCount);
inline constexpr std::size_t kMutantCount = std::size_t(Mutant::kCount);

struct MarkInfo {
  Slice name;   // "wal.torn_tail", as scenarios write it
  Slice about;  // one sentence
};
struct MutantInfo {
  Slice name;       // "wal_ack_before_sync", as scenarios write it
  Slice catalogue;  // row of the catalogue of real bugs, e.g. "WAL-04"
  Slice about;
};
const MarkInfo& Info(Mark mark);
const MutantInfo& Info(Mutant mutant);
std::optional<Mark> FindMark(Slice name);
std::optional<Mutant> FindMutant(Slice name);

// True, and counted as reached, iff the scenario switched the mutant on.
inline bool MutantIsOn(Mutant mutant) {
  MutantState& state = CurrentRun().mutants[std::size_t(mutant)];
  if (!state.on) [[likely]] {
    return false;
  }
  ++state.reached;
  return true;
}

}  // namespace wringer

#endif  // WR_ENGINE_BASE_MARKS_H_
