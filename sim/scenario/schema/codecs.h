// Codecs: how one C++ type is read from TOML and written back.
//
// A codec is a struct of statics:
//   using Type; kType, kTextual;
//   Read(value, field, Type*, problems)   stores, or reports and leaves alone
//   Write(type) -> optional<string>       TOML text; nothing if unset
//   Json(field) -> string                 JSON Schema of the value
// and Value<Codec, &Struct::member> makes a schema row of it.
#ifndef WR_SIM_SCENARIO_SCHEMA_CODECS_H_
#define WR_SIM_SCENARIO_SCHEMA_CODECS_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/slice.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/schema/units.h"
#include "sim/scenario/toml/document.h"
#include "sim/scenario/toml/toml_text.h"

namespace wringer::sim {

// --- What the codecs share -------------------------------------------------

// "`length` takes a duration, but this is the integer 30".
void WrongType(const DocValue& value, const Field& field, Slice wanted,
               std::string help, Problems* problems);
// True, or a problem reported: `n` within the bounds of the row.
bool InBounds(std::int64_t n, std::optional<Dimension> dimension,
              const DocValue& value, const Field& field, Problems* problems);
// The integer or quantity of a value; nothing if it was reported as wrong.
std::optional<std::int64_t> ReadInteger(const DocValue&, const Field&,
                                        Problems*);
std::optional<std::int64_t> ReadQuantity(const DocValue&, const Field&,
                                         Dimension, Problems*);
std::optional<Range<std::int64_t>> ReadRange(const DocValue&, const Field&,
                                             Dimension, Problems*);
// The index of a choice.
std::optional<std::size_t> ReadChoice(const DocValue&, const Field&,
                                      const EnumNames&, Problems*);
// The strings of an array; a lone string counts as one where `lone` is true.
std::optional<std::vector<const DocValue*>> ReadStrings(const DocValue&,
                                                        const Field&, bool lone,
                                                        Problems*);
void UnknownWord(const DocValue& at, Slice what,
                 const std::vector<Slice>& known, Problems* problems);

std::string JsonQuantity(Dimension dimension, bool range);
std::string JsonInteger(const Field& field);
std::string JsonChoice(const std::vector<Slice>& words);
std::string JsonStrings(const std::vector<Slice>& words);

// --- Scalars ---------------------------------------------------------------

template <typename T>
constexpr std::int64_t LargestOf() {
  constexpr auto kLimit = std::numeric_limits<std::int64_t>::max();
  if constexpr (sizeof(T) < sizeof(std::int64_t)) {
    return std::int64_t{std::numeric_limits<T>::max()};
  } else {
    return kLimit;
  }
}

template <Dimension kDimension, typename T>
struct Quantity {
  using Type = T;
  static constexpr Slice kType = kDimension == Dimension::kDuration ? "duration"
                                 : kDimension == Dimension::kSize   ? "size"
                                 : kDimension == Dimension::kShare  ? "share"
                                 : kDimension == Dimension::kBandwidth
                                     ? "bandwidth"
                                     : "rate error";
  static constexpr bool kTextual = true;
  static void Read(const DocValue& value, const Field& field, T* out,
                   Problems* problems) {
    if (auto n = ReadQuantity(value, field, kDimension, problems)) {
      *out = static_cast<T>(*n);
    }
  }
  static std::optional<std::string> Write(const T& value) {
    return Quoted(FormatQuantity(static_cast<std::int64_t>(value), kDimension));
  }
  static std::string Json(const Field&) {
    return JsonQuantity(kDimension, false);
  }
};
using DurationCodec = Quantity<Dimension::kDuration, Nanos>;
using SizeCodec = Quantity<Dimension::kSize, std::uint64_t>;
using ShareCodec = Quantity<Dimension::kShare, Ppm>;
using RateErrorCodec = Quantity<Dimension::kRateError, std::int64_t>;
using BandwidthCodec = Quantity<Dimension::kBandwidth, std::uint64_t>;

template <Dimension kDimension, typename T>
struct QuantityRange {
  using Type = Range<T>;
  static constexpr Slice kType =
      kDimension == Dimension::kDuration ? "duration range"
      : kDimension == Dimension::kSize   ? "size range"
                                         : "rate error range";
  static constexpr bool kTextual = true;
  static void Read(const DocValue& value, const Field& field, Type* out,
                   Problems* problems) {
    if (auto range = ReadRange(value, field, kDimension, problems)) {
      *out = {static_cast<T>(range->low), static_cast<T>(range->high)};
    }
  }
  static std::optional<std::string> Write(const Type& value) {
    return Quoted(FormatRange({static_cast<std::int64_t>(value.low),
                               static_cast<std::int64_t>(value.high)},
                              kDimension));
  }
  static std::string Json(const Field&) {
    return JsonQuantity(kDimension, true);
  }
};
using DurationRangeCodec = QuantityRange<Dimension::kDuration, Nanos>;
using SizeRangeCodec = QuantityRange<Dimension::kSize, std::uint64_t>;
using RateErrorRangeCodec = QuantityRange<Dimension::kRateError, std::int64_t>;

template <typename T>
struct CountCodec {
  using Type = T;
  static constexpr Slice kType = "integer";
  static constexpr bool kTextual = false;
  static void Read(const DocValue& value, const Field& field, T* out,
                   Problems* problems) {
    Field bounded = field;
    bounded.bounds.high = std::min(field.bounds.high, LargestOf<T>());
    if (auto n = ReadInteger(value, bounded, problems)) {
      *out = static_cast<T>(*n);
    }
  }
  static std::optional<std::string> Write(const T& value) {
    return absl::StrCat(value);
  }
  static std::string Json(const Field& field) { return JsonInteger(field); }
};
using Count32 = CountCodec<std::uint32_t>;
using Count64 = CountCodec<std::uint64_t>;

struct FlagCodec {
  using Type = bool;
  static constexpr Slice kType = "boolean";
  static constexpr bool kTextual = false;
  static void Read(const DocValue&, const Field&, bool*, Problems*);
  static std::optional<std::string> Write(const bool& value) {
    return value ? "true" : "false";
  }
  static std::string Json(const Field&) { return "{\"type\": \"boolean\"}"; }
};

struct TextCodec {
  using Type = std::string;
  static constexpr Slice kType = "string";
  static constexpr bool kTextual = true;
  static void Read(const DocValue&, const Field&, std::string*, Problems*);
  static std::optional<std::string> Write(const std::string& value) {
    return Quoted(value);
  }
  static std::string Json(const Field&) { return "{\"type\": \"string\"}"; }
};

template <typename E>
struct ChoiceCodec {
  using Type = E;
  static constexpr Slice kType = "choice";
  static constexpr bool kTextual = true;
  static void Read(const DocValue& value, const Field& field, E* out,
                   Problems* problems) {
    if (auto i = ReadChoice(value, field, NamesOf<E>(), problems)) {
      *out = static_cast<E>(*i);
    }
  }
  static std::optional<std::string> Write(const E& value) {
    return Quoted(NameOf(value));
  }
  static std::string Json(const Field&) {
    return JsonChoice(NamesOf<E>().Built());
  }
};

template <typename T>
struct FlagSetCodec {
  using Type = T;
  static constexpr Slice kType = "list of words";
  static constexpr bool kTextual = false;
  static std::vector<Slice> Words() {
    std::vector<Slice> out;
    for (std::size_t i = 0; i < FlagsOf<T>().count; ++i) {
      out.push_back(FlagsOf<T>().first[i].name);
    }
    return out;
  }
  static void Read(const DocValue& value, const Field& field, T* out,
                   Problems* problems) {
    const FlagNames<T>& names = FlagsOf<T>();
    const auto strings = ReadStrings(value, field, true, problems);
    if (!strings) {
      return;
    }
    T flags{};
    for (std::size_t i = 0; i < names.count; ++i) {
      flags.*names.first[i].flag = false;
    }
    for (const DocValue* word : *strings) {
      bool found = false;
      for (std::size_t i = 0; i < names.count; ++i) {
        if (names.first[i].name == word->text) {
          flags.*names.first[i].flag = true;
          found = true;
        }
      }
      if (!found) {
        UnknownWord(*word, names.what, Words(), problems);
      }
    }
    *out = flags;
  }
  static std::optional<std::string> Write(const T& value) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < FlagsOf<T>().count; ++i) {
      const FlagName<T>& name = FlagsOf<T>().first[i];
      if (value.*name.flag) {
        words.emplace_back(name.name);
      }
    }
    return QuotedList(words);
  }
  static std::string Json(const Field&) { return JsonStrings(Words()); }
};

// An optional value: unset means that the key is not written.
template <typename C>
struct Maybe {
  using Type = std::optional<typename C::Type>;
  static constexpr Slice kType = C::kType;
  static constexpr bool kTextual = C::kTextual;
  static void Read(const DocValue& value, const Field& field, Type* out,
                   Problems* problems) {
    const std::size_t before = problems->size();
    typename C::Type read{};
    C::Read(value, field, &read, problems);
    if (problems->size() == before) {
      *out = std::move(read);
    }
  }
  static std::optional<std::string> Write(const Type& value) {
    return value ? C::Write(*value) : std::nullopt;
  }
  static std::string Json(const Field& field) { return C::Json(field); }
};

// --- Rows ------------------------------------------------------------------

template <typename T>
struct MemberTraits;
template <typename C, typename T>
struct MemberTraits<T C::*> {
  using Class = C;
  using Type = T;
};

// The member a path of pointers leads to: Follow<&A::b, &B::c>(a) is a.b.c.
template <auto kFirst, auto... kRest, typename Object>
auto& Follow(Object& object) {
  if constexpr (sizeof...(kRest) == 0) {
    return object.*kFirst;
  } else {
    return Follow<kRest...>(object.*kFirst);
  }
}

// The struct a path of pointers starts from.
template <auto kFirst, auto... kRest>
struct StartOf {
  using Class = typename MemberTraits<decltype(kFirst)>::Class;
};

// A row of `Object` whose value is the member at the end of the path. The path
// may start in a base of Object.
template <typename Object, typename Codec, auto... kPath>
Field ValueIn(Slice key, Slice about, Slice example = "") {
  Field f;
  f.key = key;
  f.type = Codec::kType;
  f.textual = Codec::kTextual;
  f.about = about;
  f.example = example;
  f.read = [](const DocValue& value, const Field& field, void* object,
              Problems* problems) {
    Codec::Read(value, field, &Follow<kPath...>(*static_cast<Object*>(object)),
                problems);
  };
  f.write = [](const void* object) {
    return Codec::Write(Follow<kPath...>(*static_cast<const Object*>(object)));
  };
  f.json = [](const Field& field) { return Codec::Json(field); };
  return f;
}

template <typename Codec, auto... kPath>
Field Value(Slice key, Slice about, Slice example = "") {
  return ValueIn<typename StartOf<kPath...>::Class, Codec, kPath...>(key, about,
                                                                     example);
}

// A row whose codec reads and writes the whole object.
template <typename Codec>
Field Whole(Slice key, Slice about, Slice example = "") {
  using Object = typename Codec::Type;
  Field f;
  f.key = key;
  f.type = Codec::kType;
  f.textual = Codec::kTextual;
  f.about = about;
  f.example = example;
  f.read = [](const DocValue& value, const Field& field, void* object,
              Problems* problems) {
    Codec::Read(value, field, static_cast<Object*>(object), problems);
  };
  f.write = [](const void* object) {
    return Codec::Write(*static_cast<const Object*>(object));
  };
  f.json = [](const Field& field) { return Codec::Json(field); };
  return f;
}

// A table within the object. An optional member is made when it is entered.
template <auto kMember>
Field SubTable(Slice key, const Table& (*table)()) {
  using Object = typename StartOf<kMember>::Class;
  using Member = typename MemberTraits<decltype(kMember)>::Type;
  Field f;
  f.key = key;
  f.type = "table";
  f.form = Field::Form::kTable;
  f.table = table;
  if constexpr (requires(Member& m) {
                  m.emplace();
                  m.has_value();
                }) {
    f.enter = [](void* object) -> void* {
      Member& member = static_cast<Object*>(object)->*kMember;
      return member ? &*member : &member.emplace();
    };
    f.find = [](const void* object) -> const void* {
      const Member& member = static_cast<const Object*>(object)->*kMember;
      return member ? &*member : nullptr;
    };
  } else {
    f.enter = [](void* object) -> void* {
      return &(static_cast<Object*>(object)->*kMember);
    };
    f.find = [](const void* object) -> const void* {
      return &(static_cast<const Object*>(object)->*kMember);
    };
  }
  return f;
}

// An array of tables: a vector member, one row per element.
template <auto kMember>
Field Rows(Slice key, const Table& (*table)(), Slice about) {
  using Object = typename StartOf<kMember>::Class;
  Field f;
  f.key = key;
  f.type = "array of tables";
  f.about = about;
  f.form = Field::Form::kRows;
  f.table = table;
  f.append = [](void* object) -> void* {
    return &(static_cast<Object*>(object)->*kMember).emplace_back();
  };
  f.count = [](const void* object) {
    return (static_cast<const Object*>(object)->*kMember).size();
  };
  f.row = [](const void* object, std::size_t i) -> const void* {
    return &(static_cast<const Object*>(object)->*kMember)[i];
  };
  return f;
}

template <typename T>
const void* DefaultOf() {
  static const T kValue{};
  return &kValue;
}

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCHEMA_CODECS_H_
