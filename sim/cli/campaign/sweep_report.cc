#include "sim/cli/campaign/sweep_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "sim/cli/campaign/sweep_screen.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

using reports::Color;
using reports::PadRight;
using reports::Style;
using sim::KindStatus;
using sim::ListedKind;
using sim::Tally;

constexpr std::size_t kNamesShown = 3;
constexpr std::int64_t kSecond = 1'000'000'000;
// The pace a campaign should keep on one core, at about a hundred operations a
// simulated second: 8 runs of 60 simulated seconds each.
constexpr std::int64_t kGoalSimulatedSeconds = 60;
constexpr int kGoalRuns = 8;

std::uint64_t Per(std::uint64_t n, std::int64_t ns, std::int64_t unit) {
  const unsigned __int128 product =
      static_cast<unsigned __int128>(n) * static_cast<std::uint64_t>(unit);
  return static_cast<std::uint64_t>(
      product / static_cast<std::uint64_t>(std::max<std::int64_t>(1, ns)));
}

std::string Plural(std::size_t n, Slice noun) {
  return absl::StrCat(CountText(n), " ", noun, n == 1 ? "" : "s");
}

std::string SomeOf(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamesShown);
  std::string text =
      absl::StrJoin(names.begin(), names.begin() + std::ptrdiff_t(shown), ", ");
  if (names.size() > shown) {
    absl::StrAppend(&text, " +", names.size() - shown);
  }
  return text;
}

std::string CountsLine(const SweepOutcome& o) {
  const Tally& t = *o.tally;
  std::string line = absl::StrCat(
      " ", Plural(t.runs, "run"), " in ", ClockText(o.real_ns), ", ",
      CountText(t.passed()), " passed, ", CountText(t.failed), " failed");
  if (!t.kinds.empty()) {
    absl::StrAppend(&line, " = ", Plural(t.kinds.size(), "kind"));
  }
  absl::StrAppend(&line, ", ", CountText(t.inconclusive), " inconclusive");
  if (o.resumed > 0) {
    absl::StrAppend(&line, "; ", CountText(o.resumed), " were there before");
  }
  return line + "\n";
}

// Rates are of all runs over the real time they took, so that they are right
// for a campaign that was resumed, too.
std::string SpeedLines(const SweepOutcome& o) {
  const Tally& t = *o.tally;
  const std::int64_t wall = std::max<std::int64_t>(1, t.real_ns / o.workers);
  const auto simulated = static_cast<std::uint64_t>(t.simulated_ns);
  const std::uint64_t load = Per(t.operations, t.simulated_ns, kSecond);
  const std::uint64_t tenths =
      Per(simulated * 10 / kGoalSimulatedSeconds, t.cpu_ns, 1);
  return absl::StrFormat(
      " speed    %s runs/s, %s events/s, %sx real time on %s; %s "
      "operations a simulated s\n"
      " goal     %d runs of %d simulated s a core and second, at 100 "
      "operations a simulated s; here %d.%d at %d\n",
      CountText(Per(t.runs, wall, kSecond)),
      CountText(Per(t.events, wall, kSecond)),
      CountText(Per(simulated, wall, 1)),
      Plural(static_cast<std::size_t>(o.workers), "worker"), CountText(load),
      kGoalRuns, kGoalSimulatedSeconds, tenths / 10, tenths % 10, load);
}

std::string FaultsLine(const SweepOutcome& o) {
  std::size_t fired = 0;
  std::size_t bit = 0;
  std::vector<std::string> quiet;
  for (const auto& [kind, n] : o.tally->faults) {
    if (n.fired > 0) ++fired;
    if (n.effective > 0) ++bit;
    if (n.fired > 0 && n.effective == 0) quiet.push_back(kind);
  }
  std::string line = absl::StrCat(" faults   ", Plural(fired, "kind"),
                                  " fired, ", bit, " bit");
  if (!quiet.empty()) absl::StrAppend(&line, "   without: ", SomeOf(quiet));
  return line + "\n";
}

std::string MarksLine(const SweepOutcome& o) {
  std::size_t possible = 0;
  const std::vector<std::string> missing =
      MarksNotReached(*o.plan, *o.tally, &possible);
  std::string line = absl::StrCat(" marks    ", possible - missing.size(),
                                  " of ", possible, " reached");
  if (!missing.empty()) {
    absl::StrAppend(&line, "   not: ", SomeOf(missing));
  }
  return line + "\n";
}

std::string ResultsLine(const SweepOutcome& o) {
  std::string text;
  if (!o.folder.empty()) absl::StrAppend(&text, " results  ", o.folder, "\n");
  if (!o.baseline.empty()) {
    absl::StrAppend(&text, " against  ", o.baseline, ": ",
                    o.Count(KindStatus::kNew), " new, ",
                    o.Count(KindStatus::kOngoing), " ongoing, ",
                    o.Count(KindStatus::kGone), " gone\n");
  }
  if (o.torn > 0) {
    absl::StrAppend(&text, " torn     ", Plural(o.torn, "record"),
                    " cut off by a kill; those runs were made again\n");
  }
  return text;
}

std::string SignatureText(const sim::FailureKind& kind) {
  std::string text = absl::StrCat("rule: ", kind.rule);
  if (!kind.role.empty()) absl::StrAppend(&text, "; ", kind.role);
  if (!kind.phase.empty()) absl::StrAppend(&text, "; ", kind.phase);
  return text;
}

std::string KindText(const SweepOutcome& o, const ListedKind& listed,
                     const Style& style) {
  const sim::FailureKind& kind = listed.kind;
  if (listed.status == KindStatus::kGone) {
    return absl::StrCat("  ", style.Sign("\u2713", "+"), " gone     ",
                        kind.Name(), "   ", kind.summary, "\n");
  }
  const bool blamed = listed.status == KindStatus::kNew || !o.baseline_asked;
  std::string text = absl::StrCat(
      "  ",
      style.Paint(blamed ? Color::kBad : Color::kWarn,
                  blamed ? style.Sign("\u2717", "x") : Slice("!")),
      " ", PadRight(sim::KindStatusName(listed.status), 9), kind.violation,
      "   ", style.Paint(Color::kBold, kind.Name()), "   seen ",
      CountText(kind.count), "x\n      ", kind.summary, "\n");
  if (kind.rule != kind.violation) {
    absl::StrAppend(&text, "      ", SignatureText(kind), "\n");
  }
  const auto replay = o.replays.find(kind.Name());
  if (replay != o.replays.end()) {
    absl::StrAppend(&text, "      ", replay->second, "\n");
  }
  return text;
}

std::string SelfTestText(const SweepOutcome& o, const Style& style) {
  std::string text;
  const std::string sign = style.Paint(Color::kBad, style.Sign("\u2717", "x"));
  for (const std::string& kind : o.toothless) {
    absl::StrAppend(&text, "  ", sign, " toothless  ", kind, " fired ",
                    CountText(o.tally->faults.at(kind).fired),
                    "x and never had an effect\n");
  }
  for (const std::string& mark : o.marks_missed) {
    absl::StrAppend(&text, "  ", sign, " mark     ", mark,
                    " is expected, and no run reached it\n");
  }
  for (const std::string& name : o.unstable) {
    absl::StrAppend(&text, "  ", sign, " not deterministic  ", name,
                    ": the same run again had another digest\n");
  }
  for (const sim::PlannedRun& run : o.lost) {
    absl::StrAppend(&text, "  ", sign, " lost     ",
                    o.plan->scenarios()[run.scenario].path, " seed ",
                    SeedText(run.seed),
                    ": its worker was killed from outside twice (out of "
                    "memory?); --resume tries again\n");
  }
  return text;
}

}  // namespace

std::string SweepVerdict(const SweepOutcome& o) {
  const std::size_t kinds = o.tally->kinds.size();
  switch (o.exit_code()) {
    case kInterrupted:
      return "INTERRUPTED   what is above is part of it";
    case kNotDeterministic:
      return "FAIL   not deterministic";
    case kFinding: {
      std::string text =
          absl::StrCat("FAIL   ", Plural(kinds, "kind"), " of failure");
      if (!o.baseline.empty()) {
        absl::StrAppend(&text, ", ", o.Count(KindStatus::kNew), " new");
      }
      return text;
    }
    case kToolFailed:
      return absl::StrCat("FAIL   ", Plural(o.lost.size(), "run"), " lost");
    case kSelfTestFailed:
      return "FAIL   self-test: see the ✗ above";
    case kInconclusive:
      if (o.tally->runs == 0) return "FAIL   0 runs prove nothing";
      return "INCONCLUSIVE   a limit was reached before there was a verdict";
    default:
      break;
  }
  if (kinds == 0) return "PASS";
  return absl::StrCat("PASS   nothing new; ", Plural(kinds, "kind"),
                      " of failure were in the baseline, too");
}

std::string SweepText(const SweepOutcome& o, const Style& style) {
  std::string text = CountsLine(o);
  if (o.tally->runs > 0) {
    absl::StrAppend(&text, SpeedLines(o), FaultsLine(o), MarksLine(o));
  }
  absl::StrAppend(&text, ResultsLine(o));
  for (const ListedKind& kind : o.kinds) {
    absl::StrAppend(&text, KindText(o, kind, style));
  }
  absl::StrAppend(&text, SelfTestText(o, style));
  const ExitCode code = o.exit_code();
  const Color color = code == kHeld           ? Color::kGood
                      : code == kInconclusive ? Color::kWarn
                                              : Color::kBad;
  std::string verdict = SweepVerdict(o);
  if (style.ascii && code == kSelfTestFailed) {
    verdict = "FAIL   self-test: see the x above";
  }
  return absl::StrCat(text, style.Paint(color, verdict), "\n");
}

std::string KindStory(const SweepOutcome& o, const ListedKind& listed) {
  const sim::FailureKind& kind = listed.kind;
  std::string text = absl::StrCat(
      kind.violation, "   ", kind.Name(), " (",
      sim::KindStatusName(listed.status), ", seen ", CountText(kind.count),
      "x)\n\n", kind.summary, "\n", SignatureText(kind), "\n\nScenario  ",
      kind.scenario, "\nSeed      ", SeedText(kind.seed), "\n");
  if (kind.digest != 0) {
    absl::StrAppend(&text, "Digest    ", absl::StrFormat("%016x", kind.digest),
                    "\n");
  }
  const auto replay = o.replays.find(kind.Name());
  if (replay != o.replays.end()) {
    absl::StrAppend(&text, "\nTo see it again:\n  ", replay->second, "\n");
  }
  return text;
}

}  // namespace wringer::cli
