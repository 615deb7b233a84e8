// Byte encoding of everything that reaches a disk or the wire.
//
// Fixed-width integers are little-endian; varints are LEB128, shortest form;
// byte strings are a varint length and the bytes. Writer appends to a string;
// Reader consumes a Slice and turns sticky-bad on the first short or malformed
// field, so that a decoder reads all fields and asks ok() once.
#ifndef WR_ENGINE_BASE_CODING_H_
#define WR_ENGINE_BASE_CODING_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "engine/base/slice.h"
#include "engine/base/strong_int.h"

namespace wringer {

class Writer {
 public:
  // Appends to `*out`, which must outlive the writer.
  explicit Writer(std::string* out) : out_(out) {}

  void U8(std::uint8_t v) { out_->push_back(static_cast<char>(v)); }
  void U32(std::uint32_t v) { Fixed(v, 4); }
  void U64(std::uint64_t v) { Fixed(v, 8); }
  void Varint(std::uint64_t v) {
    if (v < 0x80) return U8(static_cast<std::uint8_t>(v));
    LongVarint(v);
  }
  // Zig-zag, for values that may be negative.
  void SignedVarint(std::int64_t v) {
    Varint((static_cast<std::uint64_t>(v) << 1) ^
           static_cast<std::uint64_t>(v >> 63));
  }
  void Bool(bool v) { U8(v ? 1 : 0); }
  void Bytes(Slice s) {
    Varint(s.size());
    Raw(s);
  }
  void Raw(Slice s) { out_->append(s.data(), s.size()); }
  template <typename Tag, typename Rep>
  void Id(StrongInt<Tag, Rep> v) {
    Varint(v.value());
  }

 private:
  void LongVarint(std::uint64_t v);
  // Spelled out, so that compilers make one store of it.
  void Fixed(std::uint64_t v, std::size_t bytes) {
    const char buffer[8] = {char(v),       char(v >> 8),  char(v >> 16),
                            char(v >> 24), char(v >> 32), char(v >> 40),
                            char(v >> 48), char(v >> 56)};
    out_->append(buffer, bytes);
  }

  std::string* out_;
};

class Reader {
 public:
  explicit Reader(Slice bytes) : rest_(bytes) {}

  std::uint8_t U8() {
    if (rest_.empty()) [[unlikely]] {
      Fail();
      return 0;
    }
    const auto v = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return v;
  }
  std::uint32_t U32() { return static_cast<std::uint32_t>(Fixed<4>()); }
  std::uint64_t U64() { return Fixed<8>(); }
  std::uint64_t Varint() {
    if (!rest_.empty() && std::uint8_t(rest_.front()) < 0x80) [[likely]] {
      return U8();
    }
    return LongVarint();
  }
  std::int64_t SignedVarint() {
    const std::uint64_t v = Varint();
    return static_cast<std::int64_t>(v >> 1) ^
           -static_cast<std::int64_t>(v & 1);
  }
  // Anything but 0 and 1 is malformed.
  bool Bool();
  // A view into the bytes given at construction.
  Slice Bytes() { return Raw(Varint()); }
  Slice Raw(std::uint64_t n);
  template <typename Id>
  Id As() {
    const std::uint64_t v = Varint();
    if (v > std::uint64_t{typename Id::rep(-1)}) Fail();
    return Id(static_cast<typename Id::rep>(v));
  }
  // A count of items of at least `min_bytes` each: bad if they cannot fit, so
  // that garbage never makes a decoder reserve gigabytes.
  std::size_t Count(std::size_t min_bytes);

  void Fail() {
    ok_ = false;
    rest_ = Slice();
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  std::size_t remaining() const { return rest_.size(); }

 private:
  std::uint64_t LongVarint();
  template <std::size_t kBytes>
  std::uint64_t Fixed() {
    if (rest_.size() < kBytes) [[unlikely]] {
      Fail();
      return 0;
    }
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t v = 0;
    std::memcpy(&v, rest_.data(), kBytes);
    rest_.remove_prefix(kBytes);
    return v;
  }

  Slice rest_;
  bool ok_ = true;
};

}  // namespace wringer

#endif  // WR_ENGINE_BASE_CODING_H_
