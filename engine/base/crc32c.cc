#include "engine/base/crc32c.h"

#include <isa-l/crc.h>

#include <cstring>

namespace wringer {
namespace {

// ISA-L takes a mutable pointer and an int length, and works on the complement.
std::uint32_t CrcOfMany(Slice bytes, std::uint32_t crc) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return ~crc32_iscsi(const_cast<unsigned char*>(data),
                      static_cast<int>(bytes.size()), ~crc);
}

#if defined(__x86_64__)
// Below this, setting up wide registers costs more than they save.
constexpr std::size_t kFew = 256;

// The processor's own instruction for this polynomial, eight bytes at a time.
[[gnu::target("sse4.2")]] std::uint32_t CrcOfFew(Slice bytes,
                                                 std::uint32_t crc) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  std::uint64_t sum = ~crc;
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    sum = __builtin_ia32_crc32di(sum, word);
  }
  auto rest = static_cast<std::uint32_t>(sum);
  if (end - at >= 4) {
    std::uint32_t word;
    std::memcpy(&word, at, sizeof word);
    rest = __builtin_ia32_crc32si(rest, word);
    at += sizeof word;
  }
  for (; at != end; ++at) {
    rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(*at));
  }
  return ~rest;
}

const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t Crc32c(Slice bytes, std::uint32_t crc) {
#if defined(__x86_64__)
  if (bytes.size() < kFew && kHasInstruction) return CrcOfFew(bytes, crc);
#endif
  return CrcOfMany(bytes, crc);
}

}  // namespace wringer
