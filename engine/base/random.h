// Keyed randomness: every draw is a pure function of (seed, purpose, entity,
// ordinal), so that removing a fault or an operation leaves every unrelated
// draw as it was (design.md 4.3).
//
//   Random r(seed, Purpose("net.latency"), link_id);
//   Nanos d = r.At(ordinal).Between(lo, hi);       // stateless: by ordinal
//   RandomStream s(seed, Purpose("raft.election"), node);
//   Nanos t = s.Between(lo, hi);                   // a sequence
//
// Integers only: the same bits on every compiler and machine. Probabilities
// are parts per million.
#ifndef WR_ENGINE_BASE_RANDOM_H_
#define WR_ENGINE_BASE_RANDOM_H_

#include <cstdint>
#include <limits>

#include "engine/base/slice.h"

namespace wringer {

// splitmix64's finaliser (Steele, Lea, Flood 2014): a bijection of 64 bits.
constexpr std::uint64_t Mix64(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// A stable id of a textual purpose (FNV-1a, at compile time).
constexpr std::uint64_t Purpose(const char* name) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (; *name != '\0'; ++name) {
    h = (h ^ static_cast<unsigned char>(*name)) * 0x100000001b3u;
  }
  return h;
}

constexpr std::uint64_t RandomKey(std::uint64_t seed, std::uint64_t purpose,
                                  std::uint64_t entity = 0,
                                  std::uint64_t sub_entity = 0) {
  return Mix64(Mix64(Mix64(seed ^ Mix64(purpose)) ^ entity) ^
               (sub_entity * 0xd1342543de82ef95u));
}

// What can be made of 64 random bits. `Bits` is a callable returning them.
template <typename Derived>
class Distributions {
 public:
  // Uniform in [0, n). REQUIRES: n > 0. Multiply-shift: bias below n / 2^64.
  std::uint64_t Below(std::uint64_t n) {
    return static_cast<std::uint64_t>(
        (static_cast<unsigned __int128>(self().Next()) * n) >> 64);
  }
  // Uniform in [low, high], both included. REQUIRES: low <= high.
  std::int64_t Between(std::int64_t low, std::int64_t high) {
    const std::uint64_t span =
        static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    const std::uint64_t offset = span == 0 ? self().Next() : Below(span);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
  }
  // True with probability `ppm` / 1,000,000.
  bool Chance(std::uint32_t ppm) { return Below(1'000'000) < ppm; }
  // Exponential with the given mean, from an integer quantile table; at most
  // about 17 times the mean. REQUIRES: mean >= 0.
  std::int64_t Exponential(std::int64_t mean);

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
};

// -ln(1 - u) for u = bits / 2^64 in units of 2^-32, by table and linear
// interpolation; monotone in `bits`, exact to 2^-20 below the last octave.
std::uint64_t ExponentialQuantile32(std::uint64_t bits);

template <typename Derived>
std::int64_t Distributions<Derived>::Exponential(std::int64_t mean) {
  const unsigned __int128 product =
      static_cast<unsigned __int128>(ExponentialQuantile32(self().Next())) *
      static_cast<std::uint64_t>(mean);
  return static_cast<std::int64_t>(product >> 32);
}

// xoshiro256++ (Blackman, Vigna 2019): a sequence for one (purpose, entity).
class RandomStream : public Distributions<RandomStream> {
 public:
  explicit RandomStream(std::uint64_t key) {
    for (std::uint64_t& word : state_) {
      key = Mix64(key);
      word = key;
    }
  }
  RandomStream(std::uint64_t seed, std::uint64_t purpose,
               std::uint64_t entity = 0, std::uint64_t sub_entity = 0)
      : RandomStream(RandomKey(seed, purpose, entity, sub_entity)) {}

  std::uint64_t Next() {
    const std::uint64_t result = Rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = Rotate(state_[3], 45);
    return result;
  }

 private:
  static constexpr std::uint64_t Rotate(std::uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
  }
  std::uint64_t state_[4];
};

// Draws for one ordinal of a key: a handful of values, by counter.
class RandomDraw : public Distributions<RandomDraw> {
 public:
  RandomDraw(std::uint64_t key, std::uint64_t ordinal)
      : state_(Mix64(key ^ (ordinal * 0x9e3779b97f4a7c15u))) {}
  std::uint64_t Next() { return Mix64(state_ + 0x632be59bd9b4e019u * ++n_); }

 private:
  std::uint64_t state_;
  std::uint64_t n_ = 0;
};

// The stateless form: a key, asked by ordinal.
class Random {
 public:
  constexpr Random() = default;
  constexpr explicit Random(std::uint64_t key) : key_(key) {}
  constexpr Random(std::uint64_t seed, std::uint64_t purpose,
                   std::uint64_t entity = 0, std::uint64_t sub_entity = 0)
      : key_(RandomKey(seed, purpose, entity, sub_entity)) {}

  RandomDraw At(std::uint64_t ordinal) const { return {key_, ordinal}; }
  constexpr std::uint64_t key() const { return key_; }

 private:
  std::uint64_t key_ = 0;
};

}  // namespace wringer

#endif  // WR_ENGINE_BASE_RANDOM_H_
