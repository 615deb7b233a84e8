// WR_CHECK: an assertion about our own code, on in release builds too.
//
//   WR_CHECK(match < next);                       // our own bug if it fails
//   WR_CHECK_MSG(n <= limit, absl::StrCat(n));    // with a note
//
// A failed check prints time, node, seed and the line that replays the run.
// Never check bytes that came from disk or wire: damage there is an
// absl::Status, not a bug.
#ifndef WR_ENGINE_BASE_CHECK_H_
#define WR_ENGINE_BASE_CHECK_H_

#include <string>

#define WR_CHECK(cond)                                 \
  do {                                                 \
    if (!(cond)) [[unlikely]] {                        \
      ::wringer::FailCheck(__FILE__, __LINE__, #cond); \
    }                                                  \
  } while (false)

#define WR_CHECK_MSG(cond, message)                               \
  do {                                                            \
    if (!(cond)) [[unlikely]] {                                   \
      ::wringer::FailCheck(__FILE__, __LINE__, #cond, (message)); \
    }                                                             \
  } while (false)

namespace wringer {

// Reports a failed check to the current context. Out of line, so that a check
// without a note costs its caller one compare and one branch.
[[noreturn, gnu::cold]] void FailCheck(const char* file, int line,
                                       const char* condition);
[[noreturn, gnu::cold]] void FailCheck(const char* file, int line,
                                       const char* condition,
                                       const std::string& message);

}  // namespace wringer

#endif  // WR_ENGINE_BASE_CHECK_H_
