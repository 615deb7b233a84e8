// `scenario fmt`: white space only. Works on lines, and proves afterwards that
// the document still says the same.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/check.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/toml/scenario_toml.h"

namespace wringer::sim {
namespace {

// Where the text of a line stands among strings and brackets.
struct State {
  Slice open_string;  // the closing quotes of a string over several lines
  int depth = 0;      // brackets and braces left open
};

// Follows one line; true iff it ends in the plain state it began in.
void Follow(Slice line, State* state) {
  std::size_t i = 0;
  while (i < line.size()) {
    const Slice rest = line.substr(i);
    if (!state->open_string.empty()) {
      if (state->open_string[0] == '"' && rest[0] == '\\') {
        i += 2;
      } else if (absl::StartsWith(rest, state->open_string)) {
        i += state->open_string.size();
        state->open_string = {};
      } else {
        ++i;
      }
      continue;
    }
    if (rest[0] == '#') {
      return;
    }
    for (Slice quotes :
         {Slice("\"\"\""), Slice("'''"), Slice("\""), Slice("'")}) {
      if (absl::StartsWith(rest, quotes)) {
        state->open_string = quotes;
        i += quotes.size();
        break;
      }
    }
    if (!state->open_string.empty()) {
      continue;
    }
    state->depth += rest[0] == '[' || rest[0] == '{' ? 1 : 0;
    state->depth -= rest[0] == ']' || rest[0] == '}' ? 1 : 0;
    ++i;
  }
}

// The `=` of a "key = value" line; npos if it has none outside quotes.
std::size_t EqualsOf(Slice line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#') {
      return Slice::npos;
    } else if (c == '=') {
      return i;
    }
  }
  return Slice::npos;
}

struct Line {
  std::string text;
  bool plain = false;  // begins outside strings and brackets
  std::size_t equals = Slice::npos;
};

std::vector<Line> Classify(Slice text) {
  std::vector<Line> lines;
  State state;
  for (Slice raw : absl::StrSplit(text, '\n')) {
    if (!raw.empty() && raw.back() == '\r') {
      raw.remove_suffix(1);
    }
    Line line;
    line.plain = state.open_string.empty() && state.depth == 0;
    const bool in_string = !state.open_string.empty();
    Follow(raw, &state);
    const bool ends_in_string = !state.open_string.empty();
    if (line.plain) {
      raw = absl::StripLeadingAsciiWhitespace(raw);
    }
    if (!in_string && !ends_in_string) {
      raw = absl::StripTrailingAsciiWhitespace(raw);
    }
    line.text = std::string(raw);
    if (line.plain && !absl::StartsWith(raw, "[")) {
      line.equals = EqualsOf(raw);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

// Gives the keys of lines [begin, end) one width.
void Align(std::vector<Line>* lines, std::size_t begin, std::size_t end) {
  const auto key_of = [](const Line& line) {
    return absl::StripTrailingAsciiWhitespace(
        Slice(line.text).substr(0, line.equals));
  };
  std::size_t width = 0;
  for (std::size_t i = begin; i < end; ++i) {
    width = std::max(width, key_of((*lines)[i]).size());
  }
  for (std::size_t i = begin; i < end; ++i) {
    Line& line = (*lines)[i];
    const std::string key(key_of(line));
    const std::string value(absl::StripLeadingAsciiWhitespace(
        Slice(line.text).substr(line.equals + 1)));
    line.text =
        absl::StrCat(key, std::string(width - key.size(), ' '), " = ", value);
  }
}

void AlignBlocks(std::vector<Line>* lines) {
  std::size_t begin = 0;
  while (begin < lines->size()) {
    std::size_t end = begin;
    while (end < lines->size() && (*lines)[end].equals != Slice::npos) {
      ++end;
    }
    Align(lines, begin, end);
    begin = end + 1;
  }
}

std::string Joined(const std::vector<Line>& lines) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    const bool blank = line.plain && line.text.empty();
    if (blank && (out.empty() || out.back().empty())) {
      continue;  // at most one, and none at the top
    }
    const bool header = line.plain && absl::StartsWith(line.text, "[");
    const bool after_comment =
        !out.empty() && absl::StartsWith(out.back(), "#");
    if (header && !out.empty() && !out.back().empty() && !after_comment) {
      out.emplace_back();
    }
    out.push_back(line.text);
  }
  while (!out.empty() && out.back().empty()) {
    out.pop_back();
  }
  return absl::StrCat(absl::StrJoin(out, "\n"), "\n");
}

}  // namespace

absl::StatusOr<std::string> FormatScenario(Slice text) {
  DocValue before;
  if (auto error = ParseToml(text, 0, &before)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "line ", error->span.line, ": ", error->message, "; ", error->help));
  }
  std::vector<Line> lines = Classify(text);
  AlignBlocks(&lines);
  std::string out = Joined(lines);
  DocValue after;
  if (ParseToml(out, 0, &after) || !SameContents(before, after)) {
    return absl::InternalError("formatting would change the meaning");
  }
  return out;
}

}  // namespace wringer::sim
