#include "engine/base/coding.h"

#include <algorithm>

namespace wringer {

void Writer::LongVarint(std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out_->push_back(static_cast<char>(v | 0x80));
  out_->push_back(static_cast<char>(v));
}

std::uint64_t Reader::LongVarint() {
  const auto* const bytes =
      reinterpret_cast<const unsigned char*>(rest_.data());
  if (rest_.size() >= 2 && bytes[1] < 0x80 && bytes[1] != 0) {
    rest_.remove_prefix(2);
    return (bytes[0] & 0x7fu) | (std::uint64_t{bytes[1]} << 7);
  }
  std::uint64_t v = 0;
  const std::size_t limit = std::min<std::size_t>(rest_.size(), 10);
  for (std::size_t i = 0; i < limit; ++i) {
    const std::uint64_t byte = bytes[i];
    // The tenth byte holds one bit; more would not fit in 64.
    if (i == 9 && byte > 1) break;
    // A last byte of zero pads: one number would have many encodings, and a
    // decoder would accept bytes that no encoder makes.
    if (i > 0 && byte == 0) break;
    v |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      rest_.remove_prefix(i + 1);
      return v;
    }
  }
  Fail();
  return 0;
}

bool Reader::Bool() {
  const std::uint8_t v = U8();
  if (v > 1) Fail();
  return v == 1;
}

Slice Reader::Raw(std::uint64_t n) {
  if (n > rest_.size()) {
    Fail();
    return Slice();
  }
  const Slice out = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return out;
}

std::size_t Reader::Count(std::size_t min_bytes) {
  const std::uint64_t n = Varint();
  if (min_bytes > 0 && n > rest_.size() / min_bytes) {
    Fail();
    return 0;
  }
  return static_cast<std::size_t>(n);
}

}  // namespace wringer
