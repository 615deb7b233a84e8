#include "sim/cli/divergence_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

constexpr std::uint64_t kEventsShown = 6;

bool Record(const sim::Scenario& scenario, std::uint64_t seed,
            sim::WindowRecorder* recorder) {
  sim::RunOptions options;
  options.seed = seed;
  options.observers.push_back(recorder);
  return sim::Run(scenario, options).ok();
}

std::string WindowText(sim::EventWindow window) {
  return absl::StrCat("equal up to event ", CountText(window.after),
                      ", different by event ", CountText(window.last));
}

}  // namespace

sim::DigestTrail TrailOf(const sim::RunResult& result) {
  return {result.digest_marks, result.events, result.digest};
}

std::string DivergenceReport(const sim::Scenario& scenario, std::uint64_t seed,
                             sim::EventWindow window) {
  sim::WindowRecorder left(window);
  sim::WindowRecorder right(window);
  const std::string where = absl::StrCat("  ", WindowText(window), "\n");
  if (!Record(scenario, seed, &left) || !Record(scenario, seed, &right)) {
    return where;
  }
  return absl::StrCat(where,
                      sim::DivergenceText(sim::CompareWindows(left, right)));
}

std::string CapsuleDivergenceReport(const sim::Scenario& capsule,
                                    std::uint64_t seed,
                                    sim::EventWindow window) {
  sim::EventWindow shown;
  shown.after = window.after == 0 ? 0 : window.after - 1;
  shown.last = std::min(window.last, window.after + kEventsShown);
  sim::WindowRecorder recorder(shown);
  std::string out = absl::StrCat("  ", WindowText(window), "\n");
  if (!Record(capsule, seed, &recorder)) return out;
  for (const sim::EventRecord& event : recorder.events()) {
    const bool agreed = event.number <= window.after;
    absl::StrAppend(&out, agreed ? "  last agreed  " : "  this build   ",
                    sim::EventText(event), "\n");
  }
  if (recorder.events().empty()) {
    absl::StrAppend(&out, "  this build had ended by then\n");
  }
  return out;
}

}  // namespace wringer::cli
