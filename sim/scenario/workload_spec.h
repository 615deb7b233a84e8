// What the clients do: how many, on which keys, how fast, at which levels.
#ifndef WR_SIM_SCENARIO_WORKLOAD_SPEC_H_
#define WR_SIM_SCENARIO_WORKLOAD_SPEC_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/types.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

// "uniform" or "zipf 0.9": probability of rank i proportional to i^-theta.
struct KeyPick {
  enum class Kind : std::uint8_t { kUniform, kZipf };
  Kind kind = Kind::kUniform;
  std::uint32_t theta_millionths = 0;  // kZipf; below 10,000,000
  bool operator==(const KeyPick&) const = default;
};

struct KeysSpec {
  std::uint64_t count = 64;
  KeyPick pick;
  bool operator==(const KeysSpec&) const = default;
};

// Relative weights of the operations drawn.
struct MixSpec {
  std::uint32_t get = 50;
  std::uint32_t put = 50;
  std::uint32_t del = 0;  // written `delete`
  std::uint32_t cas = 0;  // not under a quorum model: no consensus per key
  bool operator==(const MixSpec&) const = default;
};

// "closed" (no think time), "closed 1ms..10ms", or "open 500/s" (Poisson, over
// all clients).
struct PaceSpec {
  enum class Kind : std::uint8_t { kClosed, kOpen };
  Kind kind = Kind::kClosed;
  NanosRange think{5 * kMillisecond, 5 * kMillisecond};  // kClosed
  std::uint64_t per_second = 0;                          // kOpen; > 0
  bool operator==(const PaceSpec&) const = default;
};

// replication.md A3. kDefault: what the model is configured to give.
struct WriteLevelSpec {
  enum class Kind : std::uint8_t {
    kDefault,
    kMem,
    kOs,
    kLocal,
    kCount,  // "k(2)": synced copies
    kQuorum,
    kAll,
    kAny,
  };
  Kind kind = Kind::kDefault;
  std::uint32_t copies = 0;  // kCount; > 0
  bool operator==(const WriteLevelSpec&) const = default;
};

struct ReadLevelSpec {
  enum class Kind : std::uint8_t {
    kLocal,
    kSession,
    kBounded,  // "bounded(100ms)"
    kLeader,
    kLease,
    kQuorum,
    kStrong,
  };
  Kind kind = Kind::kStrong;
  Nanos staleness = 0;  // kBounded; > 0
  bool operator==(const ReadLevelSpec&) const = default;
};

struct LevelsSpec {
  ReadLevelSpec read;
  WriteLevelSpec write;
  bool operator==(const LevelsSpec&) const = default;
};

// Where a client sends an operation first; afterwards redirects rule.
enum class ClientRoute : std::uint8_t {
  kLeader,  // the leader it was last told of
  kSticky,  // one node per client, another after a timeout
  kRandom,  // a node drawn per operation
};

enum class ScriptKind : std::uint8_t { kGet, kPut, kDelete, kCas };

// One operation written out. A client makes its operations in order of `at`:
// each at its time, or as soon as the one before has returned if that is later
// (closed pace). So taking one away leaves the others where they were.
struct ScriptedOp {
  std::uint64_t id = 1;  // unique in the script; the value says "v<id>:"
  std::uint32_t client = 1;
  Nanos at = 0;  // counts from where the clock of the scenario starts
  ScriptKind kind = ScriptKind::kGet;
  std::uint64_t key = 0;     // below keys.count
  std::uint64_t value = 16;  // put, cas: bytes. A cas expects the newest
                             // version that any client has seen of the key
  bool operator==(const ScriptedOp&) const = default;
};

struct WorkloadSpec {
  std::uint32_t clients = 8;
  KeysSpec keys;
  SizeRange values{16, 128};  // bytes
  MixSpec mix;
  PaceSpec pace;
  LevelsSpec levels;
  ClientRoute route = ClientRoute::kLeader;
  Nanos timeout = 1 * kSecond;  // of one attempt
  std::uint32_t retries = 3;    // further attempts, same request id
  NanosRange backoff{10 * kMillisecond, 100 * kMillisecond};
  bool preload = false;                     // write every key before t = 0
  bool final_reads = true;                  // read every key after settling
  std::optional<std::uint64_t> operations;  // unset: until run.length
  // Not empty: exactly these, and nothing of mix, values and think time counts.
  std::vector<ScriptedOp> script;
  bool operator==(const WorkloadSpec&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_WORKLOAD_SPEC_H_
