#include "sim/scenario/schema/units.h"

#include <array>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

struct Unit {
  Slice suffix;
  // A quantity is count * numerator / denominator of the base unit.
  std::int64_t numerator;
  std::int64_t denominator = 1;
};

// Smallest first.
constexpr Unit kDurations[] = {
    {"ns", 1},      {"us", kMicrosecond},  {"ms", kMillisecond},
    {"s", kSecond}, {"min", 60 * kSecond}, {"h", 3600 * kSecond},
};
constexpr Unit kSizes[] = {
    {"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
constexpr Unit kShares[] = {{"ppm", 1}, {"%", 10'000}};
constexpr Unit kRateErrors[] = {{"ppm", 1}};
constexpr Unit kBandwidths[] = {
    {"bit/s", 1, 8},
    {"B/s", 1},
    {"kbit/s", 1'000, 8},
    {"KiB/s", 1 << 10},
    {"Mbit/s", 1'000'000, 8},
    {"MiB/s", 1 << 20},
    {"Gbit/s", 1'000'000'000, 8},
    {"GiB/s", 1 << 30},
};

struct DimensionInfo {
  Slice noun;
  Slice example;
  Slice units;
  const Unit* first;
  std::size_t count;
};

const DimensionInfo& InfoOf(Dimension dimension) {
  static constexpr std::array<DimensionInfo, 5> kInfo = {{
      {"a duration", "\"30s\"", "ns, us, ms, s, min, h", kDurations, 6},
      {"a size", "\"4KiB\"", "B, KiB, MiB, GiB", kSizes, 4},
      {"a share", "\"0.1%\"", "%, ppm", kShares, 2},
      {"a rate error", "\"80ppm\"", "ppm", kRateErrors, 1},
      {"a bandwidth", "\"1Gbit/s\"",
       "bit/s, kbit/s, Mbit/s, Gbit/s, B/s, KiB/s, MiB/s, GiB/s", kBandwidths,
       8},
  }};
  return kInfo[static_cast<std::size_t>(dimension)];
}

constexpr Slice kUnlimited = "unlimited";

// A decimal number as digits * 10^-decimals.
struct Decimal {
  __int128 digits = 0;
  int decimals = 0;
};

// Reads a number off the front of `text`. False if there is none or it has
// more than 18 digits.
bool ConsumeDecimal(Slice* text, Decimal* out) {
  const bool negative = absl::ConsumePrefix(text, "-");
  if (!negative) {
    absl::ConsumePrefix(text, "+");
  }
  int digits = 0;
  bool point = false;
  while (!text->empty()) {
    const char c = text->front();
    if (c == '.' && !point && digits > 0 && text->size() > 1 &&
        absl::ascii_isdigit(static_cast<unsigned char>((*text)[1]))) {
      point = true;
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      out->digits = out->digits * 10 + (c - '0');
      out->decimals += point ? 1 : 0;
      ++digits;
    } else if (c != '_' || digits == 0) {
      break;
    }
    if (digits > 18) {
      return false;
    }
    text->remove_prefix(1);
  }
  out->digits = negative ? -out->digits : out->digits;
  return digits > 0;
}

const Unit* FindUnit(const DimensionInfo& info, Slice suffix) {
  for (std::size_t i = 0; i < info.count; ++i) {
    if (info.first[i].suffix == suffix) {
      return &info.first[i];
    }
  }
  return nullptr;
}

Complaint UnknownUnit(const DimensionInfo& info, Slice suffix, Slice number) {
  if (suffix.empty()) {
    return {absl::StrCat("\"", number, "\" has no unit"),
            absl::StrCat(info.noun, " is written like ", info.example,
                         "; units: ", info.units)};
  }
  std::vector<Slice> known;
  for (std::size_t i = 0; i < info.count; ++i) {
    known.push_back(info.first[i].suffix);
  }
  std::string help = absl::StrCat("units of ", info.noun, ": ", info.units);
  const Slice trimmed = absl::StripAsciiWhitespace(suffix);
  if (trimmed.size() < suffix.size() && FindUnit(info, trimmed) != nullptr) {
    help = absl::StrCat("write it without a space: \"", number, trimmed, "\"");
  } else if (info.first == kSizes && absl::EndsWithIgnoreCase(suffix, "b") &&
             suffix.size() == 2) {
    help = absl::StrCat("sizes count in powers of 1024: \"", number,
                        absl::AsciiStrToUpper(suffix.substr(0, 1)), "iB\"");
  } else if (info.first == kBandwidths && absl::EndsWith(suffix, "bps")) {
    help = absl::StrCat("did you mean \"", number,
                        suffix.substr(0, suffix.size() - 3), "bit/s\"? ", help);
  } else if (absl::StartsWithIgnoreCase(suffix, "sec") &&
             info.first == kDurations) {
    help = absl::StrCat("did you mean \"", number, "s\"? ", help);
  } else if (auto near = Nearest(suffix, known)) {
    help = absl::StrCat("did you mean \"", number, *near, "\"? ", help);
  }
  return {absl::StrCat("unknown unit \"", suffix, "\""), help};
}

}  // namespace

Slice NounOf(Dimension dimension) { return InfoOf(dimension).noun; }
Slice ExampleOf(Dimension dimension) { return InfoOf(dimension).example; }
Slice UnitsOf(Dimension dimension) { return InfoOf(dimension).units; }

Complaint ParseQuantity(Slice text, Dimension dimension, std::int64_t* value) {
  const DimensionInfo& info = InfoOf(dimension);
  if (dimension == Dimension::kBandwidth && text == kUnlimited) {
    *value = 0;
    return {};
  }
  Slice rest = text;
  Decimal number;
  if (!ConsumeDecimal(&rest, &number)) {
    return {absl::StrCat("\"", text, "\" is not ", info.noun),
            absl::StrCat(info.noun,
                         " is a number of at most 18 digits with a "
                         "unit, like ",
                         info.example, "; units: ", info.units)};
  }
  const Slice digits = text.substr(0, text.size() - rest.size());
  const Unit* unit = FindUnit(info, rest);
  if (unit == nullptr && rest.empty() && number.digits == 0) {
    *value = 0;  // nought needs no unit
    return {};
  }
  if (unit == nullptr) {
    return UnknownUnit(info, rest, digits);
  }
  __int128 scaled = number.digits * unit->numerator;
  __int128 divisor = unit->denominator;
  for (int i = 0; i < number.decimals; ++i) {
    divisor *= 10;
  }
  if (scaled % divisor != 0) {
    return {absl::StrCat("\"", text, "\" is not a whole number of ",
                         info.first[0].suffix),
            absl::StrCat("the finest step is \"1", info.first[0].suffix,
                         "\"; drop some decimals")};
  }
  scaled /= divisor;
  if (scaled > std::numeric_limits<std::int64_t>::max() / 4 ||
      scaled < std::numeric_limits<std::int64_t>::min() / 4) {
    return {absl::StrCat("\"", text, "\" is too large"),
            "use a smaller number; times reach about 70 years, sizes 2 EiB"};
  }
  *value = static_cast<std::int64_t>(scaled);
  return {};
}

std::string FormatQuantity(std::int64_t value, Dimension dimension) {
  const DimensionInfo& info = InfoOf(dimension);
  if (value == 0) {
    return dimension == Dimension::kBandwidth  ? std::string(kUnlimited)
           : dimension == Dimension::kDuration ? "0s"
           : dimension == Dimension::kShare
               ? "0%"
               : absl::StrCat("0", info.first[0].suffix);
  }
  if (dimension == Dimension::kShare) {  // always per cent: four decimals do
    const std::int64_t rest = value % 10'000;
    std::string text = absl::StrCat(value / 10'000);
    if (rest != 0) {
      std::string decimals = absl::StrCat(10'000 + rest).substr(1);
      decimals.erase(decimals.find_last_not_of('0') + 1);
      absl::StrAppend(&text, ".", decimals);
    }
    return text + "%";
  }
  for (std::size_t i = info.count; i-- > 0;) {
    const Unit& unit = info.first[i];
    const __int128 scaled = static_cast<__int128>(value) * unit.denominator;
    if (scaled % unit.numerator == 0) {
      return absl::StrCat(static_cast<std::int64_t>(scaled / unit.numerator),
                          unit.suffix);
    }
  }
  return absl::StrCat(value, info.first[0].suffix);
}

Complaint ParseRange(Slice text, Dimension dimension,
                     Range<std::int64_t>* range) {
  const std::size_t dots = text.find("..");
  if (dots == Slice::npos) {
    Complaint bad = ParseQuantity(text, dimension, &range->low);
    range->high = range->low;
    return bad;
  }
  Complaint bad = ParseQuantity(text.substr(0, dots), dimension, &range->low);
  if (bad.ok()) {
    bad = ParseQuantity(text.substr(dots + 2), dimension, &range->high);
  }
  if (bad.ok() && range->low > range->high) {
    return {
        absl::StrCat("the range \"", text, "\" begins above its end"),
        absl::StrCat("write the smaller end first: \"",
                     FormatRange({range->high, range->low}, dimension), "\"")};
  }
  return bad;
}

std::string FormatRange(const Range<std::int64_t>& range, Dimension dimension) {
  const std::string low = FormatQuantity(range.low, dimension);
  return range.low == range.high
             ? low
             : absl::StrCat(low, "..", FormatQuantity(range.high, dimension));
}

Complaint ParseDelay(Slice text, Delay* delay) {
  constexpr Slice kTail = "exp ";
  *delay = {};
  Slice rest = text;
  const std::size_t tail = rest.find(kTail);
  if (tail != Slice::npos) {
    Complaint bad = ParseQuantity(
        absl::StripAsciiWhitespace(rest.substr(tail + kTail.size())),
        Dimension::kDuration, &delay->tail);
    if (!bad.ok() || delay->tail < 0) {
      return bad.ok() ? Complaint{"the tail of a delay cannot be negative",
                                  "write \"1ms..3ms + exp 500us\""}
                      : bad;
    }
    rest = absl::StripTrailingAsciiWhitespace(rest.substr(0, tail));
    if (rest.empty()) {
      return {};
    }
    if (!absl::ConsumeSuffix(&rest, "+")) {
      return {absl::StrCat("\"", text, "\" is not a delay"),
              "write \"1ms..3ms + exp 500us\", \"1ms..3ms\" or \"2ms\""};
    }
    rest = absl::StripTrailingAsciiWhitespace(rest);
  }
  Range<std::int64_t> range;
  Complaint bad = ParseRange(rest, Dimension::kDuration, &range);
  if (!bad.ok()) {
    return bad;
  }
  if (range.low < 0) {
    return {absl::StrCat("a message cannot arrive before it was sent: \"", text,
                         "\""),
            "delays are \"0s\" or more"};
  }
  delay->low = range.low;
  delay->high = range.high;
  return {};
}

std::string FormatDelay(const Delay& delay) {
  const std::string body =
      FormatRange({delay.low, delay.high}, Dimension::kDuration);
  if (delay.tail == 0) {
    return body;
  }
  return absl::StrCat(body, " + exp ",
                      FormatQuantity(delay.tail, Dimension::kDuration));
}

bool ParseMillionths(Slice text, std::uint32_t* millionths) {
  Decimal number;
  if (!ConsumeDecimal(&text, &number) || !text.empty() || number.digits < 0 ||
      number.decimals > 6) {
    return false;
  }
  __int128 value = number.digits;
  for (int i = number.decimals; i < 6; ++i) {
    value *= 10;
  }
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    return false;
  }
  *millionths = static_cast<std::uint32_t>(value);
  return true;
}

std::string FormatMillionths(std::uint32_t millionths) {
  std::string decimals =
      absl::StrCat(1'000'000 + millionths % 1'000'000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return decimals.empty() ? absl::StrCat(millionths / 1'000'000)
                          : absl::StrCat(millionths / 1'000'000, ".", decimals);
}

}  // namespace wringer::sim
