#include "sim/scenario/names.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wringer::sim {

std::optional<std::size_t> EnumNames::Find(Slice name) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i].name == name) {
      return i;
    }
  }
  return std::nullopt;
}

std::vector<Slice> EnumNames::Built() const {
  std::vector<Slice> out;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i].built) {
      out.push_back(first[i].name);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<Slice> EnumNames::All() const {
  std::vector<Slice> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(first[i].name);
  }
  return out;
}

// The table of one enum: names in the order of the enumerators, of which
// `last` is the last.
#define WR_ENUM_NAMES(Enum, last, what, ...)                               \
  template <>                                                              \
  const EnumNames& NamesOf<Enum>() {                                       \
    static constexpr EnumName kNames[] = {__VA_ARGS__};                    \
    static constexpr std::size_t kSize = sizeof(kNames) / sizeof(*kNames); \
    static_assert(kSize == std::size_t(Enum::last) + 1);                   \
    static constexpr EnumNames kAll{what, kNames, kSize};                  \
    return kAll;                                                           \
  }

WR_ENUM_NAMES(CoreRule, kSmallest, "core", {"all", "every node"},
              {"smallest",
               "as few nodes as the model goes on with, drawn; the others "
               "fail for good"})
WR_ENUM_NAMES(ConfigServiceKind, kRaft, "config service",
              {"none", "nobody grants epochs"},
              {"scripted", "an infallible oracle outside the cluster"},
              {"raft", "a meta group m1..mN that faults can hit"})
WR_ENUM_NAMES(StorageKind, kSqlite, "storage engine",
              {"memory", "ordered map, WAL and checkpoints"},
              {"hashlog", "hash index over a log", false},
              {"btree", "B+tree", false},
              {"lsm", "log-structured merge tree", false},
              {"sqlite", "SQLite as a guest", false})
WR_ENUM_NAMES(WalSync, kNone, "WAL sync policy",
              {"every", "one sync per record"},
              {"group", "records wait up to `delay` and share a sync"},
              {"interval", "a sync every `delay`; level `os`"},
              {"none", "never synced; level `os`"})
WR_ENUM_NAMES(ReplicationModel, kMultiLeader, "replication model",
              {"single", "one node, n1"},
              {"primary_backup", "log shipping from an appointed primary"},
              {"raft", "an elected leader and majorities"},
              {"quorum", "leaderless N/R/W"},
              {"chain", "chain replication and CRAQ", false},
              {"multi_leader", "asynchronous, merged", false})
WR_ENUM_NAMES(AckRule, kSync, "ack rule", {"async", "waits for nobody"},
              {"semi-sync", "waits for `k` backups"},
              {"sync", "waits for the whole in-sync set"})
WR_ENUM_NAMES(AckedBy, kRemoteApply, "acknowledgement of a backup",
              {"remote-write", "the backup has written it, not synced"},
              {"remote-sync", "the backup has synced it"},
              {"remote-apply", "the backup has synced and applied it"})
WR_ENUM_NAMES(Visibility, kAfterAck, "visibility",
              {"before-ack", "readable at the primary at once"},
              {"after-ack", "readable once the backups have it"})
WR_ENUM_NAMES(DegradeRule, kShrink, "degrade rule", {"block", "wait for ever"},
              {"async", "after `degrade_after` answer alone, at level local"},
              {"shrink",
               "after `degrade_after` drop them from the in-sync set"})
WR_ENUM_NAMES(FailoverRule, kFenced, "failover rule", {"none", "never"},
              {"scripted", "only by faults of kind config"},
              {"unfenced", "by the detector; the old primary is not told"},
              {"fenced", "by an epoch of the config service"})
WR_ENUM_NAMES(CorruptEntryRule, kRepair, "rule for damaged entries",
              {"halt", "the node stops"},
              {"repair", "fetched again from peers before it votes"})
WR_ENUM_NAMES(VersionScheme, kAbd, "version scheme",
              {"lww", "last writer wins by hybrid logical clock"},
              {"abd", "two phases over a quorum"})
WR_ENUM_NAMES(RepairRule, kBlocking, "read repair rule", {"none", "never"},
              {"async", "after the answer"},
              {"blocking", "a quorum holds the answer before it is given"})
WR_ENUM_NAMES(DetectorKind, kSwim, "failure detector",
              {"none", "the model's own timeouts"},
              {"timeout", "fixed silence"},
              {"phi", "suspicion from the heartbeats' distribution"},
              {"swim", "ping, indirect ping, gossip"})
WR_ENUM_NAMES(NetworkProfile, kPerfect, "network profile",
              {"lan", "0.1 ms, no loss"}, {"wan", "30 to 40 ms"},
              {"flaky-wifi", "2 to 20 ms with a long tail, 1 % loss"},
              {"perfect", "1 us, constant"})
WR_ENUM_NAMES(MessageOrder, kAny, "message order",
              {"fifo", "one connection per directed pair"},
              {"any", "datagrams"})
WR_ENUM_NAMES(DiskDevice, kPerfect, "disk device",
              {"hdd-7200", "one arm, seeks"}, {"sata-ssd", "8 channels"},
              {"nvme-consumer", "fast, slow flush"},
              {"nvme-datacenter", "power-loss protected, fast flush"},
              {"cloud-volume", "about 1 ms, capped"},
              {"perfect", "no time passes"})
WR_ENUM_NAMES(FileSystemProfile, kPosixStrict, "file system",
              {"ext4-ordered", "journalled names, data before size"},
              {"posix-strict", "nothing but what POSIX promises"})
WR_ENUM_NAMES(AfterFsyncError, kSticky, "rule after a failed sync",
              {"clean-but-lost", "pages count as clean, the bytes are gone"},
              {"stays-dirty", "a retry really retries"},
              {"sticky", "every later sync fails as well"})
WR_ENUM_NAMES(Role, kConfigLeader, "role", {"leader", "leader or primary"},
              {"old-leader", "the leader before"},
              {"followers", "every replica but the leader"},
              {"others", "every replica the fault does not name"},
              {"minority", "the largest set below a majority, drawn"},
              {"any", "one replica, drawn"}, {"all", "every replica"},
              {"clients", "every client"},
              {"config", "every member of the config service"},
              {"config-leader", "the member that leads the config group"})
WR_ENUM_NAMES(
    FaultKind, kHeal, "fault", {"crash", "memory lost, page cache survives"},
    {"power-loss", "unsynced bytes lost too"},
    {"pause", "frozen, nothing lost"}, {"wipe", "restart with an empty disk"},
    {"partition", "links cut"},
    {"link", "links delayed, lossy, doubling, holding"},
    {"clock-step", "the wall clock jumps"},
    {"clock-drift", "the clocks run fast or slow"},
    {"clock-freeze", "the wall clock stands still"},
    {"disk-full", "no space left"}, {"io-error", "file calls fail"},
    {"slow-disk", "service times multiplied"}, {"bit-rot", "stored bits flip"},
    {"config", "an epoch granted, or a node promoted unfenced"},
    {"membership", "nodes join and leave"}, {"heal", "ends other faults"})
WR_ENUM_NAMES(FaultEvent, kNodeDown, "event",
              {"write-acked", "a client received ok for a write"},
              {"leader-changed", "a replica took office"},
              {"disk-write", "a file write returned"},
              {"disk-sync", "a sync returned ok"},
              {"node-up", "a node serves after recovery"},
              {"node-down", "a node went down"})
WR_ENUM_NAMES(FileClass, kMeta, "class of files", {"any", "every file"},
              {"wal", "segments of the WAL or replicated log"},
              {"storage", "files of the storage engine"},
              {"meta", "the meta cell"})
WR_ENUM_NAMES(ConfigAction, kPromote, "config action",
              {"grant", "a new epoch, the old one fenced"},
              {"promote", "an operator promotes and fences nobody"})
WR_ENUM_NAMES(MembershipAction, kSetVoters, "membership action",
              {"add", "joins as a voter"}, {"add-learner", "joins, no vote"},
              {"remove", "leaves"},
              {"transfer-leader", "leadership moves to the node"},
              {"set-voters", "these nodes vote, and no others"})
WR_ENUM_NAMES(ScriptKind, kCas, "operation", {"get", "read a key"},
              {"put", "write a value"}, {"delete", "write a tombstone"},
              {"cas", "write if the newest version seen is still current"})
WR_ENUM_NAMES(ClientRoute, kRandom, "client route",
              {"leader", "the leader last heard of"},
              {"sticky", "one node per client"},
              {"random", "a node drawn per operation"})
WR_ENUM_NAMES(Consistency, kNone, "consistency level",
              {"linearizable", "one order, real time"},
              {"regular", "the last completed or a concurrent write"},
              {"eventual", "only what was written, and convergence"},
              {"none", "not judged"})

#undef WR_ENUM_NAMES

template <>
const FlagNames<IoCalls>& FlagsOf<IoCalls>() {
  static constexpr FlagName<IoCalls> kNames[] = {{"read", &IoCalls::read},
                                                 {"write", &IoCalls::write},
                                                 {"sync", &IoCalls::sync}};
  static constexpr FlagNames<IoCalls> kAll{"file call", kNames, 3};
  return kAll;
}

template <>
const FlagNames<PartitionShapes>& FlagsOf<PartitionShapes>() {
  static constexpr FlagName<PartitionShapes> kNames[] = {
      {"isolate-one", &PartitionShapes::isolate_one},
      {"halves", &PartitionShapes::halves},
      {"bridge", &PartitionShapes::bridge},
      {"one-way", &PartitionShapes::one_way}};
  static constexpr FlagNames<PartitionShapes> kAll{"partition shape", kNames,
                                                   4};
  return kAll;
}

template <>
const FlagNames<SessionGuarantees>& FlagsOf<SessionGuarantees>() {
  static constexpr FlagName<SessionGuarantees> kNames[] = {
      {"read-your-writes", &SessionGuarantees::read_your_writes},
      {"monotonic-reads", &SessionGuarantees::monotonic_reads},
      {"monotonic-writes", &SessionGuarantees::monotonic_writes},
      {"writes-follow-reads", &SessionGuarantees::writes_follow_reads}};
  static constexpr FlagNames<SessionGuarantees> kAll{"session guarantee",
                                                     kNames, 4};
  return kAll;
}

const std::vector<Slice>& KnownViolations() {
  static const std::vector<Slice> kAll = {
      // Of the history.
      "safety/lost-ack",          // an acknowledged write is gone
      "safety/stale-read",        // older than the level allows
      "safety/dirty-read",        // a value whose write failed
      "safety/phantom",           // a value nobody wrote
      "safety/split-brain",       // two nodes answered as leaders at once
      "safety/lost-update",       // a compare-and-set overwrote a newer value
      "safety/wrong-refusal",     // a compare-and-set refused what it expected
      "safety/non-linearizable",  // no order explains the history
      "safety/duplicate-apply",   // one request took effect twice
      "safety/read-your-writes",  // a session does not see its own writes
      "safety/non-monotonic-read",  // a session goes back to an older value
      "safety/reordered-writes",    // writes seen in another order than made
      "safety/divergence",          // replicas differ at the end
      "safety/late-convergence",    // they agree, later than they may
      // Of the oracles.
      "safety/promise",       // a promise its sender's disk cannot keep
      "safety/state",         // nodes executed different things
      "safety/log",           // committed entries differ
      "safety/log-matching",  // one index and term, two entries
      "safety/one-leader",    // two leaders of one term or epoch
      "safety/election",      // a leader without a majority of kept votes
      "safety/commit",        // committed, and an election could undo it
      "safety/majority",      // committed, and no majority ever held it
      "safety/amnesia",       // votes without what a lost disk had acknowledged
      "safety/version",       // numbered below what the coordinator knew of
      "safety/fence",         // a deposed leader still promises
      "safety/grant",         // led in an epoch granted to another
      "safety/lease",         // two leases at one moment
      "safety/view",          // an epoch that may not follow the last one
      "safety/quorum",        // majorities that need not meet
      "safety/hint",          // acknowledged with fewer copies than said
      "safety/claim",         // likewise, where a log is replicated
      "safety/store",         // a replica holds what it never stored
      "safety/rebuild",       // answered as if its lost disk had been rebuilt
      // Of the process that runs the engine.
      "engine/defect",  // a call from beyond the grave
      "engine/crash",   // an assertion of the engine
      "engine/hang",    // a run that does not end
      "engine/memory",  // a run that grows without bounds
      // Of what must happen in the end.
      "liveness/no-answer",         // no operation was ever answered
      "liveness/stuck",             // replicas never agreed, though all is well
      "liveness/slow-convergence",  // they agreed later than they may
      "liveness/detector",          // the living go on being taken for dead
      // Of [expect].
      "expectation/availability",
      "expectation/latency",
      "expectation/marks",
  };
  return kAll;
}

NodeId ParseNodeName(Slice name) {
  if (name.size() < 2 || name.size() > 6) {
    return kNoNode;
  }
  const std::uint32_t base = name[0] == 'm'   ? kConfigNodeBase
                             : name[0] == 'c' ? kClientNodeBase
                                              : 0;
  std::uint32_t number = 0;
  if (!absl::SimpleAtoi(name.substr(1), &number) || number == 0) {
    return kNoNode;
  }
  const NodeId id{base + number};
  const bool right_class = base == 0                 ? IsReplica(id)
                           : base == kConfigNodeBase ? IsConfigNode(id)
                                                     : IsClient(id);
  return right_class && NodeName(id) == name ? id : kNoNode;  // no "n01"
}

std::optional<Target> ParseTarget(Slice text) {
  if (const auto role = FindName<Role>(text)) {
    return Target::Of(*role);
  }
  if (absl::ConsumePrefix(&text, "zone:")) {
    return text.empty() ? std::nullopt
                        : std::optional(Target::InZone(std::string(text)));
  }
  const NodeId id = ParseNodeName(text);
  return id == kNoNode ? std::nullopt : std::optional(Target::Node(id));
}

std::string TargetName(const Target& target) {
  switch (target.kind) {
    case Target::Kind::kNode:
      return NodeName(target.node);
    case Target::Kind::kZone:
      return absl::StrCat("zone:", target.zone);
    case Target::Kind::kRole:
      return std::string(NameOf(target.role));
  }
  return "-";
}

}  // namespace wringer::sim
