// Hash64 of long inputs, with whatever the processor has for them.
#ifndef WR_ENGINE_BASE_HASH_LONG_H_
#define WR_ENGINE_BASE_HASH_LONG_H_

#include <cstdint>

#include "engine/base/slice.h"

namespace wringer {

std::uint64_t HashLong64(Slice bytes, std::uint64_t seed);

}  // namespace wringer

#endif  // WR_ENGINE_BASE_HASH_LONG_H_
