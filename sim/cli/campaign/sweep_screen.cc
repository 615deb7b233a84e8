#include "sim/cli/campaign/sweep_screen.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/cli/terminal.h"
#include "sim/explore/worker_pool.h"

namespace wringer::cli {
namespace {

constexpr std::int64_t kRedraw = 200'000'000;
constexpr std::int64_t kLogLine = 30'000'000'000;
constexpr std::size_t kSummaryWidth = 90;

std::uint64_t PerSecond(std::uint64_t n, std::int64_t real_ns) {
  const auto ms = std::max<std::int64_t>(1, real_ns / 1'000'000);
  return n * 1000 / static_cast<std::uint64_t>(ms);
}

}  // namespace

std::string ClockText(std::int64_t ns) {
  const std::int64_t seconds = ns / 1'000'000'000;
  const std::int64_t hours = seconds / 3600;
  const std::string minutes =
      absl::StrFormat("%02d:%02d", seconds / 60 % 60, seconds % 60);
  return hours == 0 ? minutes : absl::StrCat(hours, ":", minutes);
}

SweepScreen::SweepScreen(const CommonOptions& common, const sim::Tally* tally,
                         std::uint64_t resumed,
                         std::optional<std::uint64_t> runs,
                         std::optional<std::int64_t> real_ns)
    : quiet_(common.quiet),
      tally_(*tally),
      resumed_(resumed),
      runs_(runs),
      budget_ns_(real_ns),
      style_(StyleFor(common, STDERR_FILENO)),
      live_(::isatty(STDERR_FILENO) != 0),
      began_ns_(sim::HostNanos()),
      simulated_before_ns_(tally->simulated_ns),
      marks_(tally->marks.size()) {}

std::int64_t SweepScreen::real_ns() const {
  return sim::HostNanos() - began_ns_;
}

// Against the budget that ends it: time if there is one, else runs.
std::string SweepScreen::Progress() const {
  if (budget_ns_) {
    return absl::StrCat(ClockText(real_ns()), " / ", ClockText(*budget_ns_),
                        "   ", CountText(tally_.runs), " runs");
  }
  const std::string of = runs_ ? absl::StrCat(" of ", CountText(*runs_)) : "";
  return absl::StrCat(ClockText(real_ns()), "   ", CountText(tally_.runs), of,
                      " runs");
}

std::string SweepScreen::Line() const {
  const std::int64_t real = std::max<std::int64_t>(1, real_ns());
  const std::int64_t simulated = tally_.simulated_ns - simulated_before_ns_;
  std::string line = absl::StrCat(
      " ", Progress(), "   ", PerSecond(tally_.runs - resumed_, real), "/s   ",
      CountText(static_cast<std::uint64_t>(simulated / real)), "x real time");
  absl::StrAppend(&line, "   no new mark for ", ClockText(real - new_mark_ns_));
  const std::size_t kinds = tally_.kinds.size();
  if (kinds > 0) {
    absl::StrAppend(&line, "   ", CountText(tally_.failed), " failed = ", kinds,
                    kinds == 1 ? " kind" : " kinds");
  }
  if (tally_.inconclusive > 0) {
    absl::StrAppend(&line, "   ", tally_.inconclusive, " inconclusive");
  }
  return line;
}

void SweepScreen::Tick() {
  if (quiet_) return;
  const std::int64_t now = real_ns();
  if (now - drawn_ns_ < (live_ ? kRedraw : kLogLine)) return;
  drawn_ns_ = now;
  const auto width = static_cast<std::size_t>(style_.width);
  Err(live_ ? absl::StrCat("\r\033[K", reports::Clip(Line(), width))
            : absl::StrCat(Line(), "\n"));
}

void SweepScreen::OnRecord(const sim::RunRecord& record, bool new_kind) {
  if (tally_.marks.size() > marks_) {
    marks_ = tally_.marks.size();
    new_mark_ns_ = real_ns();
  }
  if (!new_kind) return;
  Clear();
  const std::size_t slash = record.violation.find('/');
  Err(absl::StrCat(
      "   ", style_.Paint(reports::Color::kBad, style_.Sign("\u2717", "x")),
      " ", ClockText(real_ns()), "  ", record.violation.substr(0, slash), "  ",
      record.violation.substr(slash + 1), "-", record.fingerprint, "  ",
      record.scenario, "  seed ", SeedText(record.seed), "\n           ",
      reports::Clip(record.summary, kSummaryWidth), "\n"));
}

void SweepScreen::Clear() const {
  if (live_ && !quiet_) Err("\r\033[K");
}

}  // namespace wringer::cli
