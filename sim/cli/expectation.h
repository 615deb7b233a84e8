// The expectation matrix: what each design promises under each class of fault
// (replication.md A4), as data.
//
// A cell says which properties MAY be violated there. It decides what a run
// must satisfy when its scenario is silent, and the report prints it. A cell
// that is empty is a promise, and every sweep holds the design to it; a cell
// that is not has a stored scenario in which the anomaly really appears.
#ifndef WR_SIM_CLI_EXPECTATION_H_
#define WR_SIM_CLI_EXPECTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

enum class FaultClass : std::uint8_t {
  kNone,       // the network's everyday losses and delays
  kCrash,      // process crashes, and the failovers they cause
  kPowerLoss,  // of one node or of all
  kPartition,  // cut, held and slowed links
  kClocks,     // pauses, clock steps, drift, freezes, slow disks
  kDamage,     // lost disks, bit rot, I/O errors, full disks
  kConfig,     // an operator promotes or changes members
};
inline constexpr std::size_t kFaultClassCount =
    std::size_t(FaultClass::kConfig) + 1;

// What may be violated, as bits.
enum Hazard : std::uint8_t {
  kNothing = 0,
  kLin = 1,       // linearizability of what claims to be
  kDur = 2,       // an acknowledged write is lost
  kSessions = 4,  // the session guarantees of weak reads
  kConv = 8,      // replicas stay apart
};

struct ExpectationRow {
  const char* design;
  std::array<std::uint8_t, kFaultClassCount> may;  // bits of Hazard
};

// The names of the rows that a scenario's design belongs to. More than one
// where two choices are independent: unsynced copies and reads at the leader.
std::string DesignOf(const sim::Scenario& scenario);
// Every row, for `--explain` and the report.
const std::vector<ExpectationRow>& ExpectationMatrix();

FaultClass ClassOf(sim::FaultKind kind);
Slice FaultClassName(FaultClass fault_class);

// What may be violated in a run of `scenario` in which faults of these kinds
// may happen: the union over its rows. Clocks that keep the rate leases trust
// are no hazard to reads under one.
std::uint8_t MayViolate(const sim::Scenario& scenario,
                        const std::vector<sim::FaultKind>& kinds);
// The design shows effects that no copy need hold yet: they may be undone.
bool SeenBeforeAcknowledged(const sim::Scenario& scenario);
// "linearizability, acknowledged writes"; "nothing".
std::string HazardText(std::uint8_t hazards);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_EXPECTATION_H_
