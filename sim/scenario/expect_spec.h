// What a run must satisfy. Unset: what the chosen design itself promises.
#ifndef WR_SIM_SCENARIO_EXPECT_SPEC_H_
#define WR_SIM_SCENARIO_EXPECT_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/run_context.h"
#include "engine/base/types.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

enum class Consistency : std::uint8_t {
  kLinearizable,
  kRegular,   // a read sees the last completed or a concurrent write
  kEventual,  // only what was written, and convergence
  kNone,
};

// The four session guarantees (replication.md 0.2).
struct SessionGuarantees {
  bool read_your_writes = false;
  bool monotonic_reads = false;
  bool monotonic_writes = false;
  bool writes_follow_reads = false;
  bool operator==(const SessionGuarantees&) const = default;
};

// Share of operations answered, in every window.
struct AvailabilitySpec {
  std::optional<Ppm> min;  // unset: not judged
  Nanos window = 1 * kSecond;
  bool outside_faults = true;  // windows that touch a fault do not count
  bool operator==(const AvailabilitySpec&) const = default;
};

struct LatencySpec {
  std::optional<Nanos> p50;
  std::optional<Nanos> p99;
  std::optional<Nanos> max;
  bool outside_faults = true;
  bool operator==(const LatencySpec&) const = default;
};

struct ExpectSpec {
  std::optional<Consistency> consistency;
  std::optional<std::uint64_t> lost_acks;  // greatest number tolerated
  SessionGuarantees sessions;              // beyond `consistency`
  std::optional<Nanos> staleness;          // greatest age of a value read
  // "class/name", e.g. "safety/lost-ack": this run must show it.
  std::optional<std::string> violation;
  std::optional<Nanos> converges;  // after settling began
  AvailabilitySpec availability;
  LatencySpec latency;
  std::vector<Mark> marks;  // each must be reached
  bool operator==(const ExpectSpec&) const = default;
};

// Of a file that pins a fixed bug: the violation must not come back.
struct RegressionSpec {
  std::string violation;
  std::string found;     // "seed 0x5eed11, 1a2b3c4"
  std::string fixed_in;  // commit
  bool operator==(const RegressionSpec&) const = default;
};

// Of a file that keeps one failing run: what that run was, so that a replay can
// tell whether it is the same run again. Nothing of it changes a run.
struct CapsuleSpec {
  std::uint32_t format = 1;
  std::string build;   // "0.1.0 (1a2b3c4 gcc 12.2.0)"
  std::string digest;  // of the whole run, 16 hex digits
  std::uint64_t events = 0;
  std::string violation;    // "safety/lost-ack"
  std::string fingerprint;  // "7f3a9c"
  std::string summary;
  Nanos at =
      0;  // when it was seen, by the clock of the scenario; 0: at the end
  // The digest chain: "event-number.simulated-ns.digest".
  std::vector<std::string> checkpoints;
  bool operator==(const CapsuleSpec&) const = default;
};

// Read by `wringer compare` only. Values are TOML text, checked like --set.
struct MatrixSpec {
  struct Axis {
    std::string key;  // "storage.engine"
    std::vector<std::string> values;
    bool operator==(const Axis&) const = default;
  };
  std::vector<Axis> axes;  // sorted by key
  std::uint64_t seeds = 16;
  std::vector<std::pair<std::string, std::string>> baseline;  // sorted by key
  bool operator==(const MatrixSpec&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_EXPECT_SPEC_H_
