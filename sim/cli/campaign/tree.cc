#include "sim/cli/campaign/tree.h"

#include <filesystem>
#include <system_error>

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;

std::string Above(fs::path place) {
  std::error_code error;
  for (; !place.empty(); place = place.parent_path()) {
    if (fs::exists(place / "tests/golden/digests.txt", error) &&
        fs::exists(place / "scripts/wringer", error)) {
      return place.string();
    }
    if (place == place.root_path()) break;
  }
  return "";
}

}  // namespace

std::string FindTree() {
  std::error_code error;
  const std::string here = Above(fs::current_path(error));
  if (!here.empty()) return here;
  return Above(fs::read_symlink("/proc/self/exe", error));
}

}  // namespace wringer::cli
