#include "sim/explore/shrink/ranges.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/units.h"

namespace wringer::sim {
namespace {

// Distances tried to both sides: dense near by, sparse far away.
constexpr Nanos kDistances[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};
constexpr std::uint64_t kOtherSeeds = 10;

std::string TimeText(Nanos at) {
  return FormatQuantity(at, Dimension::kDuration);
}

// The moments to try, and where the written one is among them.
std::vector<Nanos> MomentsAround(Nanos at, Nanos end) {
  std::vector<Nanos> moments = {at};
  for (const Nanos distance : kDistances) {
    const Nanos by = distance * kMillisecond;
    if (at - by >= 0) moments.push_back(at - by);
    if (at + by < end) moments.push_back(at + by);
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

template <typename Edit>
TimeRange Probe(const Scenario& scenario, Nanos at, Prober* prober,
                const Edit& edit) {
  const std::vector<Nanos> moments = MomentsAround(at, scenario.run.length);
  std::vector<Scenario> proposals;
  for (const Nanos moment : moments) {
    Scenario next = scenario;
    edit(&next, moment);
    proposals.push_back(std::move(next));
  }
  const std::vector<bool> failing = prober->Failing(proposals);
  const auto place = static_cast<std::size_t>(
      std::find(moments.begin(), moments.end(), at) - moments.begin());
  std::size_t first = place;
  std::size_t last = place;
  while (first > 0 && failing[first - 1]) --first;
  while (last + 1 < moments.size() && failing[last + 1]) ++last;
  return {.first = moments[first],
          .last = moments[last],
          .to_the_end = last + 1 == moments.size() && last > place};
}

std::vector<bool> ProbeValues(const Scenario& scenario, Prober* prober) {
  std::vector<bool> any;
  for (std::size_t i = 0; i < scenario.workload.script.size(); ++i) {
    const ScriptKind kind = scenario.workload.script[i].kind;
    std::vector<Scenario> proposals;
    for (const std::uint64_t size : {8u, 100u, 1000u}) {
      proposals.push_back(scenario);
      proposals.back().workload.script[i].value = size;
    }
    const bool writes = kind == ScriptKind::kPut || kind == ScriptKind::kCas;
    const std::vector<bool> failing =
        writes ? prober->Failing(proposals) : std::vector<bool>{false};
    any.push_back(std::all_of(failing.begin(), failing.end(),
                              [](bool one) { return one; }));
  }
  return any;
}

void ProbeSeeds(const Scenario& scenario, Prober* prober, Tolerance* out) {
  std::vector<Scenario> proposals;
  for (std::uint64_t i = 1; i <= kOtherSeeds; ++i) {
    proposals.push_back(scenario);
    proposals.back().seed = scenario.seed.value_or(0) + 1000 + i;
  }
  const std::vector<bool> failing = prober->Failing(proposals);
  out->seeds_tried = kOtherSeeds;
  out->seeds_failing = static_cast<std::uint64_t>(
      std::count(failing.begin(), failing.end(), true));
}

void ProbeEngines(const Scenario& scenario, Prober* prober, Tolerance* out) {
  for (const Slice name : NamesOf<StorageKind>().Built()) {
    const auto kind = FindName<StorageKind>(name);
    if (!kind || *kind == scenario.storage.engine) continue;
    Scenario next = scenario;
    next.storage.engine = *kind;
    if (prober->Failing({next})[0]) out->engines.emplace_back(name);
  }
}

}  // namespace

Tolerance ProbeTolerance(const Scenario& scenario, Prober* prober) {
  Tolerance out;
  for (std::size_t i = 0; i < scenario.faults.timeline.size(); ++i) {
    const FaultTrigger& trigger = scenario.faults.timeline[i].trigger;
    if (trigger.kind != FaultTrigger::Kind::kAt) {
      out.faults.push_back({});
      continue;
    }
    out.faults.push_back(
        Probe(scenario, trigger.at, prober, [i](Scenario* next, Nanos at) {
          next->faults.timeline[i].trigger.at = at;
        }));
  }
  for (std::size_t i = 0; i < scenario.workload.script.size(); ++i) {
    out.operations.push_back(Probe(
        scenario, scenario.workload.script[i].at, prober,
        [i](Scenario* next, Nanos at) { next->workload.script[i].at = at; }));
  }
  out.any_value = ProbeValues(scenario, prober);
  ProbeSeeds(scenario, prober, &out);
  ProbeEngines(scenario, prober, &out);
  return out;
}

std::string RangeText(const TimeRange& range, Nanos written) {
  const bool earlier = range.first < written;
  if (range.to_the_end) {
    return earlier ? absl::StrCat("any time from ", TimeText(range.first))
                   : "any later time";
  }
  if (!earlier && range.last <= written) return "to the millisecond";
  return absl::StrCat("any time in ", TimeText(range.first), "..",
                      TimeText(range.last));
}

}  // namespace wringer::sim
