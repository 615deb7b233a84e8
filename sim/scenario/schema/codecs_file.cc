// Codecs of the file's own keys, of marks and mutants, and of the matrix.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/base/marks.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

std::string JsonText() { return "{\"type\": \"string\"}"; }

// Reads a list of names through `find`, refusing repetitions.
template <typename T, typename Find>
void ReadNames(const DocValue& value, const Field& field, Slice what,
               const std::vector<Slice>& known, Find find, std::vector<T>* out,
               Problems* problems) {
  const auto strings = ReadStrings(value, field, true, problems);
  if (!strings) {
    return;
  }
  std::vector<T> read;
  for (const DocValue* word : *strings) {
    const auto found = find(word->text);
    if (!found) {
      UnknownWord(*word, what, known, problems);
      continue;
    }
    if (std::find(read.begin(), read.end(), *found) != read.end()) {
      problems->Error(word->span,
                      absl::StrCat("\"", word->text, "\" is listed twice"),
                      "keep one of them");
      continue;
    }
    read.push_back(*found);
  }
  *out = std::move(read);
}

template <typename T>
std::optional<std::string> WriteNames(const std::vector<T>& values) {
  std::vector<std::string> words;
  for (T value : values) {
    words.emplace_back(Info(value).name);
  }
  return QuotedList(words);
}

}  // namespace

bool IsIdentifier(Slice text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
           c == '_' || c == '.';
  });
}

std::vector<Slice> MarkNames() {
  std::vector<Slice> out;
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    out.push_back(Info(static_cast<Mark>(i)).name);
  }
  return out;
}

std::vector<Slice> MutantNames() {
  std::vector<Slice> out;
  for (std::size_t i = 0; i < kMutantCount; ++i) {
    out.push_back(Info(static_cast<Mutant>(i)).name);
  }
  return out;
}

void FormatCodec::Read(const DocValue& value, const Field& field,
                       std::uint32_t* out, Problems* problems) {
  if (!value.is_integer()) {
    WrongType(value, field, "an integer",
              absl::StrCat("write `format = ", kScenarioFormat, "`"), problems);
  } else if (value.integer != kScenarioFormat) {
    problems->Error(
        value.span,
        absl::StrCat("this build does not read format ", value.integer),
        absl::StrCat("it reads format ", kScenarioFormat,
                     "; the changes of each format are in "
                     "scenarios/README.md"));
  } else {
    *out = kScenarioFormat;
  }
}
std::optional<std::string> FormatCodec::Write(const std::uint32_t& value) {
  return absl::StrCat(value);
}
std::string FormatCodec::Json(const Field&) {
  return absl::StrCat("{\"const\": ", kScenarioFormat, "}");
}

void SeedCodec::Read(const DocValue& value, const Field& field,
                     std::uint64_t* out, Problems* problems) {
  constexpr Slice kHelp = "an integer up to 2^63-1, or a string like \"0x2a\"";
  if (value.is_integer() && value.integer >= 0) {
    *out = static_cast<std::uint64_t>(value.integer);
    return;
  }
  if (!value.is_string()) {
    if (value.is_integer()) {
      problems->Error(value.span, "a seed cannot be negative",
                      absl::StrCat("write ", kHelp));
    } else {
      WrongType(value, field, "a seed", absl::StrCat("write ", kHelp),
                problems);
    }
    return;
  }
  const Slice text = value.text;
  const bool hex =
      text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  std::uint64_t seed = 0;
  if (hex ? absl::SimpleHexAtoi(text, &seed) : absl::SimpleAtoi(text, &seed)) {
    *out = seed;
  } else {
    problems->Error(value.span, absl::StrCat("\"", text, "\" is not a seed"),
                    absl::StrCat("write ", kHelp, " of at most 16 digits"));
  }
}
std::optional<std::string> SeedCodec::Write(const std::uint64_t& value) {
  return absl::StrFormat("\"0x%x\"", value);
}
std::string SeedCodec::Json(const Field&) {
  return "{\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0}, "
         "{\"type\": \"string\", \"pattern\": "
         "\"^(0[xX][0-9a-fA-F]{1,16}|[0-9]+)$\"}]}";
}

void BlockTextCodec::Read(const DocValue& value, const Field& field,
                          std::string* out, Problems* problems) {
  TextCodec::Read(value, field, out, problems);
}
std::optional<std::string> BlockTextCodec::Write(const std::string& value) {
  return QuotedText(value);
}
std::string BlockTextCodec::Json(const Field&) { return JsonText(); }

void TextListCodec::Read(const DocValue& value, const Field& field,
                         std::vector<std::string>* out, Problems* problems) {
  const auto strings = ReadStrings(value, field, true, problems);
  if (!strings) {
    return;
  }
  std::vector<std::string> read;
  for (const DocValue* word : *strings) {
    if (!IsIdentifier(word->text)) {
      problems->Error(word->span,
                      absl::StrCat("\"", word->text, "\" is not a word"),
                      "use letters, digits, '-', '_' and '.', without spaces");
      return;
    }
    read.push_back(word->text);
  }
  *out = std::move(read);
}
std::optional<std::string> TextListCodec::Write(
    const std::vector<std::string>& value) {
  return QuotedList(value);
}
std::string TextListCodec::Json(const Field&) { return JsonStrings({}); }

void MarkListCodec::Read(const DocValue& value, const Field& field,
                         std::vector<Mark>* out, Problems* problems) {
  ReadNames(
      value, field, "mark", MarkNames(),
      [](Slice name) { return FindMark(name); }, out, problems);
}
std::optional<std::string> MarkListCodec::Write(
    const std::vector<Mark>& value) {
  return WriteNames(value);
}
std::string MarkListCodec::Json(const Field&) {
  return JsonStrings(MarkNames());
}

void MutantListCodec::Read(const DocValue& value, const Field& field,
                           std::vector<Mutant>* out, Problems* problems) {
  ReadNames(
      value, field, "mutant", MutantNames(),
      [](Slice name) { return FindMutant(name); }, out, problems);
}
std::optional<std::string> MutantListCodec::Write(
    const std::vector<Mutant>& value) {
  return WriteNames(value);
}
std::string MutantListCodec::Json(const Field&) {
  return JsonStrings(MutantNames());
}

void ViolationCodec::Read(const DocValue& value, const Field& field,
                          std::string* out, Problems* problems) {
  const std::vector<Slice>& known = KnownViolations();
  if (!value.is_string()) {
    WrongType(value, field, "\"class/name\"",
              "write it in quotes, like \"safety/lost-ack\"", problems);
    return;
  }
  if (std::find(known.begin(), known.end(), Slice(value.text)) != known.end()) {
    *out = value.text;
    return;
  }
  std::string help;
  for (Slice candidate : known) {  // the class was left out or is another
    const Slice name = candidate.substr(candidate.find('/') + 1);
    const Slice wanted = Slice(value.text).substr(value.text.find('/') + 1);
    if (help.empty() && name == wanted) {
      help = absl::StrCat("did you mean \"", candidate, "\"?");
    }
  }
  if (auto near = Nearest(value.text, known); near && help.empty()) {
    help = absl::StrCat("did you mean \"", *near, "\"?");
  }
  problems->Error(value.span,
                  absl::StrCat("unknown violation \"", value.text, "\""),
                  help.empty() ? absl::StrCat("known: ", Listed(known)) : help);
}
std::optional<std::string> ViolationCodec::Write(const std::string& value) {
  return Quoted(value);
}
std::string ViolationCodec::Json(const Field&) {
  return JsonChoice(KnownViolations());
}

void AxesCodec::Read(const DocValue& value, const Field& field,
                     std::vector<MatrixSpec::Axis>* out, Problems* problems) {
  if (!value.is_table()) {
    WrongType(value, field, "a table of lists",
              "write { \"wal.sync\" = [\"every\", \"group\"] }", problems);
    return;
  }
  std::vector<MatrixSpec::Axis> read;
  for (const DocEntry& entry : value.entries) {
    if (!entry.value.is_array() || entry.value.items.empty()) {
      problems->Error(
          entry.value.span,
          absl::StrCat("axis \"", entry.key, "\" needs a list of values"),
          "write the key in quotes and its values in brackets: "
          "\"wal.sync\" = [\"every\", \"group\"]");
      continue;
    }
    MatrixSpec::Axis axis{entry.key, {}};
    for (const DocValue& item : entry.value.items) {
      axis.values.push_back(ValueText(item));
    }
    read.push_back(std::move(axis));
  }
  std::sort(read.begin(), read.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  *out = std::move(read);
}
std::optional<std::string> AxesCodec::Write(
    const std::vector<MatrixSpec::Axis>& value) {
  std::vector<std::string> parts;
  for (const MatrixSpec::Axis& axis : value) {
    parts.push_back(absl::StrCat(KeyText(axis.key), " = [",
                                 absl::StrJoin(axis.values, ", "), "]"));
  }
  return parts.empty() ? "{}"
                       : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
}
std::string AxesCodec::Json(const Field&) {
  return "{\"type\": \"object\", \"additionalProperties\": "
         "{\"type\": \"array\", \"minItems\": 1}}";
}

void BaselineCodec::Read(const DocValue& value, const Field& field,
                         Settings* out, Problems* problems) {
  if (!value.is_table()) {
    WrongType(value, field, "a table", "write { \"wal.sync\" = \"group\" }",
              problems);
    return;
  }
  Settings read;
  for (const DocEntry& entry : value.entries) {
    read.emplace_back(entry.key, ValueText(entry.value));
  }
  std::sort(read.begin(), read.end());
  *out = std::move(read);
}
std::optional<std::string> BaselineCodec::Write(const Settings& value) {
  std::vector<std::string> parts;
  for (const auto& [key, text] : value) {
    parts.push_back(absl::StrCat(KeyText(key), " = ", text));
  }
  return parts.empty() ? "{}"
                       : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
}
std::string BaselineCodec::Json(const Field&) {
  return "{\"type\": \"object\"}";
}

}  // namespace wringer::sim
