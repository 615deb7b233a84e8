// What the config service knows for certain, and the rules by which it changes.
//
// The state is one view: the epoch in force, its primary, the members and who
// of them is in sync. It changes by commands only, one epoch at a time, and
// every party that executes the same commands holds the same view: this is the
// state machine that the config group replicates through its log, and the
// scripted service runs alone.
//
// A command names the epoch it replaces. Of two that replace the same one, the
// second comes too late: so an epoch is granted once, to one primary.
//
// Rules of a command that is not late:
//   in-sync set   non-empty, among the members, with the primary in it
//   kInSync       the primary in force changes its own in-sync set, and may
//                 admit who has caught up: only it can know
//   kAppoint      a primary is named, for the first time or again. It comes
//                 from the in-sync set in force, for only those are sure to
//                 hold every acknowledged write, and nobody is admitted
//   kSeal         the epoch in force ends and nobody leads the next one: once
//                 its members have it on disk, what they hold cannot grow any
//                 more, and may be compared
#ifndef WR_ENGINE_MEMBERSHIP_CONFIG_STATE_H_
#define WR_ENGINE_MEMBERSHIP_CONFIG_STATE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/coding.h"
#include "engine/base/types.h"
#include "engine/replication/types.h"

namespace wringer::membership {

struct ConfigCommand {
  enum class Kind : std::uint8_t { kAppoint = 0, kInSync = 1, kSeal = 2 };
  Kind kind = Kind::kAppoint;
  Epoch expected;               // the epoch to replace
  NodeId primary;               // kSeal: none
  std::vector<NodeId> in_sync;  // ascending
  LogPosition floor{};          // ClusterView::floor; never lowers it
  bool operator==(const ConfigCommand&) const = default;
};

enum class ConfigVerdict : std::uint8_t {
  kInstalled,
  kLate,     // `expected` is no longer in force
  kRefused,  // it breaks a rule
};

// The view before any command: epoch 1, everybody in sync.
replication::ClusterView FirstView(const std::vector<NodeId>& members,
                                   NodeId primary);

// What executing `command` on `view` would come to.
ConfigVerdict Judge(const ConfigCommand& command,
                    const replication::ClusterView& view);
// Executes it: the next epoch, or `*view` as it was.
ConfigVerdict Execute(const ConfigCommand& command,
                      replication::ClusterView* view);

// Whether `nodes`, ascending or not, has `node` in it.
bool Contains(const std::vector<NodeId>& nodes, NodeId node);
bool IsSubset(const std::vector<NodeId>& part, const std::vector<NodeId>& all);

void EncodeNodes(const std::vector<NodeId>& nodes, Writer& w);
std::vector<NodeId> DecodeNodes(Reader& r);
void EncodeView(const replication::ClusterView& view, Writer& w);
replication::ClusterView DecodeView(Reader& r);
void EncodeConfigCommand(const ConfigCommand& command, std::string* out);
// kInvalidArgument on anything that EncodeConfigCommand did not make.
absl::Status DecodeConfigCommand(Slice bytes, ConfigCommand* command);

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_CONFIG_STATE_H_
