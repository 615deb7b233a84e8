// The fault plan as plain data: what sim/fault carries out and the shrinker
// edits.
//
// A fault has an id (unique in the file; the key of its random draws, its line
// in the ledger), a trigger, a kind, a victim and parameters. Parameters a kind
// does not use keep their defaults; the parser rejects them when written.
#ifndef WR_SIM_SCENARIO_FAULT_SPEC_H_
#define WR_SIM_SCENARIO_FAULT_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/run_context.h"
#include "engine/base/types.h"
#include "sim/scenario/target_spec.h"
#include "sim/scenario/values.h"

namespace wringer::sim {

enum class FaultKind : std::uint8_t {
  kCrash,        // memory lost, page cache survives; `for` then restart
  kPowerLoss,    // unsynced bytes lost too; `for` then restart
  kPause,        // frozen, nothing lost
  kWipe,         // crash, then restart with an empty disk after `for`
  kPartition,    // cut links: `sides`, `isolate`, `from`+`to`, or `bridge`
  kLink,         // worsen links: delay, loss, duplicate, reorder, hold
  kClockStep,    // the wall clock jumps by `by`
  kClockDrift,   // the clocks run at `rate` off
  kClockFreeze,  // the wall clock stands still
  kDiskFull,     // no space left
  kIoError,      // file calls named by `on` fail
  kSlowDisk,     // service times times `factor`
  kBitRot,       // `bits` bits of stored bytes flip in one place
  kConfig,       // the config service grants an epoch, or an operator promotes
  kMembership,   // nodes join and leave
  kHeal,         // ends the faults named by `faults`, or all
};
inline constexpr std::size_t kFaultKindCount =
    std::size_t(FaultKind::kHeal) + 1;

enum class FaultEvent : std::uint8_t {
  kWriteAcked,     // a client received ok for a write
  kLeaderChanged,  // a replica took office as leader or primary
  kDiskWrite,      // a file write returned on `node`
  kDiskSync,       // a file or directory sync returned ok on `node`
  kNodeUp,         // `node` finished recovery and serves
  kNodeDown,       // `node` went down
};

// What sets a fault off. The n-th matching occurrence counts, `after` is added.
struct FaultTrigger {
  enum class Kind : std::uint8_t {
    kAt,     // at simulated time `at`
    kMark,   // `mark` reached on `node`
    kEvent,  // `event` on `node`
    kRole,   // `node` holds `role` (leader: takes office)
    kFault,  // fault `fault` fired
    kEnd,    // fault `fault` ended
  };
  Kind kind = Kind::kAt;
  Nanos at = 0;
  Mark mark{};  // kMark
  FaultEvent event = FaultEvent::kWriteAcked;
  Role role = Role::kLeader;
  std::string fault;
  std::optional<Target> node;  // unset: on any node
  std::uint64_t count = 1;
  Nanos after = 0;
  bool operator==(const FaultTrigger&) const = default;
};

enum class PartitionShape : std::uint8_t {
  kSides,    // links between different `sides` are cut, both ways
  kIsolate,  // `isolate` on one side, every other replica on the other
  kOneWay,   // messages from `from` to `to` are lost
  kBridge,   // `bridge` reaches both halves, which do not reach each other
};

struct PartitionParams {
  PartitionShape shape = PartitionShape::kSides;
  std::vector<std::vector<Target>> sides;  // kSides; kBridge: two or none
  std::vector<Target> isolate;
  std::vector<Target> except;  // kIsolate: whom they still reach
  std::vector<Target> from;
  std::vector<Target> to;
  std::optional<Target> bridge;
  bool operator==(const PartitionParams&) const = default;
};

// Added to what the links have. Targets as in LinkSpec.
struct LinkParams {
  std::vector<Target> between;
  std::vector<Target> from;
  std::vector<Target> to;
  Delay delay;
  Ppm loss = 0;
  Ppm duplicate = 0;
  Ppm reorder = 0;
  std::uint64_t bandwidth = 0;  // replaces, if not 0
  bool hold = false;  // keep every message; let all go when the fault ends
  bool operator==(const LinkParams&) const = default;
};

// Which file calls an io-error hits.
struct IoCalls {
  bool read = false;
  bool write = false;
  bool sync = false;
  bool operator==(const IoCalls&) const = default;
};

// Which of the node's files a disk fault hits.
enum class FileClass : std::uint8_t { kAny, kWal, kStorage, kMeta };

enum class MembershipAction : std::uint8_t {
  kAdd,
  kAddLearner,
  kRemove,
  kTransferLeader,
  kSetVoters,  // `nodes` and no others; joint, if more than one changes
};

enum class ConfigAction : std::uint8_t {
  kGrant,    // a new epoch with `node` as primary, fencing the old one
  kPromote,  // an operator makes `node` primary and fences nobody
};

struct FaultSpec {
  std::string id;
  FaultTrigger trigger;
  FaultKind kind = FaultKind::kCrash;
  std::vector<Target> nodes;  // victims; empty for partition, link, heal
  // Unset: until a `heal`, or the start of settling.
  std::optional<NanosRange> duration;

  PartitionParams partition;
  LinkParams link;
  Ppm keep = 500'000;        // power-loss: chance of each unsynced unit
  Nanos by = 0;              // clock-step
  std::int64_t rate = 0;     // clock-drift, parts per million
  std::uint64_t spare = 0;   // disk-full: bytes that may still be written
  IoCalls on;                // io-error
  std::uint64_t errors = 1;  // io-error: calls to fail; 0: all until the end
  FileClass files = FileClass::kAny;  // io-error, bit-rot
  std::uint32_t factor = 10;          // slow-disk
  CountRange bits{1, 1};              // bit-rot
  ConfigAction config = ConfigAction::kGrant;
  std::vector<NodeId> in_sync;  // grant: empty = config service decides
  MembershipAction membership = MembershipAction::kAdd;
  std::vector<std::string> faults;  // heal: ids; empty = all

  bool operator==(const FaultSpec&) const = default;
};

// One kind as the nemesis draws it. Weight 0: never.
struct RandomFault {
  std::uint32_t weight = 0;
  NanosRange duration{100 * kMillisecond, 2 * kSecond};
  bool operator==(const RandomFault&) const = default;
};

// Shapes the nemesis may draw for a partition.
struct PartitionShapes {
  bool isolate_one = true;
  bool halves = true;
  bool bridge = true;
  bool one_way = true;
  bool operator==(const PartitionShapes&) const = default;
};

struct RandomPartition : RandomFault {
  PartitionShapes shapes;
  bool operator==(const RandomPartition&) const = default;
};
struct RandomLink : RandomFault {
  Delay delay{0, 50 * kMillisecond, 0};
  Ppm loss = 50'000;
  Ppm duplicate = 20'000;
  Ppm hold = 200'000;  // share of link faults that hold instead
  bool operator==(const RandomLink&) const = default;
};
struct RandomPowerLoss : RandomFault {
  Ppm keep = 500'000;
  bool operator==(const RandomPowerLoss&) const = default;
};
struct RandomClockStep : RandomFault {
  NanosRange by{-500 * kMillisecond, 500 * kMillisecond};
  bool operator==(const RandomClockStep&) const = default;
};
struct RandomClockDrift : RandomFault {
  PpmRange rate{-500, 500};
  bool operator==(const RandomClockDrift&) const = default;
};
struct RandomIoError : RandomFault {
  IoCalls on{true, true, true};
  CountRange errors{1, 3};
  bool operator==(const RandomIoError&) const = default;
};
struct RandomSlowDisk : RandomFault {
  CountRange factor{2, 100};
  bool operator==(const RandomSlowDisk&) const = default;
};
struct RandomBitRot : RandomFault {
  CountRange bits{1, 8};
  bool operator==(const RandomBitRot&) const = default;
};

// A count of nodes, or "minority": the greatest number below half.
struct NodeLimit {
  bool minority = true;
  std::uint32_t count = 0;
  bool operator==(const NodeLimit&) const = default;
};

// What may be wrong at one time; drawn faults beyond it are dropped.
struct FaultLimits {
  NodeLimit down;  // crashed, without power, paused or wiped
  std::uint32_t partitions = 1;
  std::uint32_t wiped = 1;  // in the whole run
  bool operator==(const FaultLimits&) const = default;
};

// Weights and ranges of the nemesis, which draws an explicit list of FaultSpec
// from the seed before the run starts (sim/fault).
struct RandomFaultsSpec {
  Nanos from = 0;
  std::optional<Nanos> until;                       // unset: run.length
  NanosRange gap{200 * kMillisecond, 3 * kSecond};  // between two faults
  FaultLimits at_most;
  // Share of the faults on a node that hit a member of a raft config service
  // instead. These have a limit of their own: a minority of the group is down.
  Ppm config = 0;
  RandomFault crash;
  RandomPowerLoss power_loss;
  RandomFault pause;
  RandomFault wipe;
  RandomPartition partition;
  RandomLink link;
  RandomClockStep clock_step;
  RandomClockDrift clock_drift;
  RandomFault clock_freeze;
  RandomFault disk_full;
  RandomIoError io_error;
  RandomSlowDisk slow_disk;
  RandomBitRot bit_rot;
  bool operator==(const RandomFaultsSpec&) const = default;
};

struct FaultsSpec {
  std::vector<FaultSpec> timeline;
  std::optional<RandomFaultsSpec> random;
  bool operator==(const FaultsSpec&) const = default;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_FAULT_SPEC_H_
