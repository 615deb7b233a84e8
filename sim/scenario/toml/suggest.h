// "Did you mean ...?"
#ifndef WR_SIM_SCENARIO_TOML_SUGGEST_H_
#define WR_SIM_SCENARIO_TOML_SUGGEST_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/base/slice.h"

namespace wringer::sim {

// Edits from `a` to `b`: insertions, deletions, substitutions, and swaps of two
// neighbours (Damerau 1964; optimal string alignment). O(|a| |b|).
std::size_t EditDistance(Slice a, Slice b);

// The nearest of `known` within max(1, |word| / 3) edits, the first of equals;
// case does not count; failing that, the first that begins the word or begins
// with it. Nothing for words of more than 64 bytes.
std::optional<std::string> Nearest(Slice word, const std::vector<Slice>& known);

// "a, b, c", in the order given.
std::string Listed(const std::vector<Slice>& words);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TOML_SUGGEST_H_
