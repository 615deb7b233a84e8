#include "engine/base/types.h"

#include "absl/strings/str_cat.h"

namespace wringer {

std::string NodeName(NodeId id) {
  const std::uint32_t v = id.value();
  if (v == 0) return "-";
  if (v > kClientNodeBase) return absl::StrCat("c", v - kClientNodeBase);
  if (v > kConfigNodeBase) return absl::StrCat("m", v - kConfigNodeBase);
  return absl::StrCat("n", v);
}

}  // namespace wringer
