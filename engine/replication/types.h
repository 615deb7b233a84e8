// The nouns that all replication models share.
#ifndef WR_ENGINE_REPLICATION_TYPES_H_
#define WR_ENGINE_REPLICATION_TYPES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/shared_bytes.h"
#include "engine/base/types.h"

namespace wringer::replication {

enum class EntryKind : std::uint8_t {
  kNoop = 0,     // a leader's first entry; no effect
  kCommand = 1,  // payload: wire::Command
  kConfig = 2,   // payload: the model's own membership record
};

struct LogEntry {
  Term term;
  LogIndex index;
  EntryKind kind = EntryKind::kNoop;
  SharedBytes payload;

  LogPosition position() const { return {term, index}; }
  bool operator==(const LogEntry&) const = default;
};

// The bytes a model keeps in its node's MetaCell (term and vote, epoch, HLC
// bound ...), and their version. Opaque to everyone but the model.
struct Meta {
  MetaVersion version;
  std::string bytes;
  bool operator==(const Meta&) const = default;
};

// What recovery found at one place of the replicated log.
enum class SlotVerdict : std::uint8_t {
  kOk,
  kCorrupt,  // something was written here and is damaged: maybe promised
  kMissing,  // a whole segment is gone: maybe promised
};

// What a replica's log holds after boot.
struct RecoveredLog {
  // Entries [first, last] are present; first == last + 1 if none. `base` is
  // the position just before `first`: what a snapshot or checkpoint covers.
  LogPosition base;
  std::vector<LogEntry> entries;
  // Places in (base, last] whose entry is damaged, ascending. Their LogEntry
  // above has kind kNoop, an empty payload and the term of its predecessor.
  std::vector<LogIndex> damaged;
  // Bytes of torn tail cut away: never synced, so never promised.
  std::uint64_t torn_bytes = 0;
  // The log was restarted at `base` to follow another history, and nothing was
  // appended since: the state may not have followed yet.
  bool restarted = false;
  // The disk came back empty although this node had lived before, or never
  // held this log, and no meta was kept since: what it promised in former lives
  // is unknown. Once the model keeps meta, remembering it is the model's part.
  bool blank = false;
};

// Who is what, as the config service granted it.
struct ClusterView {
  Epoch epoch;
  NodeId primary;               // 0: none granted, or the last one is sealed
  std::vector<NodeId> members;  // ascending
  std::vector<NodeId> in_sync;  // ascending; subset of members
  // What a later primary must hold at least: the log of this one when its epoch
  // began, for nobody else need have had all that was acknowledged by then.
  LogPosition floor{};
  bool operator==(const ClusterView&) const = default;
};

}  // namespace wringer::replication

#endif  // WR_ENGINE_REPLICATION_TYPES_H_
