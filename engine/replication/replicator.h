// The contract of every replication model: a pure state machine.
//
// Step() takes one input, changes private state and appends outputs to a Ready;
// the driver (engine/node) carries the outputs out, in the order of the fields
// of Ready, and brings completions back as inputs. There is no clock, disk,
// bus or fiber in here, no iteration over unordered containers; crash = the
// object is destroyed between two steps. One instance a replica.
//
// The rule of promises. What another party may rely on must be durable first.
// Every message and reply that promises something names it in its `promise`,
// and the driver holds it back until the log store (or the engine, for merges)
// reports that much durable. This is the one choke point: a model never sends a
// promise by other means. Watermarks are `accepted` (in memory), `submitted`
// (given to the disk) and `durable`; only `durable` may be promised.
//
// Reads and writes meet clients through tickets: every Submit gets exactly one
// answer (a Reply, a ReplyAfterApply or a Read), or the node dies first.
#ifndef WR_ENGINE_REPLICATION_REPLICATOR_H_
#define WR_ENGINE_REPLICATION_REPLICATOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/shared_bytes.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/types.h"
#include "engine/wire/messages.h"

namespace wringer::replication {

// Both clocks of the node at the instant of an input.
struct Now {
  Nanos monotonic = 0;
  Nanos wall = 0;
};

// Names a client request at this node until it is answered.
using Ticket = StrongInt<struct TicketTag>;
// Names a merge, store read or scan until it is answered.
using StoreOp = StrongInt<struct StoreOpTag>;

// ---- Versioned values (leaderless models) -----------------------------------

// Ordered totally: (time, node, op). Greater wins.
struct Version {
  std::uint64_t time = 0;  // hybrid logical clock, or ABD's logical number
  NodeId node;
  OpId op;
  auto operator<=>(const Version&) const = default;
};

struct Versioned {
  Version version;
  bool tombstone = false;
  std::string value;
  bool operator==(const Versioned&) const = default;
};

// Where a merge goes: the data, or the hints kept for another owner.
enum class StoreSpace : std::uint8_t { kData = 0, kHint = 1 };

// ---- Inputs -----------------------------------------------------------------

// First input of every life.
struct Start {
  RecoveredLog log;
  Meta meta;
  Incarnation incarnation;
  // Of this boot alone (env::Env::entropy): names a life that forgot others.
  std::uint64_t entropy = 0;
  // The engine holds the effects of entries up to here.
  LogPosition applied;
  // Payload of the last kConfig entry up to `applied`; empty if there was none.
  std::string config{};
  // Leaderless: time of the newest version in the store.
  std::uint64_t newest = 0;
};

struct Submit {
  Ticket ticket;
  wire::ClientRequest request;
  // The encoded wire::Command of `request`, ready to be a log entry's payload.
  SharedBytes payload;
};

struct Receive {
  NodeId from;
  Incarnation incarnation;  // the sender's at the time of sending
  Slice body;               // the model's own message; garbage is ignored
};

struct Timer {
  std::uint8_t id = 0;  // the model's own numbering, below kMaxTimers
};
inline constexpr std::size_t kMaxTimers = 16;

// The log store's stream is durable this far.
struct Durable {
  LogPosition log;
  MetaVersion meta;
};
struct LogFailed {};  // the log store latched: nothing more becomes durable

// Entries asked for by Ready::fetch.
struct Fetched {
  NodeId peer;  // as given in the request
  std::vector<LogEntry> entries;
};

// The applier has executed entries up to here.
struct Applied {
  LogPosition upto;
};

// A read that asked for `confirm` has read; the model says whether it counts.
struct ReadDone {
  Ticket ticket;
};

struct PeerChanged {  // advice of the failure detector
  NodeId peer;
  bool alive = false;
};

struct ConfigChanged {  // granted by the config service
  ClusterView view;
  // No other primary is appointed before the node's own monotonic clock shows
  // this; 0: no lease.
  Nanos lease_until = 0;
};

// Leaderless store operations, answered.
struct Merged {  // durable under the node's sync policy
  StoreOp op;
  // What the replica holds now: the merged version or a greater one.
  Version winner;
  // False: there was no space, and nothing was stored.
  bool ok = true;
};
struct StoreReadDone {
  StoreOp op;
  std::optional<Versioned> held;
};
struct StoreScanDone {
  StoreOp op;
  std::vector<std::pair<std::string, Versioned>> items;
  bool more = false;
};

// A replica snapshot, in parts. `bytes` is opaque to the model.
struct SnapshotPart {
  NodeId peer;  // for whom it was read
  LogPosition at;
  std::string config;  // the model's membership as of `at`
  std::uint64_t offset = 0;
  std::string bytes;
  bool last = false;
};
struct SnapshotInstalled {
  LogPosition at;
  bool ok = false;
};

// The engine has made a checkpoint: entries up to here may leave the log.
struct Checkpointed {
  LogPosition upto;
};

// A membership change or leadership transfer asked for by an operator.
struct ChangeMembers {
  Ticket ticket;  // 0: nobody waits
  std::vector<NodeId> voters;
  std::vector<NodeId> learners;
};
struct TransferLeadership {
  NodeId to;  // 0: whoever is most up to date
};

using InputBody =
    std::variant<Start, Submit, Receive, Timer, Durable, LogFailed, Fetched,
                 Applied, ReadDone, PeerChanged, ConfigChanged, Merged,
                 StoreReadDone, StoreScanDone, SnapshotPart, SnapshotInstalled,
                 Checkpointed, ChangeMembers, TransferLeadership>;

struct Input {
  Now now;
  InputBody body;
};

// ---- Outputs ----------------------------------------------------------------

// What must be durable before an output may leave. All named parts must hold.
struct Promise {
  // The log, up to and including this index (0: nothing), as long as the
  // entry there still has `log.term`. If a truncation removes it first, the
  // output is dropped.
  LogPosition log;
  MetaVersion meta;  // 0: nothing
  StoreOp merge;     // 0: nothing
  // Likewise `log`, but in the page cache: a crash of the process keeps it, a
  // power loss may not.
  LogPosition written{};
  bool empty() const {
    return log.index.value() == 0 && meta.value() == 0 && merge.value() == 0 &&
           written.index.value() == 0;
  }
};

struct Send {
  NodeId to;
  std::string body;
  Promise promise;
};

// Answers a ticket with this very reply.
struct Reply {
  Ticket ticket;
  wire::ClientReply reply;
  Promise promise;
};

// Answers a ticket with the result that executing the entry at `at` gives.
// The driver matches (term, index), never the index alone; if another entry is
// executed there, it answers kNotLeader (the entry can never take effect).
struct ReplyAfterApply {
  Ticket ticket;
  LogPosition at;
  wire::WriteLevel delivered;
  Promise promise;
};

// Reads the key of the ticket's request from the engine once entries up to
// `at_least` are executed, and answers.
struct Read {
  Ticket ticket;
  LogIndex at_least;
  wire::ReadLevel delivered;
  // After reading, ask the model again (ReadDone) before answering.
  bool confirm = false;
};

// The model's verdict on a read that asked for `confirm`.
struct ReadVerdict {
  Ticket ticket;
  bool ok = false;  // false: answer kNotLeader with `hint`
  NodeId hint;
};

struct TimerCommand {
  std::uint8_t id = 0;
  bool armed = false;
  Nanos after = 0;  // of monotonic time
};

struct Fetch {
  NodeId peer;  // comes back with the entries
  LogIndex from;
  LogIndex to;
  std::size_t max_bytes = 0;
};

struct Merge {
  StoreOp op;
  StoreSpace space = StoreSpace::kData;
  NodeId owner;  // kHint: for whom the hint is kept
  std::string key;
  Versioned value;
  bool remove = false;  // drop the item (tombstone collected, hint delivered)
};
struct StoreRead {
  StoreOp op;
  std::string key;
};
struct StoreScan {
  StoreOp op;
  StoreSpace space = StoreSpace::kData;
  NodeId owner;      // kHint only
  std::string from;  // included
  std::size_t limit = 0;
};

struct SnapshotRead {  // asks for one SnapshotPart
  NodeId peer;
  LogPosition at;  // 0: whatever the engine holds now, then stick to it
  std::uint64_t offset = 0;
  std::size_t max_bytes = 0;
};
// Collects parts of an arriving snapshot; the last one installs it: replaces
// the engine's contents and the session table, then drops the whole log.
struct SnapshotWrite {
  LogPosition at;
  std::uint64_t offset = 0;
  std::string bytes;
  bool last = false;
  // What was executed here is known to part from the sender's history: the
  // snapshot replaces it even where it ends earlier.
  bool diverged = false;
};

// Asks the config service for a new view; granted only if its epoch is still
// `expected`. The answer, if any, is a ConfigChanged.
struct ConfigPropose {
  Epoch expected;
  ClusterView view;
};

// Outputs of one step. The driver carries the fields out from top to
// bottom and clears the Ready; a model only appends.
struct Ready {
  // 1. Durable stream, in this order.
  std::optional<LogIndex> truncate_after;
  std::vector<LogEntry> append;
  std::optional<Meta> meta;
  std::vector<Merge> merges;
  // 2. What may leave, each when its promise holds.
  std::vector<Send> sends;
  std::vector<Reply> replies;
  std::vector<ReplyAfterApply> after_apply;
  // 3. Entries up to here may be executed. Never lowered. 0: no change.
  LogIndex commit;
  // 4. Everything else.
  std::vector<Read> reads;
  std::vector<ReadVerdict> verdicts;
  std::vector<TimerCommand> timers;
  std::vector<Fetch> fetches;
  std::vector<StoreRead> store_reads;
  std::vector<StoreScan> store_scans;
  std::vector<SnapshotRead> snapshot_reads;
  std::vector<SnapshotWrite> snapshot_writes;
  std::optional<LogPosition> drop_prefix;  // the log up to here may go
  std::optional<ConfigPropose> propose_config;

  void Clear();
  bool empty() const;
};

// ---- Introspection ----------------------------------------------------------

enum class Role : std::uint8_t {
  kStarting,
  kFollower,  // backup, secondary
  kCandidate,
  kLeader,   // primary, single node
  kLearner,  // holds data, decides nothing
  kPeer,     // leaderless
};
const char* RoleName(Role role);

// What oracles and timelines may see. Valid between steps.
struct Status {
  Role role = Role::kStarting;
  Term term;         // or epoch, for granted leaderships
  NodeId leader;     // as believed; 0 if unknown
  NodeId voted_for;  // this term; 0 none
  LogPosition last;  // accepted
  LogIndex commit;
  // Voting sets in force: old and, while joint, new.
  std::vector<NodeId> voters;
  std::vector<NodeId> voters_next;
  std::uint64_t voters_version = 0;  // another whenever they are others
  // Raft: a voter by the end of its log, or by what is committed of it.
  bool voter = false;
  // Leader only: until when (own monotonic clock) it may answer lease reads.
  Nanos lease_until = 0;
  // The greatest epoch that it holds on disk: it accepts nothing older, in this
  // life or another. Models with a config service.
  Epoch kept_epoch;
  // It has lost what it once promised, and leads nothing until brought up to
  // date. The config service asks before it appoints.
  bool forgot = false;
  // The time of the newest version that it gave in this life. Models whose
  // versions take a clock.
  std::uint64_t numbered = 0;
};

// What an election would make of a replica, for oracles. Models that vote.
struct ElectionView {
  const LogView* log = nullptr;  // null: the model does not vote
  // It stands when its timer fires.
  bool may_lead = false;
  // It votes for logs that reach this far; nothing: for nobody.
  std::optional<LogPosition> votes_from;
  // The first version of the hard state that holds its term and vote.
  MetaVersion hard_state;
};

// ---- What a model can do, as data (replication.md A3, A4) -------------------

struct Capabilities {
  std::vector<wire::OpKind> operations;
  std::vector<wire::WriteLevelKind> write_levels;
  std::vector<wire::ReadLevelKind> read_levels;
  bool has_log = true;  // entries, commit index, ordered applier
  bool has_leader = true;
  bool needs_config_service = false;
  wire::WriteLevel default_write;
  wire::ReadLevel default_read;
};

class Replicator {
 public:
  virtual ~Replicator() = default;
  // REQUIRES: the first input is Start and there is no other Start.
  virtual void Step(const Input& input, Ready& ready) = 0;
  virtual const Status& status() const = 0;
  virtual const Capabilities& capabilities() const = 0;
  virtual ElectionView election() const { return {}; }
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_REPLICATOR_H_
