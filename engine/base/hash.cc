#include "engine/base/hash.h"

// The first lets long inputs use what the processor has (AVX2: half the time
// of the baseline for a page); the result is the same on all of them.
#if __has_include(<xxh_x86dispatch.h>) && defined(__x86_64__)
#include <xxh_x86dispatch.h>
#endif
#include <xxhash.h>

namespace wringer {

std::uint64_t Hash64(Slice bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 HashWide(Slice bytes) {
  const XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  return {h.high64, h.low64};
}

}  // namespace wringer
