// Early return for absl::Status and absl::StatusOr.
//
//   WR_RETURN_IF_ERROR(file->Sync());
//   WR_ASSIGN_OR_RETURN(auto file, fs->Open(path, options));
#ifndef WR_ENGINE_BASE_STATUS_MACROS_H_
#define WR_ENGINE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define WR_RETURN_IF_ERROR(expr)                                 \
  do {                                                           \
    if (absl::Status wr_s_ = (expr); !wr_s_.ok()) [[unlikely]] { \
      return wr_s_;                                              \
    }                                                            \
  } while (false)

#define WR_CONCAT_INNER_(a, b) a##b
#define WR_CONCAT_(a, b) WR_CONCAT_INNER_(a, b)
#define WR_ASSIGN_OR_RETURN(lhs, expr) \
  WR_ASSIGN_OR_RETURN_(WR_CONCAT_(wr_or_, __LINE__), lhs, expr)
#define WR_ASSIGN_OR_RETURN_(tmp, lhs, expr) \
  auto tmp = (expr);                         \
  if (!tmp.ok()) [[unlikely]] {              \
    return tmp.status();                     \
  }                                          \
  lhs = std::move(tmp).value()

#endif  // WR_ENGINE_BASE_STATUS_MACROS_H_
