// Stable hashes: equal on every machine, compiler and run. absl::Hash is not.
#ifndef WR_ENGINE_BASE_HASH_H_
#define WR_ENGINE_BASE_HASH_H_

#include <cstdint>

#include "engine/base/slice.h"

namespace wringer {

// XXH3-64 of `bytes`.
std::uint64_t Hash64(Slice bytes, std::uint64_t seed = 0);

// One multiply-fold: the high and low half of a 64x64 product, xored.
// Both operands must carry entropy; used for chaining, not for adversaries.
inline std::uint64_t MulFold(std::uint64_t a, std::uint64_t b) {
  const unsigned __int128 p = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(p) ^ static_cast<std::uint64_t>(p >> 64);
}

}  // namespace wringer

#endif  // WR_ENGINE_BASE_HASH_H_
