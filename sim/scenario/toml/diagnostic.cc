#include "sim/scenario/toml/diagnostic.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

struct Paint {
  const char* error = "";
  const char* warning = "";
  const char* rule = "";
  const char* help = "";
  const char* off = "";
};

Paint PaintFor(const RenderOptions& options) {
  if (!options.color) {
    return {};
  }
  return {"\033[1;31m", "\033[1;33m", "\033[1;34m", "\033[1;32m", "\033[0m"};
}

// The line as it is shown, and the same number of blanks before the caret:
// tabs stay tabs in both, so that the caret stands below its text.
std::string Shown(Slice line) {
  std::string out(line);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
      c = '?';
    }
  }
  return out;
}

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string Indent(Slice line, std::uint32_t column) {
  std::string out;
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < line.size() && at + 1 < column; ++i) {
    if (IsContinuation(line[i])) {
      continue;
    }
    out.push_back(line[i] == '\t' ? '\t' : ' ');
    ++at;
  }
  if (at + 1 < column) {  // beyond the end of the line
    out.append(std::min<std::size_t>(column - 1 - at, 1), ' ');
  }
  return out;
}

void RenderOne(const Diagnostic& d, const Paint& paint, std::string* out) {
  const bool error = d.severity == Severity::kError;
  const std::string number = absl::StrCat(d.line);
  const std::string blank(number.size(), ' ');
  absl::StrAppend(out, error ? paint.error : paint.warning,
                  error ? "error" : "warning", paint.off, ": ", d.message,
                  "\n");
  absl::StrAppend(out, " ", blank, paint.rule, "--> ", paint.off, d.file, ":",
                  d.line, ":", d.column, "\n");
  absl::StrAppend(out, " ", blank, paint.rule, " |", paint.off, "\n");
  absl::StrAppend(out, " ", paint.rule, number, " |", paint.off, " ",
                  Shown(d.source_line), "\n");
  absl::StrAppend(
      out, " ", blank, paint.rule, " |", paint.off, " ",
      Indent(d.source_line, d.column), error ? paint.error : paint.warning,
      std::string(std::max<std::uint32_t>(d.length, 1), '^'), paint.off, "\n");
  if (!d.help.empty()) {
    absl::StrAppend(out, " ", blank, paint.rule, " = ", paint.help,
                    "help: ", paint.off, d.help, "\n");
  }
}

std::string Counted(std::size_t n, Slice noun) {
  return absl::StrCat(n, " ", noun, n == 1 ? "" : "s");
}

}  // namespace

std::string Render(const std::vector<Diagnostic>& diagnostics,
                   const RenderOptions& options) {
  const Paint paint = PaintFor(options);
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    if (!out.empty()) {
      out.push_back('\n');
    }
    RenderOne(d, paint, &out);
  }
  return out;
}

bool HasErrors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(
      diagnostics.begin(), diagnostics.end(),
      [](const Diagnostic& d) { return d.severity == Severity::kError; });
}

std::string Summary(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) {
    return "";
  }
  std::size_t errors = 0;
  for (const Diagnostic& d : diagnostics) {
    errors += d.severity == Severity::kError ? 1 : 0;
  }
  const std::size_t warnings = diagnostics.size() - errors;
  if (errors == 0) {
    return Counted(warnings, "warning");
  }
  return absl::StrCat(
      Counted(errors, "error"),
      warnings > 0 ? absl::StrCat(", ", Counted(warnings, "warning")) : "",
      "; nothing was run");
}

}  // namespace wringer::sim
