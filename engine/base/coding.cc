#include "engine/base/coding.h"

#include <algorithm>

namespace wringer {

// Within the room that the string has, if that will do: a few short fields may
// lie in the string itself.
void Writer::Grow(std::size_t bytes) {
  constexpr std::size_t kAtOnce = 128;
  const std::size_t used =
      at_ == nullptr ? out_->size() : std::size_t(at_ - out_->data());
  const std::size_t ahead = std::max(bytes, kAtOnce);
  const bool fits = used + bytes <= out_->capacity();
  out_->resize(fits ? std::min(used + ahead, out_->capacity()) : used + ahead);
  at_ = out_->data() + used;
  end_ = out_->data() + out_->size();
}

void Writer::RawLong(Slice s) {
  Flush();
  out_->append(s.data(), s.size());
}

std::uint64_t Reader::LongVarint() {
  const auto* const bytes =
      reinterpret_cast<const unsigned char*>(rest_.data());
  if (rest_.size() >= 2 && bytes[1] < 0x80 && bytes[1] != 0) {
    rest_.remove_prefix(2);
    return (bytes[0] & 0x7fu) | (std::uint64_t{bytes[1]} << 7);
  }
  if (rest_.size() >= 8) return WordVarint();
  return AnyVarint();
}

// Where eight bytes may be looked at together: nearly always.
std::uint64_t Reader::WordVarint() {
  std::uint64_t word;
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(&word, rest_.data(), sizeof word);
  const std::uint64_t last_bytes = ~word & 0x8080808080808080;
  if (last_bytes == 0) return AnyVarint();
  // Up to and including the first byte without a continuation bit.
  word &= last_bytes ^ (last_bytes - 1);
  const unsigned length = unsigned(std::countr_zero(last_bytes)) / 8 + 1;
  if (rest_[length - 1] == 0) return AnyVarint();
  rest_.remove_prefix(length);
  word = (word & 0x007f007f007f007f) | ((word & 0x7f007f007f007f00) >> 1);
  word = (word & 0x00003fff00003fff) | ((word & 0x3fff00003fff0000) >> 2);
  return (word & 0x0fffffff) | ((word & 0x0fffffff00000000) >> 4);
}

std::uint64_t Reader::AnyVarint() {
  const auto* const bytes =
      reinterpret_cast<const unsigned char*>(rest_.data());
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
