// WR_CHECK, WR_MARK and WR_MUTANT: the three ways in which pure code may speak
// to the world that runs it.
//
//   WR_CHECK(match < next);                       // our own bug if it fails
//   WR_CHECK_MSG(n <= limit, absl::StrCat(n));    // with a note
//   if (torn) WR_MARK(kWalTornTail);              // a rare path was reached
//   if (WR_MUTANT(kWalAckBeforeSync)) { ... }     // a planted bug, normally
//   off
//
// Checks stay on in release builds. Never check bytes that came from disk or
// wire: damage there is an absl::Status, not a bug.
#ifndef WR_ENGINE_BASE_CHECK_H_
#define WR_ENGINE_BASE_CHECK_H_

#include "engine/base/run_context.h"

#define WR_CHECK(cond)                                 \
  do {                                                 \
    if (!(cond)) [[unlikely]] {                        \
      ::wringer::FailCheck(__FILE__, __LINE__, #cond); \
    }                                                  \
  } while (false)

#define WR_CHECK_MSG(cond, message)                                    \
  do {                                                                 \
    if (!(cond)) [[unlikely]] {                                        \
      ::wringer::CurrentRun().OnCheckFailed(__FILE__, __LINE__, #cond, \
                                            (message));                \
    }                                                                  \
  } while (false)

#define WR_MARK(id) ::wringer::CurrentRun().OnMark(::wringer::Mark::id)

#ifdef WR_MUTANTS_ENABLED
#define WR_MUTANT(id) ::wringer::MutantIsOn(::wringer::Mutant::id)
#else
#define WR_MUTANT(id) false
#endif

namespace wringer {

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

#endif  // WR_ENGINE_BASE_CHECK_H_
