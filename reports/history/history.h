// The clients' view of a run as plain data: who asked what, when, and what
// came back; beside it the faults, the nodes' lives and the final replicas.
//
// Everything the checkers and the pictures know is in here, so a saved history
// can be judged again without running again. Nothing points anywhere: names
// are interned and referred to by number.
//
//   History h;
//   KeyId k = h.InternKey("k17");
//   OpIndex op = h.Call({.op_id = 902, .client = 3, .kind = OpKind::kPut,
//                        .key = k, .written_digest = 0x51..}, {seq, now});
//   h.op(op).node = h.InternName("n2");
//   h.Complete(op, Outcome::kOk, {seq, now});
//
// Two time axes. `seq` is the number of the simulator's event: strictly
// increasing, free of ties, and what the checkers order by. `ns` is simulated
// time and is only shown. Equal numbers mean "concurrent".
//
// Tags. Every write carries its op_id into the version metadata (tombstones
// too), and every read and every refused compare-and-set hands back the tag
// of the version it saw. So values are unique, and most checks are
// O(n log n) (Gibbons & Korach 1997) instead of NP-complete.
#ifndef WR_REPORTS_HISTORY_HISTORY_H_
#define WR_REPORTS_HISTORY_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "reports/history/interner.h"
#include "reports/history/slice.h"

namespace wringer::reports {

using OpIndex = std::uint32_t;  // place of an operation in its History
using KeyId = std::uint32_t;    // place of a key in History::key_name
using NameId = std::uint16_t;   // place of a node name or error text; 0 is ""
using Tag = std::uint64_t;      // op_id of the write that made a version

inline constexpr Tag kInitialTag = 0;  // the key before anybody wrote it
inline constexpr OpIndex kNoOp = std::numeric_limits<OpIndex>::max();
// Return time of an operation whose answer never came.
inline constexpr std::uint64_t kNeverSeq =
    std::numeric_limits<std::uint64_t>::max();
inline constexpr std::int64_t kNeverNs =
    std::numeric_limits<std::int64_t>::max();

enum class OpKind : std::uint8_t { kGet, kPut, kDelete, kCas };

enum class Outcome : std::uint8_t {
  kUnknown,  // may take effect at any time after its call, or never
  kOk,       // answered: `observed_*`, `cas_succeeded` say what
  kFail,     // certain to have no effect, ever; says nothing about the state
};

// Levels of replication.md A3: what the client asked for, and what the reply
// claims it got. kNone: not stated.
enum class WriteLevel : std::uint8_t {
  kNone,
  kMem,
  kOs,
  kLocal,
  kCopies,  // k(n): the count stands beside it
  kQuorum,
  kAll,
  kAny,
};
enum class ReadLevel : std::uint8_t {
  kNone,
  kLocal,
  kSession,
  kBounded,
  kLeader,
  kLease,
  kQuorum,
  kStrong,
};

// A moment on both axes.
struct Moment {
  std::uint64_t seq = 0;
  std::int64_t ns = 0;
};

// Where the implementation says an operation took effect. A claim: a checker
// that can use it proves it first.
//
// Order of effect is (index, sub): `index` the place in the replicated log
// (for a read: the last entry it saw), `sub` the place inside that entry,
// kAfterAll for reads. `term` is shown and not part of the order.
struct Witness {
  static constexpr std::uint32_t kAfterAll =
      std::numeric_limits<std::uint32_t>::max();
  std::uint64_t index = 0;  // 0: no claim
  std::uint32_t sub = 0;
  std::uint32_t term = 0;

  bool present() const { return index != 0; }
};

// One client operation. 112 bytes; a million of them is an ordinary run.
struct Operation {
  Tag op_id = 0;  // unique in the run, never 0; the tag of what it writes
  // Version seen by an answered get or a refused cas: the op_id of the write
  // that made it (a delete's op_id for a tombstone), or kInitialTag.
  // Meaningless unless Observes().
  Tag observed_tag = kInitialTag;
  Tag expected_tag = kInitialTag;     // cas only: applies iff this is current
  std::uint64_t written_digest = 0;   // put, cas: digest of the new value
  std::uint64_t observed_digest = 0;  // digest of the value seen, if found
  std::uint64_t call_seq = 0;
  std::uint64_t return_seq = kNeverSeq;  // kNeverSeq iff outcome is kUnknown
  std::int64_t call_ns = 0;
  // When the client stopped waiting, kNeverNs if it never did. Shown only.
  std::int64_t return_ns = kNeverNs;
  Witness witness;
  std::uint32_t client = 0;
  KeyId key = 0;
  NameId node = 0;   // who answered, or who was asked last
  NameId error = 0;  // text of the error, 0 if none
  OpKind kind = OpKind::kGet;
  Outcome outcome = Outcome::kUnknown;
  WriteLevel write_asked = WriteLevel::kNone;
  WriteLevel write_given = WriteLevel::kNone;
  ReadLevel read_asked = ReadLevel::kNone;
  ReadLevel read_given = ReadLevel::kNone;
  std::uint8_t copies_asked = 0;  // n of k(n)
  std::uint8_t copies_given = 0;
  std::uint8_t attempts = 1;  // requests sent, all with one request id
  bool found = false;         // the version seen holds a value
  bool cas_succeeded = false;
  // False when the system under test hands no tag back: versions are then
  // told apart by digest and the slower search decides.
  bool tag_known = true;

  // It changed, or may have changed, the state.
  bool Writes() const {
    if (kind == OpKind::kGet || outcome == Outcome::kFail) return false;
    return kind != OpKind::kCas || outcome == Outcome::kUnknown ||
           cas_succeeded;
  }
  // It certainly changed the state.
  bool WriteAcknowledged() const { return Writes() && outcome == Outcome::kOk; }
  // `observed_tag` says which version it saw, and it changed nothing.
  bool Observes() const {
    return outcome == Outcome::kOk &&
           (kind == OpKind::kGet || (kind == OpKind::kCas && !cas_succeeded));
  }
};
static_assert(sizeof(Operation) == 112);

// One fault, from its witnessed start to its end.
struct FaultWindow {
  std::string id{};      // "lose", as named in the scenario
  std::string kind{};    // "power-loss"
  std::string target{};  // "n2", "n1|n2 from n3"
  std::string effect{};  // "3 unsynced WAL records gone"; empty: none witnessed
  std::int64_t start_ns = 0;
  std::int64_t stop_ns = kNeverNs;  // kNeverNs: not ended in this run
  bool effective = false;           // it changed something
};

enum class NodeEventKind : std::uint8_t {
  kUp,  // booted and recovering or serving
  kDown,
  kPaused,
  kResumed,
  kLeader,  // roles: hold until the next role, or until kDown
  kFollower,
  kCandidate,
  kLearner,
  kPeer,  // equal replica of a leaderless model
};

struct NodeEvent {
  std::int64_t ns = 0;
  NameId node = 0;
  NodeEventKind kind = NodeEventKind::kUp;
  std::uint64_t term = 0;  // of the role; 0 if the event has none
  std::string note{};      // "its log ends 1 entry before v902"; may be empty
};

// One key in one replica at the end of the run.
struct FinalEntry {
  KeyId key = 0;
  Tag tag = kInitialTag;
  std::uint64_t digest = 0;
  bool found = false;  // false: tombstone
};

// One replica's whole state at the end. Keys not listed are absent.
struct FinalReplica {
  NameId node = 0;
  std::uint64_t applied = 0;  // applied index; 0 if the model has none
  bool reachable = true;      // false: down at the end, not compared
  // Holds the cluster's answer: what a `strong` read would return now.
  bool authoritative = false;
  std::vector<FinalEntry> entries{};  // sorted by key after History::Seal

  // Null if it holds nothing of the key. REQUIRES: sealed.
  const FinalEntry* Find(KeyId key) const;
};

// A tombstone, and no trace at all (null), are the same to a client.
bool SameToClients(const FinalEntry* a, const FinalEntry* b);

// Who has to hold a key, where not every replica has to.
struct KeyOwners {
  KeyId key = 0;
  std::vector<NameId> nodes{};
};

// What was found after every fault was healed and the clients had stopped.
struct FinalState {
  bool recorded = false;
  // False: taken while replicas of a log still moved, or were stuck. One that
  // is behind then has lost nothing yet.
  bool at_rest = true;
  std::int64_t healed_ns = 0;            // when the last fault ended
  std::int64_t converged_ns = kNeverNs;  // replicas equal from here on
  std::int64_t limit_ns = 0;  // converges within this of healing; 0: no limit
  std::vector<FinalReplica> replicas{};
  // Leaderless models; sorted by key after History::Seal. A key that is not
  // listed belongs to every replica.
  std::vector<KeyOwners> owners{};

  // Null if the key belongs to every replica. REQUIRES: sealed.
  const KeyOwners* OwnersOf(KeyId key) const;
};

// Append-only while the run lasts; call Seal once before checking.
class History {
 public:
  // Starts an operation; fill in what is known, the call time comes from
  // `now`. REQUIRES: op.op_id != 0.
  OpIndex Call(Operation op, Moment now);
  // Ends it. Set the observed fields and levels through op() first.
  // kUnknown records when the client gave up; the operation stays open.
  void Complete(OpIndex index, Outcome outcome, Moment now);
  void Reserve(std::size_t operations) { ops_.reserve(operations); }

  KeyId InternKey(Slice key) { return keys_.Intern(key); }
  // REQUIRES: fewer than 65,536 distinct names; later ones share the last.
  NameId InternName(Slice name);

  void AddFault(FaultWindow window) { faults_.push_back(std::move(window)); }
  void AddNodeEvent(NodeEvent event) {
    node_events_.push_back(std::move(event));
  }
  FinalState& final_state() { return final_; }

  // Sorts what arrived out of order: fault windows and node events by time,
  // final entries by key. Idempotent.
  void Seal();

  Operation& op(OpIndex index) { return ops_[index]; }
  const Operation& op(OpIndex index) const { return ops_[index]; }
  const std::vector<Operation>& ops() const { return ops_; }
  std::size_t size() const { return ops_.size(); }
  std::size_t key_count() const { return keys_.size(); }
  Slice key_name(KeyId key) const { return keys_.Text(key); }
  Slice name(NameId id) const { return names_.Text(id); }
  const std::vector<FaultWindow>& faults() const { return faults_; }
  std::vector<FaultWindow>& faults() { return faults_; }
  const std::vector<NodeEvent>& node_events() const { return node_events_; }
  const FinalState& final_state() const { return final_; }

 private:
  std::vector<Operation> ops_;
  Interner keys_;
  Interner names_{Slice()};
  std::vector<FaultWindow> faults_;
  std::vector<NodeEvent> node_events_;
  FinalState final_;
};

// "get", "put", ...; "ok", "fail", "unknown"; "k(2)" with its count.
Slice OpKindName(OpKind kind);
Slice OutcomeName(Outcome outcome);
std::string WriteLevelName(WriteLevel level, std::uint8_t copies);
Slice ReadLevelName(ReadLevel level);
Slice NodeEventName(NodeEventKind kind);
// The reverse. False, and `*out` untouched, if no such name.
bool ParseOpKind(Slice text, OpKind* out);
bool ParseOutcome(Slice text, Outcome* out);
bool ParseWriteLevel(Slice text, WriteLevel* out, std::uint8_t* copies);
bool ParseReadLevel(Slice text, ReadLevel* out);
bool ParseNodeEvent(Slice text, NodeEventKind* out);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_HISTORY_H_
