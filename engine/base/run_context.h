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
#include <string>

namespace wringer {

// One line each in marks.def and mutants.def; the names are in marks.h, so that
// a new one rebuilds those that use them and not the house.
enum class Mark : std::uint16_t;
enum class Mutant : std::uint16_t;
inline constexpr std::size_t kMaxMarks = 256;
inline constexpr std::size_t kMaxMutants = 256;

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

  std::array<std::uint64_t, kMaxMarks> mark_counts{};
  std::array<MutantState, kMaxMutants> mutants{};
};

// The context of the world that runs now; never null.
RunContext& CurrentRun();

// Sets the current context and returns the former one. Null restores the
// default.
RunContext* SetCurrentRun(RunContext* context);

}  // namespace wringer

#endif  // WR_ENGINE_BASE_RUN_CONTEXT_H_
