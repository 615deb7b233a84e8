// wringer check: judges a saved or foreign history again.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/check/check_foreign.h"
#include "reports/check/check_history.h"
#include "reports/history/import.h"
#include "reports/history/json_writer.h"
#include "reports/history/jsonl.h"
#include "reports/render/check_lines.h"
#include "reports/render/result_json.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

using reports::CheckResult;
using reports::CheckStatus;

int ExitOf(CheckStatus status) {
  switch (status) {
    case CheckStatus::kViolated:
      return kFinding;
    case CheckStatus::kInconclusive:
      return kInconclusive;
    case CheckStatus::kHolds:
    case CheckStatus::kNotApplicable:
      break;
  }
  return kHeld;
}

Slice Word(CheckStatus status) {
  return status == CheckStatus::kViolated       ? "FAIL"
         : status == CheckStatus::kInconclusive ? "INCONCLUSIVE"
                                                : "PASS";
}

int JudgeOwn(const CommonOptions& common, const CheckOptionsCli& options,
             Slice text) {
  const auto history = reports::ReadJsonl(text);
  if (!history.ok()) {
    return Complain(
        absl::StrCat(options.history, ": ", history.status().message()),
        "see reports/history/README.md for the format");
  }
  reports::CheckOptions check;
  if (options.budget > 0) check.search.steps = options.budget;
  if (options.level == "linearizable") {
    check.checks = {reports::Check::kLinearizable};
  }
  const auto results = reports::CheckHistory(*history, check);
  const CheckStatus overall = reports::Overall(results);
  if (common.json) {
    std::string out;
    reports::JsonWriter json(&out);
    json.Object()
        .Field("format", "wringer-check-1")
        .Field("passed", overall == CheckStatus::kHolds)
        .Key("checks");
    reports::WriteResults(*history, results, &json);
    json.End();
    Out(out + "\n");
    return ExitOf(overall);
  }
  const reports::Style style = StyleFor(common, 1);
  Out(reports::CheckLines(results, style));
  if (const auto* finding = reports::FirstFinding(results)) {
    Out("\n" + reports::StoryText(*history, *finding, style));
    Out("\n" + reports::TimelineText(*history, *finding, style));
  }
  Out(absl::StrCat(Word(overall), "\n"));
  return ExitOf(overall);
}

absl::StatusOr<reports::ForeignHistory> Import(const CheckOptionsCli& options,
                                               reports::ForeignModel model,
                                               Slice text) {
  reports::ImportOptions import;
  import.model = model;
  if (options.format == "jepsen-edn") {
    return reports::ImportJepsenEdn(text, import);
  }
  if (options.format == "jepsen-log") {
    return reports::ImportJepsenLog(text, import);
  }
  return reports::ImportPorcupineKv(text);
}

int JudgeForeign(const CommonOptions& common, const CheckOptionsCli& options,
                 Slice text) {
  reports::ForeignModel model = reports::ForeignModel::kCasRegister;
  if (options.format == "porcupine-kv") {
    model = reports::ForeignModel::kKv;
  } else if (!reports::ParseForeignModel(options.model, &model)) {
    return Complain(absl::StrCat("unknown model \"", options.model, "\""),
                    "known: cas-register, multi-register, mutex, kv");
  }
  const auto history = Import(options, model, text);
  if (!history.ok()) {
    return Complain(
        absl::StrCat(options.history, ": ", history.status().message()),
        absl::StrCat("is it really ", options.format, "?"));
  }
  reports::SearchBudget budget;
  if (options.budget > 0) budget.steps = options.budget;
  const std::vector<CheckResult> results = {
      reports::CheckForeign(*history, budget)};
  const CheckStatus overall = results[0].status;
  if (common.json) {
    std::string out;
    reports::JsonWriter json(&out);
    json.Object()
        .Field("format", "wringer-check-1")
        .Field("passed", overall == CheckStatus::kHolds)
        .Key("checks");
    reports::WriteForeignResults(*history, results, &json);
    json.End();
    Out(out + "\n");
    return ExitOf(overall);
  }
  const reports::Style style = StyleFor(common, 1);
  Out(reports::CheckLines(results, style));
  if (const auto* finding = reports::FirstFinding(results)) {
    Out("\n" + reports::ForeignStoryText(*history, *finding, style));
  }
  Out(absl::StrCat(Word(overall), "\n"));
  return ExitOf(overall);
}

}  // namespace

int CheckHistoryFile(const CommonOptions& common,
                     const CheckOptionsCli& options) {
  const std::vector<Slice> formats = {"wringer", "jepsen-edn", "jepsen-log",
                                      "porcupine-kv"};
  const bool known = std::find(formats.begin(), formats.end(),
                               Slice(options.format)) != formats.end();
  if (!known) {
    const auto near = sim::Nearest(options.format, formats);
    return Complain(
        absl::StrCat("unknown history format \"", options.format, "\""),
        near ? absl::StrCat("did you mean \"", *near, "\"?")
             : absl::StrCat("known: ", sim::Listed(formats)));
  }
  if (options.level != "linearizable" && options.level != "all") {
    return Complain(absl::StrCat("unknown level \"", options.level, "\""),
                    "known: linearizable, all");
  }
  const auto text = ReadFile(options.history);
  if (!text.ok()) {
    return Complain(text.status().message(), "give the path of a history");
  }
  return options.format == "wringer" ? JudgeOwn(common, options, *text)
                                     : JudgeForeign(common, options, *text);
}

}  // namespace wringer::cli
