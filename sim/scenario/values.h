// The small values scenarios are written in: ranges, delays, parts per million.
//
// Integers only. Times are Nanos, sizes bytes, probabilities and shares parts
// per million. A range is drawn from anew at every use; equal ends mean a
// constant. Defaults in these structs are the defaults of the file format: the
// schema table reads them from a default-constructed object.
#ifndef WR_SIM_SCENARIO_VALUES_H_
#define WR_SIM_SCENARIO_VALUES_H_

#include <cstdint>

#include "engine/base/types.h"

namespace wringer::sim {

using Ppm = std::uint32_t;  // 1,000,000 = always
inline constexpr Ppm kAlways = 1'000'000;

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// Both ends included. Invariant: low <= high.
template <typename T>
struct Range {
  T low{};
  T high{};
  bool operator==(const Range&) const = default;
};
using NanosRange = Range<Nanos>;
using SizeRange = Range<std::uint64_t>;
using CountRange = Range<std::uint64_t>;
using PpmRange = Range<std::int64_t>;  // signed: a clock's rate error

// How long a message takes: uniform in [low, high] plus an exponential tail of
// mean `tail` (0: none). Written "1ms..3ms", "2ms", "1ms..3ms + exp 500us".
struct Delay {
  Nanos low = 0;
  Nanos high = 0;
  Nanos tail = 0;
  bool operator==(const Delay&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_VALUES_H_
