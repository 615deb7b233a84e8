#include "sim/cli/service_level.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "reports/stats/availability.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

using reports::LineSign;

std::string Percent(std::uint32_t per_million) {
  return absl::StrFormat("%d.%02d %%", per_million / 10'000,
                         per_million % 10'000 / 100);
}

void AddLine(std::string name, std::string text, bool held, Verdict* verdict) {
  if (!held) {
    verdict->violations.push_back(
        {absl::StrCat("expectation/", name), absl::StrCat(name, ": ", text)});
  }
  verdict->lines.push_back({held ? LineSign::kHolds : LineSign::kViolated,
                            std::move(name), std::move(text),
                            held ? std::string() : "EXPECTATION"});
}

void JudgeAvailability(const sim::AvailabilitySpec& spec,
                       const reports::History& history, Verdict* verdict) {
  if (!spec.min) return;
  const reports::Availability measured =
      reports::MeasureAvailability(history, spec.window);
  std::uint32_t worst = 1'000'000;
  std::int64_t when = 0;
  for (const reports::AvailabilityWindow& window : measured.windows) {
    if (window.tally.all() == 0) continue;
    if (spec.outside_faults && window.faulty) continue;
    if (window.tally.OkPerMillion() >= worst) continue;
    worst = window.tally.OkPerMillion();
    when = window.start_ns;
  }
  const auto floor = static_cast<std::uint32_t>(*spec.min);
  std::string text =
      absl::StrCat(Percent(worst), " in the worst ", DurationText(spec.window));
  if (spec.outside_faults) absl::StrAppend(&text, " outside faults");
  absl::StrAppend(&text, "   (floor ", Percent(floor), ")");
  if (worst < floor) {
    absl::StrAppend(&text, "; worst at ", DurationText(when));
  }
  AddLine("availability", std::move(text), worst >= floor, verdict);
}

void JudgeLatency(const sim::LatencySpec& spec, const reports::History& history,
                  Verdict* verdict) {
  if (!spec.p50 && !spec.p99 && !spec.max) return;
  const reports::Histogram latency =
      reports::MeasureLatency(history, spec.outside_faults);
  bool held = true;
  std::string text;
  const auto judge = [&](const char* name, std::int64_t measured,
                         const std::optional<Nanos>& limit) {
    if (!limit) return;
    held &= measured <= *limit;
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " ",
                    DurationText(measured), " of ", DurationText(*limit));
  };
  judge("p50", latency.Quantile(500'000), spec.p50);
  judge("p99", latency.Quantile(990'000), spec.p99);
  judge("max", latency.max(), spec.max);
  absl::StrAppend(&text, " allowed");
  AddLine("latency", std::move(text), held, verdict);
}

}  // namespace

void JudgeServiceLevel(const sim::ExpectSpec& expect,
                       const reports::History& history, Verdict* verdict) {
  JudgeAvailability(expect.availability, history, verdict);
  JudgeLatency(expect.latency, history, verdict);
}

}  // namespace wringer::cli
