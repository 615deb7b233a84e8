#include "engine/base/coding.h"

namespace wringer {

void Writer::LongVarint(std::uint64_t v) {
  char buffer[10];
  std::size_t size = 0;
  for (; v >= 0x80; v >>= 7) buffer[size++] = static_cast<char>(v | 0x80);
  buffer[size++] = static_cast<char>(v);
  out_->append(buffer, size);
}

std::uint64_t Reader::LongVarint() {
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < 10 && i < rest_.size(); ++i) {
    const std::uint64_t byte = static_cast<unsigned char>(rest_[i]);
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
