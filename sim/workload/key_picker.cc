#include "sim/workload/key_picker.h"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/base/check.h"

namespace wringer::sim {
namespace {

// Square root of a number below 2^124, rounded down (Newton from above).
constexpr std::uint64_t SquareRoot(unsigned __int128 n) {
  if (n == 0) return 0;
  unsigned __int128 x = static_cast<unsigned __int128>(1) << 63;
  while (true) {
    const unsigned __int128 next = (x + n / x) / 2;
    if (next >= x) return static_cast<std::uint64_t>(x);
    x = next;
  }
}

// 2^-(2^-k) for k = 1 .. 32 in units of 2^-62: repeated square roots of 1/2.
constexpr std::array<std::uint64_t, 33> MakeRoots() {
  std::array<std::uint64_t, 33> roots{};
  roots[0] = std::uint64_t{1} << 61;
  for (std::size_t k = 1; k < roots.size(); ++k) {
    roots[k] = SquareRoot(static_cast<unsigned __int128>(roots[k - 1]) << 62);
  }
  return roots;
}
constexpr std::array<std::uint64_t, 33> kRoots = MakeRoots();

}  // namespace

std::uint64_t Log2Fixed32(std::uint64_t n) {
  WR_CHECK(n > 0);
  const int whole = 63 - std::countl_zero(n);
  // The mantissa in [1, 2) in units of 2^-63; each squaring gives one bit.
  std::uint64_t mantissa = n << (63 - whole);
  std::uint64_t result = static_cast<std::uint64_t>(whole);
  for (int i = 0; i < 32; ++i) {
    const unsigned __int128 square =
        static_cast<unsigned __int128>(mantissa) * mantissa;
    const bool two = (square >> 127) != 0;
    mantissa = static_cast<std::uint64_t>(square >> (two ? 64 : 63));
    result = (result << 1) | (two ? 1u : 0u);
  }
  return result;
}

std::uint64_t Exp2NegFixed62(std::uint64_t x) {
  const std::uint64_t whole = x >> 32;
  if (whole > 62) return 0;
  std::uint64_t result = std::uint64_t{1} << 62;
  for (std::size_t k = 1; k <= 32; ++k) {
    if (((x >> (32 - k)) & 1) == 0) continue;
    result = static_cast<std::uint64_t>(
        (static_cast<unsigned __int128>(result) * kRoots[k]) >> 62);
  }
  return result >> whole;
}

KeyPicker::KeyPicker(const KeysSpec& spec) : count_(spec.count) {
  WR_CHECK(count_ > 0);
  if (spec.pick.kind == KeyPick::Kind::kUniform) return;
  const int shift =
      static_cast<int>(std::bit_width(count_));  // keeps the sum below 2^62
  cumulative_.reserve(count_);
  std::uint64_t sum = 0;
  for (std::uint64_t rank = 1; rank <= count_; ++rank) {
    const unsigned __int128 exponent =
        static_cast<unsigned __int128>(Log2Fixed32(rank)) *
        spec.pick.theta_millionths / 1'000'000;
    const std::uint64_t weight =
        Exp2NegFixed62(static_cast<std::uint64_t>(exponent)) >> shift;
    sum += std::max<std::uint64_t>(weight, 1);
    cumulative_.push_back(sum);
  }
}

std::uint64_t KeyPicker::Pick(RandomDraw* draw) const {
  if (cumulative_.empty()) return draw->Below(count_);
  const std::uint64_t point = draw->Below(cumulative_.back());
  const auto it =
      std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return static_cast<std::uint64_t>(it - cumulative_.begin());
}

}  // namespace wringer::sim
