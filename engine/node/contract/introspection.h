// What oracles, timelines and tests may see of a node: a view between events,
// and hooks at the instants that matter. Looking changes nothing.
#ifndef WR_ENGINE_NODE_CONTRACT_INTROSPECTION_H_
#define WR_ENGINE_NODE_CONTRACT_INTROSPECTION_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/log_store/log_store.h"
#include "engine/replication/replicator.h"

namespace wringer::node {

enum class NodeState : std::uint8_t {
  kBooting,  // reads its disk; hears nothing
  kServing,
  kHalted,  // its disk or its data failed it; refuses everything
};

struct NodeCounters {
  std::uint64_t frames_received = 0;
  std::uint64_t frames_sent = 0;
  // Dropped on arrival.
  std::uint64_t frames_damaged = 0;    // checksum
  std::uint64_t frames_malformed = 0;  // good checksum, bad contents
  std::uint64_t frames_foreign = 0;    // of another cluster
  std::uint64_t requests = 0;
  std::uint64_t requests_refused = 0;  // by a limit, or halted
  std::uint64_t retries_answered = 0;  // from the session table
  std::uint64_t entries_applied = 0;
  std::uint64_t checkpoints = 0;
};

struct NodeView {
  NodeId id;
  Incarnation incarnation;
  NodeState state = NodeState::kBooting;
  // Null while booting. Valid until the next event of the node.
  const replication::Status* replication = nullptr;
  LogPosition log_base;
  LogPosition log_last;  // submitted
  log_store::DurableMark durable;
  LogPosition log_vouched;  // see LogStore::vouched
  LogPosition applied;
  // Of the user data, at `applied` (log models) or now (leaderless).
  std::uint64_t state_digest = 0;
  std::size_t open_requests = 0;
  std::size_t sessions = 0;
};

// A message or reply that promises something is about to leave.
struct PromiseSent {
  NodeId node;
  Incarnation incarnation;
  NodeId to;
  bool is_reply = false;  // to a client
  const replication::Promise* promise = nullptr;
};

// Entries were given to the log to be written, behind one of term `before`.
struct EntriesAppended {
  NodeId node;
  Incarnation incarnation;
  Term before;  // 0: there is none, or it is not held
  const std::vector<replication::LogEntry>* entries = nullptr;  // not empty
};

// One log entry was executed: its effects, its session record and the cursor
// are in the engine.
struct EntryApplied {
  NodeId node;
  Incarnation incarnation;
  LogPosition position;
  replication::EntryKind kind = replication::EntryKind::kNoop;
  std::uint64_t payload_hash = 0;
  std::uint64_t state_digest = 0;  // after it
};

// The store of a leaderless node holds something else under a key, durably as
// far as its sync policy goes. A boot tells of every item it finds.
struct StoreChanged {
  NodeId node;
  replication::StoreSpace space = replication::StoreSpace::kData;
  NodeId owner;  // kHint: for whom it is kept
  Slice key;
  const replication::Versioned* held = nullptr;  // null: removed
};

// A leaderless node has looked into its store, to answer with what it found.
struct StoreRead {
  NodeId node;
  Slice key;
  const replication::Versioned* held = nullptr;  // null: nothing
};

// A coordinator or leader acknowledges a write.
struct WriteAnswered {
  NodeId node;
  Slice key;
  replication::Version version;  // leaderless
  LogPosition position;          // log models: its place
  wire::WriteLevel asked;
  wire::WriteLevel given;
};

struct RoleChanged {
  NodeId node;
  Incarnation incarnation;
  replication::Role role = replication::Role::kStarting;
  Term term;
  NodeId leader;  // as believed
  // Given to the disk by then: what is said in the role promises no less.
  MetaVersion meta;
};

struct SnapshotInstalledAt {
  NodeId node;
  Incarnation incarnation;
  LogPosition position;
  std::uint64_t state_digest = 0;
};

// A member of the config group executed a command that changed the view.
struct ViewInstalled {
  NodeId node;
  Incarnation incarnation;
  const replication::ClusterView* view = nullptr;
};

struct NodeHalted {
  NodeId node;
  Incarnation incarnation;
  absl::Status why;
  bool wants_crash = false;  // OnFailure::kCrash
};

// Calls come from inside the node's events: observers must not call back into
// the node, nor draw, schedule or change anything.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  virtual void OnServing(const NodeView&) {}
  virtual void OnPromise(const PromiseSent&) {}
  virtual void OnAppended(const EntriesAppended&) {}
  virtual void OnApplied(const EntryApplied&) {}
  virtual void OnStoreChanged(const StoreChanged&) {}
  virtual void OnStoreRead(const StoreRead&) {}
  virtual void OnWriteAnswered(const WriteAnswered&) {}
  virtual void OnInstalled(const SnapshotInstalledAt&) {}
  virtual void OnRole(const RoleChanged&) {}
  virtual void OnView(const ViewInstalled&) {}
  virtual void OnHalted(const NodeHalted&) {}
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONTRACT_INTROSPECTION_H_
