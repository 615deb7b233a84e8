// Small scenarios for tests, written in code.
#ifndef WR_TESTS_SIM_RUN_SCENARIOS_H_
#define WR_TESTS_SIM_RUN_SCENARIOS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/run/run.h"
#include "sim/scenario/names.h"

namespace wringer::sim {

// Three nodes, synchronous primary-backup, fenced; four clients for a second.
inline Scenario Small() {
  Scenario scenario;
  scenario.name = "small";
  scenario.run.length = 1 * kSecond;
  scenario.run.settle = 10 * kSecond;
  scenario.workload.clients = 4;
  scenario.workload.keys.count = 16;
  return scenario;
}

inline FaultSpec At(std::string id, FaultKind kind, Nanos at,
                    std::vector<Target> nodes,
                    std::optional<Nanos> length = std::nullopt) {
  FaultSpec fault;
  fault.id = std::move(id);
  fault.kind = kind;
  fault.trigger.at = at;
  fault.nodes = std::move(nodes);
  if (length) fault.duration = NanosRange{*length, *length};
  return fault;
}

inline RunResult MustRun(const Scenario& scenario, RunOptions options = {}) {
  if (options.seed == 0) options.seed = 7;
  absl::StatusOr<RunResult> result = Run(scenario, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return std::move(*result);
}

// Nothing that no run may show.
inline void ExpectHealthy(const RunResult& result) {
  EXPECT_EQ(result.end, RunEnd::kCompleted);
  EXPECT_TRUE(result.converged_after.has_value());
  for (const Finding& f : result.findings) {
    ADD_FAILURE() << NodeName(f.node) << " " << f.rule << ": " << f.text;
  }
  for (const std::string& defect : result.defects) ADD_FAILURE() << defect;
}

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_RUN_SCENARIOS_H_
