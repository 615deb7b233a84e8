#include "reports/render/check_lines.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

constexpr std::size_t kNameColumns = 28;

std::string Line(const CheckResult& result, const Style& style) {
  switch (result.status) {
    case CheckStatus::kHolds:
      return CheckLine(LineSign::kHolds, result.name, result.summary, "",
                       style);
    case CheckStatus::kViolated:
      if (result.promised) {
        return CheckLine(LineSign::kViolated, result.name, result.summary,
                         "SAFETY", style);
      }
      return CheckLine(LineSign::kNeutral, result.name, result.summary,
                       "measured", style);
    case CheckStatus::kInconclusive:
      return CheckLine(
          result.promised ? LineSign::kWarning : LineSign::kNeutral,
          result.name,
          absl::StrCat("undecided: ",
                       result.notes.empty() ? "" : result.notes[0]),
          "INCONCLUSIVE", style);
    case CheckStatus::kNotApplicable:
      break;
  }
  return CheckLine(LineSign::kNeutral, result.name,
                   absl::StrCat("not checked: ", result.summary), "", style);
}

}  // namespace

std::string CheckLine(LineSign sign, Slice name, Slice text, Slice verdict,
                      const Style& style) {
  struct Look {
    Slice sign;
    Color color;
  };
  Look look{style.Sign("\u00b7", "."), Color::kDim};
  if (sign == LineSign::kHolds)
    look = {style.Sign("\u2713", "+"), Color::kGood};
  if (sign == LineSign::kViolated) {
    look = {style.Sign("\u2717", "x"), Color::kBad};
  }
  if (sign == LineSign::kWarning) look = {"!", Color::kWarn};
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  const std::size_t room = width - kNameColumns - 5 - verdict.size();
  std::string line = absl::StrCat("  ", style.Paint(look.color, look.sign), " ",
                                  PadRight(name, kNameColumns), " ");
  if (verdict.empty()) {
    absl::StrAppend(&line, Clip(text, room));
  } else {
    absl::StrAppend(&line, PadRight(Clip(text, room - 1), room),
                    style.Paint(look.color, verdict));
  }
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(line), "\n");
}

std::string CheckLines(const std::vector<CheckResult>& results,
                       const Style& style) {
  std::string text;
  for (const CheckResult& result : results) {
    text.append(Line(result, style));
  }
  return text;
}

}  // namespace wringer::reports
