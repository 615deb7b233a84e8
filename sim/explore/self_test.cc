#include "sim/explore/self_test.h"

#include <algorithm>
#include <utility>

#include "engine/base/marks.h"
#include "sim/run/run.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kSeed = 7;

Scenario Small() {
  Scenario scenario;
  scenario.name = "self-test";
  scenario.seed = kSeed;
  scenario.run.length = 2 * kSecond;
  scenario.run.settle = 10 * kSecond;
  scenario.run.limits.events = 500'000;
  scenario.workload.clients = 4;
  scenario.workload.keys.count = 16;
  return scenario;
}

FaultSpec FaultOf(FaultKind kind) {
  FaultSpec fault;
  fault.id = "bite";
  fault.kind = kind;
  fault.trigger.at = 300 * kMillisecond;
  fault.nodes = {Target::Node(NodeId(2))};
  fault.duration = NanosRange{300 * kMillisecond, 300 * kMillisecond};
  fault.by = -400 * kMillisecond;
  fault.rate = 500;
  fault.keep = 0;
  fault.factor = 20;
  fault.on.sync = true;
  return fault;
}

}  // namespace

std::vector<FaultKind> KindsWithABite() {
  std::vector<FaultKind> kinds;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    if (FaultKind(i) != FaultKind::kHeal) kinds.push_back(FaultKind(i));
  }
  return kinds;
}

Scenario BiteScenario(FaultKind kind) {
  Scenario scenario = Small();
  FaultSpec fault = FaultOf(kind);
  switch (kind) {
    case FaultKind::kPartition:
      fault.nodes.clear();
      fault.partition.shape = PartitionShape::kIsolate;
      fault.partition.isolate = {Target::Of(Role::kLeader)};
      break;
    case FaultKind::kLink:
      fault.nodes.clear();
      fault.link.from = {Target::Of(Role::kLeader)};
      fault.link.to = {Target::Of(Role::kOthers)};
      fault.link.delay = {kMillisecond, 2 * kMillisecond, 0};
      break;
    case FaultKind::kMembership:
      // Groups change their members under a protocol that can.
      scenario.replication.model = ReplicationModel::kRaft;
      scenario.cluster.config_service = ConfigServiceKind::kNone;
      fault.membership = MembershipAction::kTransferLeader;
      fault.duration.reset();
      break;
    default:
      break;
  }
  scenario.faults.timeline = {std::move(fault)};
  return scenario;
}

BiteResult TryBite(FaultKind kind) {
  BiteResult bite;
  bite.kind = kind;
  const Scenario scenario = BiteScenario(kind);
  RunOptions options;
  options.seed = kSeed;
  const auto result = Run(scenario, options);
  if (!result.ok()) {
    bite.effect = std::string(result.status().message());
    return bite;
  }
  const LedgerEntry& entry = result->ledger.entries().at(0);
  bite.bit = entry.verdict() == FaultVerdict::kEffective;
  bite.effect = bite.bit ? entry.effect.text
                         : std::string(FaultVerdictName(entry.verdict()));
  options.inert = kind;
  const auto inert = Run(scenario, options);
  if (!inert.ok()) return bite;
  const std::vector<FaultKind> toothless = inert->ledger.Toothless();
  bite.inert_noticed =
      std::find(toothless.begin(), toothless.end(), kind) != toothless.end();
  return bite;
}

Scenario CanaryScenario() {
  Scenario scenario = Small();
  FaultSpec fault = FaultOf(FaultKind::kPowerLoss);
  fault.nodes = {Target::Of(Role::kAll)};
  scenario.faults.timeline = {std::move(fault)};
  scenario.mutants = {Mutant::kWalAckBeforeSync};
  return scenario;
}

}  // namespace wringer::sim
