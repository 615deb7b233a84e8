// The house string view, and the two doors to std::string_view.
//
// Debian 12 builds Abseil with its own absl::string_view, so the two types do
// not convert. Engine, sim and reports code speak Slice; ToStd and FromStd are
// for the edges where toml++, CLI11 or a std API meets us.
#ifndef WR_ENGINE_BASE_SLICE_H_
#define WR_ENGINE_BASE_SLICE_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace wringer {

using Slice = absl::string_view;

inline std::string_view ToStd(Slice s) { return {s.data(), s.size()}; }
inline Slice FromStd(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace wringer

#endif  // WR_ENGINE_BASE_SLICE_H_
