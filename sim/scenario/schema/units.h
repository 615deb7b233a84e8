// Quantities as text: "2ms", "4KiB", "0.1%", "-80ppm", "1Gbit/s".
//
// Exact decimal arithmetic: a quantity that is not a whole number of its base
// unit (nanosecond, byte, part per million) is refused, never rounded. Format
// prints the largest unit that is exact, so that Parse(Format(x)) == x.
#ifndef WR_SIM_SCENARIO_SCHEMA_UNITS_H_
#define WR_SIM_SCENARIO_SCHEMA_UNITS_H_

#include <cstdint>
#include <string>

#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

// Why a quantity could not be read, and what to write instead.
struct Complaint {
  std::string message;
  std::string help;
  bool ok() const { return message.empty(); }
};

// Which suffixes a quantity takes.
enum class Dimension : std::uint8_t {
  kDuration,   // ns us ms s min h
  kSize,       // B KiB MiB GiB
  kShare,      // % and ppm, in parts per million
  kRateError,  // ppm, signed
  kBandwidth,  // bit/s kbit/s Mbit/s Gbit/s B/s KiB/s MiB/s GiB/s, unlimited
};

Complaint ParseQuantity(Slice text, Dimension dimension, std::int64_t* value);
std::string FormatQuantity(std::int64_t value, Dimension dimension);

// "low..high", or one quantity for both ends; low <= high.
Complaint ParseRange(Slice text, Dimension dimension,
                     Range<std::int64_t>* range);
std::string FormatRange(const Range<std::int64_t>& range, Dimension dimension);

Complaint ParseDelay(Slice text, Delay* delay);
std::string FormatDelay(const Delay& delay);

// "a duration", for messages; `"30s"`, for help.
Slice NounOf(Dimension dimension);
Slice ExampleOf(Dimension dimension);
// "ns, us, ms, s, min, h"
Slice UnitsOf(Dimension dimension);

// A number without unit, e.g. "0.9" in millionths. False if malformed, negative
// or finer than a millionth.
bool ParseMillionths(Slice text, std::uint32_t* millionths);
std::string FormatMillionths(std::uint32_t millionths);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCHEMA_UNITS_H_
