// A scenario: cluster, world, workload, faults and expectations of a run, as
// plain data. The identity of a run is (scenario, seed, format).
//
// A default-constructed Scenario is a valid one: three nodes, synchronous
// primary-backup over the memory engine on a LAN, no faults. Parsing
// (file/scenario_file.h) yields only scenarios that pass every check there;
// code that consumes one may rely on that.
#ifndef WR_SIM_SCENARIO_SCENARIO_H_
#define WR_SIM_SCENARIO_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/run_context.h"
#include "engine/base/types.h"
#include "sim/scenario/design_spec.h"
#include "sim/scenario/expect_spec.h"
#include "sim/scenario/fault_spec.h"
#include "sim/scenario/workload_spec.h"
#include "sim/scenario/world_spec.h"

namespace wringer::sim {

inline constexpr std::uint32_t kScenarioFormat = 1;

// Passing a limit makes the run inconclusive, never passed.
struct RunLimits {
  std::uint64_t events = 50'000'000;
  Nanos wall = 120 * kSecond;  // real time, watched from outside the world
  bool operator==(const RunLimits&) const = default;
};

// What is healed when the load has ended.
enum class CoreRule : std::uint8_t {
  kAll,       // everything
  kSmallest,  // as few nodes as the model goes on with; the others fail for
              // good
};

struct RunSpec {
  // Simulated time during which clients and faults are active.
  Nanos length = 10 * kSecond;
  // Then faults stop, the core is healed, and liveness is judged.
  Nanos settle = 5 * kSecond;
  CoreRule core = CoreRule::kAll;
  RunLimits limits;
  bool operator==(const RunSpec&) const = default;
};

struct Scenario {
  std::uint32_t format = kScenarioFormat;
  std::string name;
  std::string about;
  std::vector<std::string> tags;
  std::optional<std::uint64_t> seed;  // unset: a fresh one per run
  std::vector<Mutant> mutants;        // planted bugs to switch on

  RunSpec run;
  ClusterSpec cluster;
  StorageSpec storage;
  WalSpec wal;
  ReplicationSpec replication;
  NetworkSpec network;
  DiskSpec disk;
  ClockSpec clocks;
  CpuSpec cpu;
  WorkloadSpec workload;
  FaultsSpec faults;
  ExpectSpec expect;
  std::optional<RegressionSpec> regression;
  std::optional<MatrixSpec> matrix;
  std::optional<CapsuleSpec> capsule;

  bool operator==(const Scenario&) const = default;
};

// The design goes on when nodes fail for good: only then is there a core that
// is smaller than the cluster.
inline bool CanLoseNodes(const ReplicationSpec& replication) {
  switch (replication.model) {
    case ReplicationModel::kRaft:
    case ReplicationModel::kQuorum:
      return true;
    case ReplicationModel::kPrimaryBackup:
      return replication.primary_backup.failover == FailoverRule::kFenced;
    default:
      return false;
  }
}

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCENARIO_H_
