// The score as a table and as JSON.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/marks.h"
#include "reports/history/json_writer.h"
#include "reports/render/style.h"
#include "sim/cli/campaign/score_board.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

using reports::Color;
using reports::PadRight;

constexpr std::size_t kNameWidth = 38;
constexpr std::size_t kRowWidth = 8;
constexpr std::size_t kModelWidth = 15;
constexpr std::size_t kStageWidth = 12;

std::string Shown(const std::string& model) {
  return model.empty() ? "any" : model;
}

std::string Row(const MutantScore& score, const reports::Style& style) {
  const MutantInfo& info = Info(score.mutant);
  const bool detected = score.detected > 0;
  std::string line = absl::StrCat(
      "  ", PadRight(std::string(info.name), kNameWidth),
      PadRight(std::string(info.catalogue), kRowWidth),
      PadRight(Shown(ModelOf(score.mutant)), kModelWidth),
      style.Paint(detected ? Color::kGood : Color::kBad,
                  PadRight(std::string(StageName(score)), kStageWidth)));
  absl::StrAppendFormat(&line, "%5d %5d %5d   ", score.runs, score.reached,
                        score.infected);
  if (detected) {
    absl::StrAppend(&line, score.check, "  after ",
                    DurationText(score.simulated_ns), " simulated, seed ",
                    SeedText(*score.seed));
  }
  return line + "\n";
}

std::string CleanText(const ScoreBoard& board) {
  const auto alarms = board.FalseAlarms();
  std::string text =
      absl::StrCat("  ", alarms.size(), " of ", board.clean_runs(),
                   " runs without a mutant failed");
  if (board.clean_inconclusive() > 0) {
    absl::StrAppend(&text, ", ", board.clean_inconclusive(), " inconclusive");
  }
  absl::StrAppend(&text, "\n");
  for (const sim::RunRecord& alarm : alarms) {
    absl::StrAppend(&text, "    ", alarm.violation, "  ", ProgramName(),
                    " run --swarm", alarm.scenario.empty() ? "" : " --model ",
                    alarm.scenario, " --seed ", SeedText(alarm.seed), "\n");
  }
  return text;
}

}  // namespace

std::string ScoreText(const ScoreBoard& board, const reports::Style& style) {
  std::string text = absl::StrCat(
      "  ", PadRight("mutant", kNameWidth), PadRight("row", kRowWidth),
      PadRight("model", kModelWidth), PadRight("", kStageWidth),
      " runs reach infct   detected by\n");
  std::size_t detected = 0;
  std::string missed;
  for (std::size_t i = 0; i < board.mutants().size(); ++i) {
    const MutantScore score = board.Of(i);
    absl::StrAppend(&text, Row(score, style));
    if (score.detected > 0) {
      ++detected;
    } else {
      absl::StrAppend(&missed, " ", Info(score.mutant).name);
    }
  }
  absl::StrAppend(&text, "\n  ", detected, " of ", board.mutants().size(),
                  " detected");
  if (detected > 0) {
    const Effort effort = board.EffortOfDetection();
    absl::StrAppend(&text, ": median ", effort.runs_median, " runs (",
                    DurationText(effort.simulated_ns_median),
                    " simulated), p95 ", effort.runs_p95, " runs (",
                    DurationText(effort.simulated_ns_p95), ")");
  }
  absl::StrAppend(&text, "\n", CleanText(board));
  if (!missed.empty()) absl::StrAppend(&text, "  missed:", missed, "\n");
  return text;
}

std::string ScoreJson(const ScoreBoard& board, bool passed) {
  std::string out;
  reports::JsonWriter json(&out);
  json.Object().Field("format", "wringer-score-1").Field("passed", passed);
  json.Key("mutants").Array();
  for (std::size_t i = 0; i < board.mutants().size(); ++i) {
    const MutantScore score = board.Of(i);
    const MutantInfo& info = Info(score.mutant);
    json.Object().Field("mutant", info.name);
    json.Field("row", info.catalogue);
    json.Field("model", Slice(Shown(ModelOf(score.mutant))));
    json.Field("stage", StageName(score));
    json.Field("runs", score.runs);
    json.Field("reached", score.reached);
    json.Field("infected", score.infected);
    if (score.seed) {
      json.Field("check", Slice(score.check));
      json.Field("seed", Slice(SeedText(*score.seed)));
    }
    json.Field("simulated_ns", score.simulated_ns).End();
  }
  const Effort effort = board.EffortOfDetection();
  json.End().Key("effort").Object();
  json.Field("runs_median", effort.runs_median);
  json.Field("runs_p95", effort.runs_p95);
  json.Field("simulated_ns_median", effort.simulated_ns_median);
  json.Field("simulated_ns_p95", effort.simulated_ns_p95).End();
  json.Field("clean_runs", board.clean_runs());
  json.Field("clean_inconclusive", board.clean_inconclusive());
  json.Field("false_alarms", std::uint64_t{board.FalseAlarms().size()}).End();
  return out;
}

}  // namespace wringer::cli
