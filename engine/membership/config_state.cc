#include "engine/membership/config_state.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/replication/entry_codec.h"

namespace wringer::membership {

using replication::ClusterView;

bool Contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool IsSubset(const std::vector<NodeId>& part, const std::vector<NodeId>& all) {
  return std::all_of(part.begin(), part.end(),
                     [&](NodeId node) { return Contains(all, node); });
}

ClusterView FirstView(const std::vector<NodeId>& members, NodeId primary) {
  WR_CHECK(Contains(members, primary));
  return {Epoch{1}, primary, members, members};
}

ConfigVerdict Judge(const ConfigCommand& command, const ClusterView& view) {
  if (command.expected != view.epoch) return ConfigVerdict::kLate;
  const bool seals = command.kind == ConfigCommand::Kind::kSeal;
  if (seals != (command.primary == kNoNode)) return ConfigVerdict::kRefused;
  const bool sane = (seals || Contains(command.in_sync, command.primary)) &&
                    IsSubset(command.in_sync, view.members) &&
                    std::is_sorted(command.in_sync.begin(),
                                   command.in_sync.end(), std::less_equal<>());
  if (!sane) return ConfigVerdict::kRefused;
  bool allowed = false;
  switch (command.kind) {
    case ConfigCommand::Kind::kInSync:
      allowed = command.primary == view.primary;
      break;
    case ConfigCommand::Kind::kAppoint:
      allowed = IsSubset(command.in_sync, view.in_sync);
      break;
    case ConfigCommand::Kind::kSeal:
      allowed = view.primary != kNoNode && command.in_sync == view.in_sync;
      break;
  }
  return allowed ? ConfigVerdict::kInstalled : ConfigVerdict::kRefused;
}

ConfigVerdict Execute(const ConfigCommand& command, ClusterView* view) {
  const ConfigVerdict verdict = Judge(command, *view);
  if (verdict != ConfigVerdict::kInstalled) return verdict;
  view->epoch = view->epoch.next();
  view->primary = command.primary;
  view->in_sync = command.in_sync;
  view->floor = std::max(view->floor, command.floor);
  return verdict;
}

// ---- bytes ----

void EncodeNodes(const std::vector<NodeId>& nodes, Writer& w) {
  w.Varint(nodes.size());
  for (NodeId node : nodes) w.Id(node);
}

std::vector<NodeId> DecodeNodes(Reader& r) {
  std::vector<NodeId> nodes(r.Count(1));
  for (NodeId& node : nodes) node = r.As<NodeId>();
  return nodes;
}

void EncodeView(const ClusterView& view, Writer& w) {
  w.Id(view.epoch);
  w.Id(view.primary);
  EncodeNodes(view.members, w);
  EncodeNodes(view.in_sync, w);
  replication::EncodePosition(view.floor, w);
}

ClusterView DecodeView(Reader& r) {
  ClusterView view;
  view.epoch = r.As<Epoch>();
  view.primary = r.As<NodeId>();
  view.members = DecodeNodes(r);
  view.in_sync = DecodeNodes(r);
  view.floor = replication::DecodePosition(r);
  return view;
}

void EncodeConfigCommand(const ConfigCommand& command, std::string* out) {
  Writer w(out);
  w.U8(static_cast<std::uint8_t>(command.kind));
  w.Id(command.expected);
  w.Id(command.primary);
  EncodeNodes(command.in_sync, w);
  replication::EncodePosition(command.floor, w);
}

absl::Status DecodeConfigCommand(Slice bytes, ConfigCommand* command) {
  Reader r(bytes);
  const std::uint8_t kind = r.U8();
  if (kind > static_cast<std::uint8_t>(ConfigCommand::Kind::kSeal)) r.Fail();
  command->kind = static_cast<ConfigCommand::Kind>(kind);
  command->expected = r.As<Epoch>();
  command->primary = r.As<NodeId>();
  command->in_sync = DecodeNodes(r);
  command->floor = replication::DecodePosition(r);
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError("malformed config command");
}

}  // namespace wringer::membership
