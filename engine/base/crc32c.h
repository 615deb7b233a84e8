// CRC-32C (Castagnoli), the checksum of every record and message.
#ifndef WR_ENGINE_BASE_CRC32C_H_
#define WR_ENGINE_BASE_CRC32C_H_

#include <cstdint>

#include "engine/base/slice.h"

namespace wringer {

// The CRC of `bytes` appended to data whose CRC is `crc` (0 for none).
std::uint32_t Crc32c(Slice bytes, std::uint32_t crc = 0);

}  // namespace wringer

#endif  // WR_ENGINE_BASE_CRC32C_H_
