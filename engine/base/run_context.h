// What a running world offers to code that has no other door to it: counters
// of marks, switches of mutants, and the place where a failed check reports.
//
// The event loop sets the current context before it hands control to engine or
// sim code and restores it afterwards. It is the only global of the house;
// without a world (unit tests of pure code) a default context serves, in which
// marks count, mutants are off and a failed check prints and aborts.
#ifndef WR_ENGINE_BASE_RUN_CONTEXT_H_
#define WR_ENGINE_BASE_RUN_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/slice.h"

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

// A mutant that is off costs one load and one predictable branch.
struct MutantState {
  bool on = false;
  // Times the switched line was executed while on.
  std::uint64_t reached = 0;
};

class RunContext {
 public:
  virtual ~RunContext() = default;

  // The node whose code runs now, for marks that fire faults. May be ignored.
  virtual void OnMark(Mark mark) { ++mark_counts[std::size_t(mark)]; }

  // Prints what failed and where the run stood; does not return.
  [[noreturn]] virtual void OnCheckFailed(const char* file, int line,
                                          const char* condition,
                                          const std::string& message);

  std::array<std::uint64_t, kMarkCount> mark_counts{};
  std::array<MutantState, kMutantCount> mutants{};
};

// The context of the world that runs now; never null.
RunContext& CurrentRun();

// Reports a failed check to the current context. Out of line, so that a check
// without a note costs its caller one compare and one branch.
[[noreturn, gnu::cold]] void FailCheck(const char* file, int line,
                                       const char* condition);
[[noreturn, gnu::cold]] void FailCheck(const char* file, int line,
                                       const char* condition,
                                       const std::string& message);

// Sets the current context and returns the former one. Null restores the
// default.
RunContext* SetCurrentRun(RunContext* context);

}  // namespace wringer

#endif  // WR_ENGINE_BASE_RUN_CONTEXT_H_
