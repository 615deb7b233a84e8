#include "sim/cli/terminal.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "sim/cli/build_info.h"

namespace wringer::cli {
namespace {

bool Utf8Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::strstr(value, "UTF-8") != nullptr ||
           std::strstr(value, "utf8") != nullptr ||
           std::strstr(value, "UTF8") != nullptr;
  }
  return false;
}

bool ColorFor(ColorMode mode, int fd) {
  if (mode == ColorMode::kAlways) return true;
  if (mode == ColorMode::kNever) return false;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
  return (no_color == nullptr || *no_color == '\0') && !dumb &&
         ::isatty(fd) != 0;
}

std::string& Program() {
  static std::string name = "wringer";
  return name;
}

}  // namespace

reports::Style StyleFor(const CommonOptions& common, int fd) {
  reports::Style style;
  style.color = ColorFor(common.color, fd);
  style.ascii = common.ascii || !Utf8Locale();
  return style;
}

void SetProgramName(std::string argv0) {
  // The start script says how people call us.
  const char* given = std::getenv("WRINGER_ARGV0");
  Program() = given != nullptr && *given != '\0' ? given : std::move(argv0);
}

std::string ProgramName() { return Program(); }

const BuildInfo& Build() {
#if defined(__clang__)
  const char* compiler = "clang " __clang_version__;
#else
  const char* compiler = "gcc " __VERSION__;
#endif
  static const BuildInfo info = {WR_VERSION, WR_COMMIT, compiler, WR_FLAGS};
  return info;
}

std::string BuildLine() {
  const BuildInfo& b = Build();
  // "gcc 12.2.0", without the distribution's words behind it.
  std::string compiler = b.compiler;
  const std::size_t second = compiler.find(' ', compiler.find(' ') + 1);
  if (second != std::string::npos) compiler.resize(second);
  return absl::StrCat("wringer ", b.version, " (", b.commit, " ", compiler,
                      ")");
}

std::string SeedText(std::uint64_t seed) {
  return absl::StrFormat("0x%x", seed);
}

std::optional<std::uint64_t> ParseSeed(Slice text) {
  std::uint64_t seed = 0;
  const bool hex =
      text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  const bool ok = hex ? absl::SimpleHexAtoi(text.substr(2), &seed)
                      : absl::SimpleAtoi(text, &seed);
  if (!ok || text[0] == '-' || text[0] == '+') return std::nullopt;
  return seed;
}

std::string DurationText(std::int64_t ns) {
  const auto unit = [ns](std::int64_t size, const char* name) {
    const std::int64_t whole = ns / size;
    const std::int64_t tenth = (ns % size) * 10 / size;
    return whole >= 100 || tenth == 0
               ? absl::StrCat(whole, " ", name)
               : absl::StrCat(whole, ".", tenth, " ", name);
  };
  if (ns >= 1'000'000'000) return unit(1'000'000'000, "s");
  if (ns >= 1'000'000) return unit(1'000'000, "ms");
  if (ns >= 1'000) return unit(1'000, "us");
  return absl::StrCat(ns, " ns");
}

std::string CountText(std::uint64_t n) {
  const std::string digits = absl::StrCat(n);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(digits[i]);
  }
  return out;
}

void Out(Slice text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Err(Slice text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int Complain(Slice message, Slice help) {
  Err(absl::StrCat("error: ", message, "\n"));
  if (!help.empty()) Err(absl::StrCat("  = help: ", help, "\n"));
  return kUsage;
}

void PrintDiagnostics(const CommonOptions& common,
                      const std::vector<sim::Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  const bool color = StyleFor(common, STDERR_FILENO).color;
  Err(sim::Render(diagnostics, {.color = color}));
  if (sim::HasErrors(diagnostics)) {
    Err(absl::StrCat(sim::Summary(diagnostics), "\n"));
  }
}

std::string ShellQuoted(const std::string& word) {
  const bool plain =
      !word.empty() && word.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                           "WXYZ0123456789_-+=./:,@%") == std::string::npos;
  if (plain) return word;
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

}  // namespace wringer::cli
