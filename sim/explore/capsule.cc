#include "sim/explore/capsule.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace wringer::sim {
namespace {

std::string Hex(std::uint64_t digest) {
  return absl::StrFormat("%016x", digest);
}

bool ParseHex(const std::string& text, std::uint64_t* digest) {
  return text.size() == 16 && absl::SimpleHexAtoi(text, digest);
}

std::vector<std::string> Checkpoints(const std::vector<DigestMark>& marks) {
  const std::size_t every =
      (marks.size() + kCheckpointsMost - 1) / kCheckpointsMost;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if ((i + 1) % every != 0) continue;
    out.push_back(absl::StrCat(marks[i].event_number, ".", marks[i].at, ".",
                               Hex(marks[i].digest)));
  }
  return out;
}

}  // namespace

Scenario MakeCapsule(const Scenario& scenario, const RunResult& result,
                     const CapsuleVerdict& verdict, const std::string& build) {
  Scenario capsule = scenario;
  capsule.seed = result.seed;
  capsule.faults.timeline = PlanFaults(scenario, result.seed);
  capsule.faults.random.reset();
  capsule.matrix.reset();
  capsule.capsule = CapsuleSpec{
      .format = 1,
      .build = build,
      .digest = Hex(result.digest),
      .events = result.events,
      .violation = verdict.violation,
      .fingerprint = verdict.fingerprint,
      .summary = verdict.summary,
      .at = verdict.at,
      .checkpoints = Checkpoints(result.digest_marks),
  };
  return capsule;
}

absl::StatusOr<DigestTrail> TrailOf(const CapsuleSpec& capsule) {
  DigestTrail trail;
  trail.events_run = capsule.events;
  if (!ParseHex(capsule.digest, &trail.digest)) {
    return absl::InvalidArgumentError("capsule.digest is not 16 hex digits");
  }
  for (const std::string& text : capsule.checkpoints) {
    const std::vector<std::string> fields = absl::StrSplit(text, '.');
    DigestMark mark;
    if (fields.size() != 3 ||
        !absl::SimpleAtoi(fields[0], &mark.event_number) ||
        !absl::SimpleAtoi(fields[1], &mark.at) ||
        !ParseHex(fields[2], &mark.digest)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", text, "\" in capsule.checkpoints is not a checkpoint"));
    }
    trail.marks.push_back(mark);
  }
  return trail;
}

std::optional<EventWindow> FirstDifference(const DigestTrail& capsule,
                                           const RunResult& run, bool partial) {
  std::uint64_t agreed = 0;
  std::size_t i = 0;
  for (const DigestMark& mark : capsule.marks) {
    while (i < run.digest_marks.size() &&
           run.digest_marks[i].event_number < mark.event_number) {
      ++i;
    }
    if (i == run.digest_marks.size()) break;
    const DigestMark& own = run.digest_marks[i];
    if (own.event_number != mark.event_number || own.digest != mark.digest) {
      return EventWindow{agreed, mark.event_number};
    }
    agreed = mark.event_number;
  }
  if (partial) return std::nullopt;
  if (run.events == capsule.events_run && run.digest == capsule.digest) {
    return std::nullopt;
  }
  return EventWindow{agreed, std::max(run.events, capsule.events_run)};
}

}  // namespace wringer::sim
