#include "sim/scenario/file/scenario_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sim/scenario/file/binder.h"
#include "sim/scenario/file/settings.h"
#include "sim/scenario/toml/scenario_toml.h"

namespace wringer::sim {
namespace {

// A file larger than this is no scenario.
constexpr std::size_t kLongestFile = 4 << 20;

std::vector<Diagnostic> Resolve(const Problems& problems, Slice text,
                                Slice file,
                                const std::vector<std::string>& settings) {
  std::vector<Problems::Problem> sorted = problems.all();
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tie(a.span.source, a.span.line, a.span.column, a.message) <
           std::tie(b.span.source, b.span.line, b.span.column, b.message);
  });
  std::vector<Diagnostic> out;
  for (const Problems::Problem& p : sorted) {
    Diagnostic d;
    d.severity = p.severity;
    d.line = p.span.line;
    d.column = p.span.column;
    d.length = p.span.length;
    d.message = p.message;
    d.help = p.help;
    if (p.span.source == 0) {
      d.file = std::string(file);
      d.source_line = std::string(LineOf(text, p.span.line));
    } else {
      d.file = "--set";
      d.source_line = settings[p.span.source - 1];
    }
    out.push_back(std::move(d));
  }
  return out;
}

bool HasErrors(const Problems& problems) {
  return std::any_of(problems.all().begin(), problems.all().end(),
                     [](const Problems::Problem& p) {
                       return p.severity == Severity::kError;
                     });
}

bool SamePlace(const Span& a, const Span& b) {
  return a.source == b.source && a.line == b.line && a.column == b.column;
}

bool Holds(const DocValue& value, const Span& place) {
  return SamePlace(value.span, place) ||
         std::any_of(
             value.items.begin(), value.items.end(),
             [&](const DocValue& item) { return Holds(item, place); }) ||
         std::any_of(value.entries.begin(), value.entries.end(),
                     [&](const DocEntry& entry) {
                       return SamePlace(entry.span, place) ||
                              Holds(entry.value, place);
                     });
}

// The tables of the file with a mistake in them: what they hold is not known.
std::vector<Slice> BrokenTables(const DocValue& document,
                                const Problems& problems) {
  std::vector<Slice> out;
  for (const DocEntry& entry : document.entries) {
    for (const Problems::Problem& p : problems.all()) {
      if (p.severity == Severity::kError && Holds(entry.value, p.span)) {
        out.push_back(entry.key);
        break;
      }
    }
  }
  return out;
}

// A check across tables, and the tables it reads.
struct CrossCheck {
  void (*check)(const Scenario&, Findings*);
  std::vector<Slice> reads;
};

const std::vector<CrossCheck>& CrossChecks() {
  static const std::vector<CrossCheck> kAll = {
      {CheckDesign, {"cluster", "wal", "replication", "expect"}},
      {CheckWorld, {"cluster", "network", "workload"}},
      {CheckWorkload, {"run", "cluster", "wal", "replication", "workload"}},
      {CheckFaults, {"run", "cluster", "workload", "faults"}},
      {CheckTimeline, {"run", "cluster", "faults"}},
      {CheckExpectations, {"run", "expect", "regression"}},
  };
  return kAll;
}

void CheckAll(const Scenario& scenario, const DocValue& document,
              const DesignCheck& design_check, Problems* problems) {
  const std::vector<Slice> broken = BrokenTables(document, *problems);
  Findings findings(&document, problems);
  for (const CrossCheck& cross : CrossChecks()) {
    const bool judgeable = std::none_of(
        cross.reads.begin(), cross.reads.end(), [&broken](Slice table) {
          return std::find(broken.begin(), broken.end(), table) != broken.end();
        });
    if (judgeable) {
      cross.check(scenario, &findings);
    }
  }
  if (design_check && !HasErrors(*problems)) {
    design_check(scenario, &findings);
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::NotFoundError(absl::StrCat("there is no file ", path));
  }
  if (std::filesystem::file_size(path, error) > kLongestFile) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is larger than 4 MiB"));
  }
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in),
                   std::istreambuf_iterator<char>()};
  if (in.bad() || !in.is_open()) {
    return absl::PermissionDeniedError(absl::StrCat("cannot read ", path));
  }
  return text;
}

ScenarioEntry EntryOf(const std::string& path) {
  ScenarioEntry entry;
  entry.path = path;
  ParseResult result = LoadScenario(path);
  entry.ok = result.ok();
  entry.diagnostics = std::move(result.diagnostics);
  if (result.scenario) {
    entry.name = result.scenario->name;
    entry.tags = result.scenario->tags;
    entry.violation = result.scenario->expect.violation;
    entry.regression = result.scenario->regression.has_value();
  }
  return entry;
}

}  // namespace

ParseResult ParseScenario(Slice text, Slice file, const ParseOptions& options) {
  ParseResult result;
  Problems problems;
  DocValue document;
  if (auto error = ParseToml(text, 0, &document)) {
    problems.Error(error->span, std::move(error->message),
                   std::move(error->help));
    result.diagnostics = Resolve(problems, text, file, options.settings);
    return result;
  }
  for (std::size_t i = 0; i < options.settings.size(); ++i) {
    ApplySetting(options.settings[i], static_cast<std::uint32_t>(i) + 1,
                 &document, &problems);
  }
  Scenario scenario;
  BindScenario(document, &scenario, &problems);
  CheckMatrix(document, &problems);
  if (options.across) {
    CheckAll(scenario, document, options.design_check, &problems);
  }
  result.diagnostics = Resolve(problems, text, file, options.settings);
  if (!HasErrors(problems)) {
    result.scenario = std::move(scenario);
  }
  return result;
}

ParseResult LoadScenario(const std::string& path, const ParseOptions& options) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) {
    return ParseScenario(*text, path, options);
  }
  ParseResult result;
  Diagnostic d;
  d.file = path;
  d.message = std::string(text.status().message());
  d.help = "`wringer scenario list` shows what there is";
  result.diagnostics.push_back(std::move(d));
  return result;
}

absl::StatusOr<std::vector<ScenarioEntry>> ListScenarios(
    const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> paths;
  if (fs::is_regular_file(path, error)) {
    paths.push_back(path);
  } else if (fs::is_directory(path, error)) {
    for (fs::recursive_directory_iterator it(path, error), end;
         !error && it != end; it.increment(error)) {
      if (it->is_regular_file() &&
          absl::EndsWith(it->path().string(), ".toml")) {
        paths.push_back(it->path().lexically_normal().string());
      }
    }
  } else {
    return absl::NotFoundError(
        absl::StrCat("there is no file or directory ", path));
  }
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("cannot list ", path, ": ", error.message()));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ScenarioEntry> out;
  for (const std::string& file : paths) {
    out.push_back(EntryOf(file));
  }
  return out;
}

}  // namespace wringer::sim
