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
  // Appends to `*out`, which must outlive the writer. While it writes, `*out`
  // is longer than what was written: Flush() before you look at it or change it
  // yourself, or let the writer go.
  //
  // Fields go straight to their place. Gathered elsewhere first and then
  // copied, they would be read as wide words while the processor still holds
  // them as narrow stores, for which it waits: that was a twelfth of a whole
  // run.
  explicit Writer(std::string* out) : out_(out) {}
  ~Writer() { Flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void U8(std::uint8_t v) {
    Room(1);
    *at_++ = static_cast<char>(v);
  }
  void U32(std::uint32_t v) { Fixed(v); }
  void U64(std::uint64_t v) { Fixed(v); }
  void Varint(std::uint64_t v) {
    if (v < 0x80) [[likely]] {
      return U8(static_cast<std::uint8_t>(v));
    }
    const auto bits = 64u - unsigned(std::countl_zero(v));
    Room((bits + 6) / 7);
    for (; v >= 0x80; v >>= 7) *at_++ = static_cast<char>(v | 0x80);
    *at_++ = static_cast<char>(v);
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
  void Raw(Slice s) {
    if (s.size() > std::size_t(end_ - at_)) return RawLong(s);
    if (s.empty()) return;  // perhaps a null pointer
    std::memcpy(at_, s.data(), s.size());
    at_ += s.size();
  }
  template <typename Tag, typename Rep>
  void Id(StrongInt<Tag, Rep> v) {
    Varint(v.value());
  }

  void Flush() {
    if (at_ == nullptr) return;
    out_->resize(std::size_t(at_ - out_->data()));
    at_ = end_ = nullptr;
  }

 private:
  void Room(std::size_t bytes) {
    if (std::size_t(end_ - at_) < bytes) [[unlikely]] {
      Grow(bytes);
    }
  }
  template <typename Int>
  void Fixed(Int v) {
    static_assert(std::endian::native == std::endian::little);
    Room(sizeof v);
    std::memcpy(at_, &v, sizeof v);
    at_ += sizeof v;
  }
  void Grow(std::size_t bytes);
  void RawLong(Slice s);

  std::string* const out_;
  // The rest of `*out`, to be written; null while it has its true length.
  char* at_ = nullptr;
  char* end_ = nullptr;
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
  std::uint64_t WordVarint();
  std::uint64_t AnyVarint();
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
