#include "engine/base/hash.h"

// Compiled into this file, so that the few instructions that a short input
// takes are not behind a call through the linker's table.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "engine/base/hash_long.h"

namespace wringer {
namespace {

// Up to here XXH3 has ways of its own, without wide registers.
constexpr std::size_t kShort = 240;

}  // namespace

std::uint64_t Hash64(Slice bytes, std::uint64_t seed) {
  if (bytes.size() > kShort) return HashLong64(bytes, seed);
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace wringer
