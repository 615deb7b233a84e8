#include "sim/cli/campaign/sweep_outcome.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/cli/swarm_flags.h"

namespace wringer::cli {
namespace {

// Marks of a protocol are reached under that protocol only; "" for the others.
struct Protocol {
  Slice prefix;
  sim::ReplicationModel model;
};
constexpr Protocol kProtocols[] = {
    {"raft.", sim::ReplicationModel::kRaft},
    {"primary_backup.", sim::ReplicationModel::kPrimaryBackup},
    {"quorum.", sim::ReplicationModel::kQuorum},
};

bool Possible(const sim::SeedPlan& plan, Slice mark) {
  for (const Protocol& protocol : kProtocols) {
    if (!absl::StartsWith(mark, protocol.prefix)) continue;
    return std::any_of(plan.scenarios().begin(), plan.scenarios().end(),
                       [&](const sim::PlannedScenario& s) {
                         return s.path == kSwarmPath ||
                                s.scenario.replication.model == protocol.model;
                       });
  }
  return true;
}

}  // namespace

std::size_t SweepOutcome::Count(sim::KindStatus status) const {
  return static_cast<std::size_t>(std::count_if(
      kinds.begin(), kinds.end(),
      [&](const sim::ListedKind& k) { return k.status == status; }));
}

std::size_t SweepOutcome::Blamed() const {
  const std::size_t fresh = Count(sim::KindStatus::kNew);
  return baseline_asked ? fresh : fresh + Count(sim::KindStatus::kOngoing);
}

ExitCode SweepOutcome::exit_code() const {
  if (interrupted) return kInterrupted;
  if (!unstable.empty()) return kNotDeterministic;
  if (Blamed() > 0) return kFinding;
  if (!lost.empty()) return kToolFailed;
  if (SelfTestFailed()) return kSelfTestFailed;
  // Work not done is a failure.
  if (tally->runs == 0 || tally->inconclusive > 0) return kInconclusive;
  return tally->operations == 0 ? kInconclusive : kHeld;
}

std::vector<std::string> MarksMissed(const sim::SeedPlan& plan,
                                     const sim::Tally& tally) {
  std::vector<std::string> missed;
  for (const sim::PlannedScenario& planned : plan.scenarios()) {
    const auto ran = tally.scenarios.find(planned.path);
    if (planned.pinned || ran == tally.scenarios.end()) continue;
    for (const Mark mark : planned.scenario.expect.marks) {
      const std::string name(Info(mark).name);
      if (ran->second.marks.count(name) > 0) continue;
      missed.push_back(absl::StrCat(planned.path, ": ", name));
    }
  }
  return missed;
}

std::vector<std::string> MarksNotReached(const sim::SeedPlan& plan,
                                         const sim::Tally& tally,
                                         std::size_t* possible) {
  *possible = 0;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    const std::string name(Info(Mark(i)).name);
    if (!Possible(plan, name)) continue;
    ++*possible;
    if (tally.marks.count(name) == 0) missing.push_back(name);
  }
  return missing;
}

}  // namespace wringer::cli
