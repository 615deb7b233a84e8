// Integers that do not convert into each other.
//
//   using Term = StrongInt<struct TermTag>;
//   Term t{3};  t.next();  t + 1;  t - Term{1} == 2;
//
// Arithmetic is with plain integers (an offset) or between two values of one
// type (a distance). Default construction is zero.
#ifndef WR_ENGINE_BASE_STRONG_INT_H_
#define WR_ENGINE_BASE_STRONG_INT_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>

namespace wringer {

template <typename Tag, typename Rep = std::uint64_t>
class StrongInt {
 public:
  using rep = Rep;

  constexpr StrongInt() = default;
  constexpr explicit StrongInt(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr StrongInt next() const { return StrongInt(Rep(value_ + 1)); }
  // REQUIRES: value() > 0.
  constexpr StrongInt prev() const { return StrongInt(Rep(value_ - 1)); }

  constexpr auto operator<=>(const StrongInt&) const = default;

  constexpr StrongInt& operator++() {
    ++value_;
    return *this;
  }
  constexpr StrongInt& operator+=(Rep n) {
    value_ = Rep(value_ + n);
    return *this;
  }
  friend constexpr StrongInt operator+(StrongInt a, Rep n) {
    return StrongInt(Rep(a.value_ + n));
  }
  friend constexpr StrongInt operator-(StrongInt a, Rep n) {
    return StrongInt(Rep(a.value_ - n));
  }
  friend constexpr Rep operator-(StrongInt a, StrongInt b) {
    return Rep(a.value_ - b.value_);
  }
  friend std::ostream& operator<<(std::ostream& os, StrongInt v) {
    return os << +v.value_;
  }
  // For look-up tables only: their order is not deterministic.
  template <typename H>
  friend H AbslHashValue(H h, StrongInt v) {
    return H::combine(std::move(h), v.value_);
  }

 private:
  Rep value_ = 0;
};

}  // namespace wringer

#endif  // WR_ENGINE_BASE_STRONG_INT_H_
