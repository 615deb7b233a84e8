// One run of (build, scenario, seed), from an empty world to a result that
// everything else (checks, reports, shrinking, comparison) works on.
//
//   boot      every replica and config node starts; keys are preloaded if asked
//   load      faults are active for run.length, clients as soon as the cluster
//             is ready; times in a scenario count from here
//   settle    faults stop and are undone, dead and halted nodes restart (with
//             run.core = "smallest": those of the core), clients finish; ends
//             when all replicas of the core agree, or after run.settle
//   last look every key is read once more, and every replica's data is dumped
//
// Deterministic: equal (build, scenario, seed), equal digest, whatever the
// trace filter, the observers and the oracles. Knows nothing of verdicts: those
// come from reports/check, out of the history.
#ifndef WR_SIM_RUN_RUN_H_
#define WR_SIM_RUN_RUN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/run_context.h"
#include "reports/history/history.h"
#include "sim/core/trace.h"
#include "sim/core/world.h"
#include "sim/fault/ledger.h"
#include "sim/net/sim_network.h"
#include "sim/oracle/oracle.h"
#include "sim/oracle/witness.h"
#include "sim/scenario/scenario.h"
#include "sim/workload/recorder.h"

namespace wringer::sim {

struct RunOptions {
  std::uint64_t seed = 0;
  // Lines that pass the filter go to the sink; empty: silence.
  TraceFilter trace_filter;
  TraceHub::Sink trace_sink;
  // Told of every event. Must change nothing.
  std::vector<WorldObserver*> observers;
  // Told of everything and allowed to look. Must change nothing.
  std::vector<RunWitness*> witnesses;
  // Stop here, counted from where the clock of the scenario starts. What runs
  // until then is what runs without it.
  std::optional<Nanos> until;
  bool oracles = true;
  // Self-test of the ledger: faults of this kind do nothing.
  std::optional<FaultKind> inert;
  // Printed with a failed check, beside the seed.
  std::string replay_line;
  // Called on a failed check, after it was printed and before the abort.
  void (*on_check_failed)(void* object, const std::string& what) = nullptr;
  void* on_check_failed_object = nullptr;
};

// What the loop ended with, over all phases.
enum class RunEnd : std::uint8_t {
  kCompleted,   // every phase ran
  kStuck,       // settled for the whole time, and did not agree or answer
  kEventLimit,  // run.limits.events: inconclusive
  kStopped,     // RunOptions::until
};

struct NodeMetrics {
  NodeId node;
  std::uint64_t boots = 0;
  std::uint64_t frames_damaged = 0;  // of the last life
  std::uint64_t disk_syncs = 0;
  std::uint64_t disk_bytes_written = 0;
  std::uint64_t checkpoints = 0;  // of the last life
};

struct RunMetrics {
  WorkloadCounts operations;
  NetworkStats network;
  std::vector<NodeMetrics> nodes;
  std::uint64_t promises_checked = 0;
  std::uint64_t shadows_checked = 0;  // recoveries of durable images
  std::uint64_t entries_checked = 0;
};

struct RunResult {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  std::vector<DigestMark> digest_marks;
  std::uint64_t events = 0;
  RunEnd end = RunEnd::kCompleted;
  StopReason stop = StopReason::kDeadline;  // of the last phase
  Nanos load_began = 0;                     // true time
  Nanos load_ended = 0;
  Nanos ended = 0;
  // Replicas equal and clients idle, counted from load_ended; unset: never.
  std::optional<Nanos> converged_after;
  // Nodes that failed for good when the load ended; empty if all was healed.
  std::vector<NodeId> lost;
  // RunEnd::kStuck: what was waited for.
  std::string stuck_on;
  // "n1 takes n3 for dead": a failure detector that did not change its mind
  // about a healthy node; empty if all came to agree, or none runs.
  std::string taken_for_dead;
  // RunEnd::kStuck: why the cluster need not have come back, if it need not.
  std::string stuck_because;

  // With faults, node events and the final state in it. Sealed.
  reports::History history;
  Ledger ledger;
  std::vector<Finding> findings;
  std::uint64_t findings_total = 0;
  RunMetrics metrics;
  // Marks reached and mutants' switched lines executed, by name, with counts.
  std::vector<std::pair<Mark, std::uint64_t>> marks;
  std::vector<std::pair<Mutant, std::uint64_t>> mutants;
  std::vector<std::string> defects;  // calls from beyond the grave
  std::vector<std::string> halts;    // nodes that refused to go on, and why
  std::vector<EventRecord> last_events;
};

// kInvalidArgument if the scenario cannot be built: a model or engine this
// build does not have. REQUIRES: the scenario passed the parser's checks.
absl::StatusOr<RunResult> Run(const Scenario& scenario,
                              const RunOptions& options);

// Every fault of the run as planned for this seed, roles open. What
// `scenario dump` writes, and shrinking edits.
std::vector<FaultSpec> PlanFaults(const Scenario& scenario, std::uint64_t seed);

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_RUN_H_
