#include "engine/base/crc32c.h"

#include <isa-l/crc.h>

namespace wringer {

std::uint32_t Crc32c(Slice bytes, std::uint32_t crc) {
  // ISA-L takes a mutable pointer and an int length, and works on the
  // complement.
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return ~crc32_iscsi(const_cast<unsigned char*>(data),
                      static_cast<int>(bytes.size()), ~crc);
}

}  // namespace wringer
