// a * b / c in integers, exact whatever the size of the product.
#ifndef WR_ENGINE_BASE_MUL_DIV_H_
#define WR_ENGINE_BASE_MUL_DIV_H_

#include <cstdint>

namespace wringer {

// Rounded down. A product of 64 bits, nearly every one, takes the short way: a
// division of 128 bits is a call. REQUIRES: c > 0 and the quotient fits.
inline std::uint64_t MulDiv(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  std::uint64_t product;
  if (!__builtin_mul_overflow(a, b, &product)) [[likely]] {
    return product / c;
  }
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(a) * b / c);
}

// The same, rounded up.
inline std::uint64_t MulDivUp(std::uint64_t a, std::uint64_t b,
                              std::uint64_t c) {
  std::uint64_t sum;
  if (!__builtin_mul_overflow(a, b, &sum) &&
      !__builtin_add_overflow(sum, c - 1, &sum)) [[likely]] {
    return sum / c;
  }
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>((product + c - 1) / c);
}

}  // namespace wringer

#endif  // WR_ENGINE_BASE_MUL_DIV_H_
