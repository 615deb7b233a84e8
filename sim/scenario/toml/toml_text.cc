#include "sim/scenario/toml/toml_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace wringer::sim {
namespace {

bool IsBareKeyChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '-';
}

void AppendEscaped(char c, bool lines, std::string* out) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    *out += '\\';
    *out += c;
  } else if (c == '\n') {
    *out += lines ? "\n" : "\\n";
  } else if (c == '\t') {
    *out += lines ? "\t" : "\\t";
  } else if (byte < 0x20 || byte == 0x7f) {
    absl::StrAppendFormat(out, "\\u%04X", static_cast<unsigned>(byte));
  } else {
    *out += c;
  }
}

}  // namespace

std::string Quoted(Slice text) {
  std::string out = "\"";
  for (char c : text) {
    AppendEscaped(c, /*lines=*/false, &out);
  }
  return out + "\"";
}

std::string QuotedText(Slice text) {
  if (text.find('\n') == Slice::npos) {
    return Quoted(text);
  }
  // A newline right after the opening quotes is not part of the string.
  std::string out = "\"\"\"\n";
  for (char c : text) {
    AppendEscaped(c, /*lines=*/true, &out);
  }
  return out + "\"\"\"";
}

std::string KeyText(Slice key) {
  const bool bare =
      !key.empty() && std::all_of(key.begin(), key.end(), IsBareKeyChar);
  return bare ? std::string(key) : Quoted(key);
}

std::string QuotedList(const std::vector<std::string>& words) {
  return absl::StrCat(
      "[",
      absl::StrJoin(words, ", ",
                    [](std::string* out, const std::string& word) {
                      absl::StrAppend(out, Quoted(word));
                    }),
      "]");
}

std::string ValueText(const DocValue& value) {
  std::vector<std::string> parts;
  switch (value.kind) {
    case DocValue::Kind::kString:
      return Quoted(value.text);
    case DocValue::Kind::kInteger:
      return absl::StrCat(value.integer);
    case DocValue::Kind::kBoolean:
      return value.boolean ? "true" : "false";
    case DocValue::Kind::kFloat:
    case DocValue::Kind::kDate:
      return value.text;
    case DocValue::Kind::kArray:
      for (const DocValue& item : value.items) {
        parts.push_back(ValueText(item));
      }
      return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
    case DocValue::Kind::kTable:
      for (const DocEntry& entry : value.entries) {
        parts.push_back(
            absl::StrCat(KeyText(entry.key), " = ", ValueText(entry.value)));
      }
      return parts.empty()
                 ? "{}"
                 : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
  }
  return "";
}

}  // namespace wringer::sim
