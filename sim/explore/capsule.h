// A capsule: one failing run in one scenario file. The scenario fully resolved,
// every fault explicit, the seed; and in [capsule] what the run was: its build,
// verdict, digest and a chain of checkpoints of the digest, so that a replay
// can say not only that it is another run but from where on.
//
// Checkpoints are thinned to at most kCheckpointsMost, so a capsule stays well
// below 64 KiB however long the run was.
#ifndef WR_SIM_EXPLORE_CAPSULE_H_
#define WR_SIM_EXPLORE_CAPSULE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sim/core/divergence.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

inline constexpr std::size_t kCheckpointsMost = 256;

struct CapsuleVerdict {
  std::string violation;
  std::string fingerprint;
  std::string summary;
  Nanos at = 0;  // by the clock of the scenario
};

// The capsule of a run of `scenario`. Running it gives the same digest.
Scenario MakeCapsule(const Scenario& scenario, const RunResult& result,
                     const CapsuleVerdict& verdict, const std::string& build);

// What a capsule remembers of its run's digests. kInvalidArgument if it was
// tampered with.
absl::StatusOr<DigestTrail> TrailOf(const CapsuleSpec& capsule);

// Where a run leaves the chain of a capsule: equal up to event `after`,
// different by `last`. Nothing if it is the run of the capsule. With `partial`
// the run was stopped on purpose, and only what it has is compared.
std::optional<EventWindow> FirstDifference(const DigestTrail& capsule,
                                           const RunResult& run, bool partial);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_CAPSULE_H_
