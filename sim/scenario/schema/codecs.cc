#include "sim/scenario/schema/codecs.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

// Of more words than this only the nearest is shown.
constexpr std::size_t kLongestListing = 20;

std::string Number(std::int64_t n, std::optional<Dimension> dimension) {
  return dimension ? absl::StrCat("\"", FormatQuantity(n, *dimension), "\"")
                   : absl::StrCat(n);
}

// A quantity written without quotes: the cure depends on what was meant.
std::string QuotesHelp(const DocValue& value, Dimension dimension) {
  const bool number =
      value.is_integer() || value.kind == DocValue::Kind::kFloat;
  return absl::StrCat(NounOf(dimension),
                      number ? " is quoted and carries a unit: " : " is ",
                      number ? "" : "written like ", ExampleOf(dimension),
                      "; units: ", UnitsOf(dimension));
}

}  // namespace

void WrongType(const DocValue& value, const Field& field, Slice wanted,
               std::string help, Problems* problems) {
  problems->Error(value.span,
                  absl::StrCat("`", field.key, "` takes ", wanted,
                               ", but this is ", Describe(value)),
                  std::move(help));
}

bool InBounds(std::int64_t n, std::optional<Dimension> dimension,
              const DocValue& value, const Field& field, Problems* problems) {
  const Bounds& b = field.bounds;
  if (n >= b.low && n <= b.high) {
    return true;
  }
  const bool open = b.high == std::numeric_limits<std::int64_t>::max();
  const std::string low = Number(b.low, dimension);
  problems->Error(
      value.span,
      absl::StrCat("`", field.key, "` cannot be ", Number(n, dimension)),
      open ? absl::StrCat("the least is ", low)
           : absl::StrCat("allowed: ", low, " to ", Number(b.high, dimension)));
  return false;
}

std::optional<std::int64_t> ReadInteger(const DocValue& value,
                                        const Field& field,
                                        Problems* problems) {
  if (!value.is_integer()) {
    WrongType(value, field, "an integer",
              value.is_string()
                  ? "integers stand without quotes, like 5 or 10_000"
                  : "write a whole number, like 5 or 10_000",
              problems);
    return std::nullopt;
  }
  if (!InBounds(value.integer, std::nullopt, value, field, problems)) {
    return std::nullopt;
  }
  return value.integer;
}

std::optional<std::int64_t> ReadQuantity(const DocValue& value,
                                         const Field& field,
                                         Dimension dimension,
                                         Problems* problems) {
  if (!value.is_string()) {
    WrongType(value, field, NounOf(dimension), QuotesHelp(value, dimension),
              problems);
    return std::nullopt;
  }
  std::int64_t n = 0;
  Complaint bad = ParseQuantity(value.text, dimension, &n);
  if (!bad.ok()) {
    problems->Error(value.span, std::move(bad.message), std::move(bad.help));
    return std::nullopt;
  }
  if (!InBounds(n, dimension, value, field, problems)) {
    return std::nullopt;
  }
  return n;
}

std::optional<Range<std::int64_t>> ReadRange(const DocValue& value,
                                             const Field& field,
                                             Dimension dimension,
                                             Problems* problems) {
  if (!value.is_string()) {
    WrongType(value, field, absl::StrCat(NounOf(dimension), " or a range"),
              QuotesHelp(value, dimension), problems);
    return std::nullopt;
  }
  Range<std::int64_t> range;
  Complaint bad = ParseRange(value.text, dimension, &range);
  if (!bad.ok()) {
    problems->Error(value.span, std::move(bad.message), std::move(bad.help));
    return std::nullopt;
  }
  if (!InBounds(range.low, dimension, value, field, problems) ||
      !InBounds(range.high, dimension, value, field, problems)) {
    return std::nullopt;
  }
  return range;
}

std::optional<std::size_t> ReadChoice(const DocValue& value, const Field& field,
                                      const EnumNames& names,
                                      Problems* problems) {
  const std::string known = absl::StrCat("known: ", Listed(names.Built()));
  if (!value.is_string()) {
    WrongType(value, field, absl::StrCat("the name of a ", names.what),
              absl::StrCat("write it in quotes; ", known), problems);
    return std::nullopt;
  }
  const std::optional<std::size_t> i = names.Find(value.text);
  if (!i) {
    UnknownWord(value, names.what, names.Built(), problems);
    return std::nullopt;
  }
  if (!names.at(*i).built) {
    problems->Error(value.span,
                    absl::StrCat("the ", names.what, " \"", value.text,
                                 "\" is known but not built yet"),
                    absl::StrCat("built: ", Listed(names.Built())));
    return std::nullopt;
  }
  return i;
}

std::optional<std::vector<const DocValue*>> ReadStrings(const DocValue& value,
                                                        const Field& field,
                                                        bool lone,
                                                        Problems* problems) {
  if (lone && value.is_string()) {
    return std::vector<const DocValue*>{&value};
  }
  if (!value.is_array()) {
    WrongType(value, field, "a list of strings",
              "write a list: [\"...\", \"...\"]", problems);
    return std::nullopt;
  }
  std::vector<const DocValue*> out;
  for (const DocValue& item : value.items) {
    if (!item.is_string()) {
      WrongType(item, field, "a list of strings",
                "put every element in quotes: [\"...\", \"...\"]", problems);
      return std::nullopt;
    }
    out.push_back(&item);
  }
  return out;
}

void UnknownWord(const DocValue& at, Slice what,
                 const std::vector<Slice>& known, Problems* problems) {
  std::string help;
  if (auto near = Nearest(at.text, known)) {
    help = absl::StrCat("did you mean \"", *near, "\"?");
  }
  if (known.size() <= kLongestListing) {
    absl::StrAppend(&help, help.empty() ? "" : " ", "known: ", Listed(known));
  } else if (help.empty()) {
    help = absl::StrCat("there are ", known.size(), ", among them ", known[0],
                        ", ", known[1], ", ", known[2]);
  }
  problems->Error(at.span, absl::StrCat("unknown ", what, " \"", at.text, "\""),
                  std::move(help));
}

void FlagCodec::Read(const DocValue& value, const Field& field, bool* out,
                     Problems* problems) {
  if (value.kind != DocValue::Kind::kBoolean) {
    WrongType(value, field, "true or false", "write true or false, unquoted",
              problems);
    return;
  }
  *out = value.boolean;
}

void TextCodec::Read(const DocValue& value, const Field& field,
                     std::string* out, Problems* problems) {
  if (!value.is_string()) {
    WrongType(value, field, "a string", "put it in quotes: \"...\"", problems);
    return;
  }
  *out = value.text;
}

std::string JsonQuantity(Dimension dimension, bool range) {
  std::string units;
  switch (dimension) {
    case Dimension::kDuration:
      units = "(ns|us|ms|s|min|h)";
      break;
    case Dimension::kSize:
      units = "(B|KiB|MiB|GiB)";
      break;
    case Dimension::kShare:
      units = "(%|ppm)";
      break;
    case Dimension::kRateError:
      units = "ppm";
      break;
    case Dimension::kBandwidth:
      return "{\"type\": \"string\", \"pattern\": "
             "\"^(unlimited|[0-9.]+([kMG]?bit|B|[KMG]iB)/s)$\"}";
  }
  const std::string one =
      absl::StrCat("(0|[-+]?[0-9][0-9_]*([.][0-9]+)?", units, ")");
  return absl::StrCat("{\"type\": \"string\", \"pattern\": \"^", one,
                      range ? absl::StrCat("([.][.]", one, ")?") : "", "$\"}");
}

std::string JsonInteger(const Field& field) {
  std::string out =
      absl::StrCat("{\"type\": \"integer\", \"minimum\": ", field.bounds.low);
  if (field.bounds.high != std::numeric_limits<std::int64_t>::max()) {
    absl::StrAppend(&out, ", \"maximum\": ", field.bounds.high);
  }
  return out + "}";
}

std::string JsonChoice(const std::vector<Slice>& words) {
  return absl::StrCat("{\"enum\": [",
                      absl::StrJoin(words, ", ",
                                    [](std::string* out, Slice word) {
                                      absl::StrAppend(out, "\"", word, "\"");
                                    }),
                      "]}");
}

std::string JsonStrings(const std::vector<Slice>& words) {
  return absl::StrCat(
      "{\"type\": [\"array\", \"string\"], \"items\": ",
      words.empty() ? std::string("{\"type\": \"string\"}") : JsonChoice(words),
      "}");
}

}  // namespace wringer::sim
