#include "sim/scenario/toml/suggest.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"

namespace wringer::sim {
namespace {

constexpr std::size_t kLongestWord = 64;
constexpr std::size_t kShortestStem = 4;

}  // namespace

std::size_t EditDistance(Slice a, Slice b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> before(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1,
                         last[j - 1] + std::size_t{same ? 0u : 1u}});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::optional<std::string> Nearest(Slice word,
                                   const std::vector<Slice>& known) {
  if (word.empty() || word.size() > kLongestWord) {
    return std::nullopt;
  }
  const std::string wanted = absl::AsciiStrToLower(word);
  std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string> best;
  for (Slice candidate : known) {
    const std::string lower = absl::AsciiStrToLower(candidate);
    const std::size_t distance = EditDistance(wanted, lower);
    if (distance <= limit) {
      best = std::string(candidate);
      if (distance == 0) {
        break;
      }
      limit = distance - 1;  // only a nearer one may replace it
    }
  }
  for (std::size_t i = 0; !best && i < known.size(); ++i) {
    const std::string lower = absl::AsciiStrToLower(known[i]);
    const std::size_t common = std::min(wanted.size(), lower.size());
    if (common >= kShortestStem &&
        wanted.substr(0, common) == lower.substr(0, common)) {
      best = std::string(known[i]);  // one word is the beginning of the other
    }
  }
  return best;
}

std::string Listed(const std::vector<Slice>& words) {
  return absl::StrJoin(words, ", ");
}

}  // namespace wringer::sim
