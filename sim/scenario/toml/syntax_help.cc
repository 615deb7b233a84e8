// Remedies for mistakes of syntax. The parser says what it saw; a person wants
// to know what to write.
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sim/scenario/toml/scenario_toml.h"

namespace wringer::sim {
namespace {

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool IsLetter(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c));
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// The byte at which the n-th character (from 1) of a line begins.
std::size_t ByteOf(Slice line, std::uint32_t column) {
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    seen += IsContinuation(line[i]) ? 0u : 1u;
    if (seen == column) {
      return i;
    }
  }
  return line.size();
}

std::uint32_t CharsIn(Slice text) {
  std::uint32_t n = 0;
  for (char c : text) {
    n += IsContinuation(c) ? 0u : 1u;
  }
  return n;
}

// The unquoted word around a byte: up to white space or punctuation.
struct Token {
  std::size_t begin = 0;
  Slice text;
};
Token TokenAt(Slice line, std::size_t at) {
  constexpr Slice kEnds = " \t,=[]{}#\"'";
  std::size_t begin = std::min(at, line.size());
  while (begin > 0 && kEnds.find(line[begin - 1]) == Slice::npos) {
    --begin;
  }
  std::size_t end = begin;
  while (end < line.size() && kEnds.find(line[end]) == Slice::npos) {
    ++end;
  }
  return {begin, line.substr(begin, end - begin)};
}

bool IsQuantity(Slice token) {
  absl::ConsumePrefix(&token, "-");
  return token.size() > 1 && IsDigit(token.front()) &&
         (IsLetter(token.back()) || token.back() == '%' ||
          token.find("..") != Slice::npos);
}

std::string BareWordHelp(Slice word) {
  const std::string lower = absl::AsciiStrToLower(word);
  if (lower == "true" || lower == "yes" || lower == "on") {
    return "booleans are written true and false";
  }
  if (lower == "false" || lower == "no" || lower == "off") {
    return "booleans are written true and false";
  }
  return absl::StrCat("text is quoted: \"", word, "\"");
}

// Where `name` was first given in an earlier line; 0 if not found.
std::uint32_t FirstLineOf(Slice text, Slice name, std::uint32_t before) {
  for (std::uint32_t line = 1; line < before; ++line) {
    Slice at = absl::StripLeadingAsciiWhitespace(LineOf(text, line));
    const bool header = absl::ConsumePrefix(&at, "[");
    if (absl::ConsumePrefix(&at, name)) {
      at = absl::StripLeadingAsciiWhitespace(at);
      if (absl::StartsWith(at, header ? "]" : "=") ||
          absl::StartsWith(at, ".")) {
        return line;
      }
    }
  }
  return 0;
}

std::string DuplicateHelp(Slice text, const SyntaxError& error) {
  const std::vector<std::string> parts = absl::StrSplit(error.message, '\'');
  const Slice name = parts.size() > 1 ? Slice(parts[1]) : Slice();
  const std::uint32_t first = FirstLineOf(text, name, error.span.line);
  const std::string where =
      first > 0 ? absl::StrCat("`", name, "` was first given in line ", first)
                : absl::StrCat("`", name, "` was given before");
  return absl::StrCat(where, absl::StrContains(error.message, "table")
                                 ? "; put all its keys under one [header]"
                                 : "; keep one of them");
}

struct Remedy {
  Slice says;  // part of the parser's message
  Slice help;
};

constexpr Remedy kRemedies[] = {
    {"inline table: expected key or closing",
     "an inline table { ... } stays on one line; give a long one a [header] of "
     "its own"},
    {"dangling comma", "take out the comma before the closing }"},
    {"array: expected comma",
     "put a comma between the elements, and a ] after the last"},
    {"unescaped control characters",
     "close the string with a quote on its line; text of several lines stands "
     "between \"\"\" and \"\"\""},
    {"encountered end-of-file",
     "something opened before is not closed: a quote, a [ or a {"},
    {"expected '='", "write key = value; headers stand in [brackets]"},
    {"expected value", "a value is missing: key = \"value\""},
    {"not representable in 64 bits",
     "integers reach 2^63-1; larger seeds are strings: \"0xffffffffffffffff\""},
    {"unknown escape",
     "write \\\\ for a backslash, or use single quotes, which know no escapes"},
    {"utf-8", "save the file as UTF-8"},
    {"expected ']'", "close the header with ]"},
    {"expected a comment or whitespace",
     "one key per line; text with spaces or dashes is quoted"},
    {"expected keys, tables", "begin the line with a key, a [header] or a #"},
    {"leading zeroes", "take the leading zeros out, or quote the value"},
    {"control characters other than TAB",
     "take the invisible character out of the line"},
};

}  // namespace

void ExplainSyntax(Slice text, SyntaxError* error) {
  const Slice line = LineOf(text, error->span.line);
  const std::size_t at = ByteOf(line, error->span.column);
  if (absl::StrContains(error->message, "cannot redefine")) {
    error->help = DuplicateHelp(text, *error);
    return;
  }
  const Token token = TokenAt(line, at);
  const bool number = absl::StrContains(error->message, "integer") ||
                      absl::StrContains(error->message, "floating-point") ||
                      absl::StrContains(error->message, "date") ||
                      absl::StrContains(error->message, "time");
  const bool word = absl::StrContains(error->message, "value type") ||
                    absl::StrContains(error->message, "parsing boolean") ||
                    absl::StrContains(error->message, "expected 'nan'") ||
                    absl::StrContains(error->message, "expected 'inf'");
  if (number && IsQuantity(token.text)) {
    error->help = absl::StrCat("durations, sizes and shares are quoted: \"",
                               token.text, "\"");
  } else if (word && !token.text.empty() && IsLetter(token.text[0])) {
    error->help = BareWordHelp(token.text);
  }
  if (!error->help.empty()) {
    error->span.column = CharsIn(line.substr(0, token.begin)) + 1;
    error->span.length = CharsIn(token.text);
    return;
  }
  const std::string lower = absl::AsciiStrToLower(error->message);
  for (const Remedy& remedy : kRemedies) {
    if (absl::StrContains(lower, absl::AsciiStrToLower(remedy.says))) {
      error->help = std::string(remedy.help);
      return;
    }
  }
  error->help =
      "the file is TOML 1.0 (toml.io); everything before this place was "
      "understood";
}

}  // namespace wringer::sim
