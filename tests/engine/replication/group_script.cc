#include "tests/engine/replication/group_script.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/check.h"
#include "tests/engine/replication/message_text.h"

namespace wringer::replication {
namespace {

std::uint64_t Number(const std::string& text) {
  std::uint64_t value = 0;
  WR_CHECK_MSG(absl::SimpleAtoi(text, &value), absl::StrCat("number: ", text));
  return value;
}

// "n3", "3".
NodeId ParseNode(const std::string& text) {
  const bool named = !text.empty() && text[0] == 'n';
  return NodeId(static_cast<std::uint32_t>(Number(text.substr(named ? 1 : 0))));
}

std::vector<NodeId> ParseNodes(const std::string& text) {
  std::vector<NodeId> nodes;
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  for (const std::string& part : parts) nodes.push_back(ParseNode(part));
  return nodes;
}

std::pair<std::string, std::string> KeyValue(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos) return {word, ""};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

wire::WriteLevel ParseWriteLevel(const std::string& text) {
  using Kind = wire::WriteLevelKind;
  if (text.rfind("k(", 0) == 0) {
    const std::uint64_t copies = Number(text.substr(2, text.size() - 3));
    return {Kind::kCopies, static_cast<std::uint32_t>(copies)};
  }
  for (Kind kind : {Kind::kMem, Kind::kOs, Kind::kLocal, Kind::kQuorum,
                    Kind::kAll, Kind::kAny}) {
    if (wire::LevelName(wire::WriteLevel{kind, 0}) == text) return {kind, 0};
  }
  WR_CHECK_MSG(false, absl::StrCat("write level: ", text));
  return {};
}

wire::ReadLevel ParseReadLevel(const std::string& text) {
  using Kind = wire::ReadLevelKind;
  for (Kind kind : {Kind::kLocal, Kind::kSession, Kind::kLeader, Kind::kLease,
                    Kind::kQuorum, Kind::kStrong}) {
    if (wire::LevelName(wire::ReadLevel{kind, 0}) == text) return {kind, 0};
  }
  WR_CHECK_MSG(text.rfind("bounded-", 0) == 0,
               absl::StrCat("read level: ", text));
  const std::uint64_t ms = Number(text.substr(8));
  return {Kind::kBounded, static_cast<Nanos>(ms) * kMillisecond};
}

}  // namespace

// ---- The group --------------------------------------------------------------

bool GroupScript::SetOption(const std::string& key, const std::string& value,
                            ReplicationOptions* options) const {
  using Pb = PrimaryBackupOptions;
  RaftOptions& raft = options->raft;
  Pb& pb = options->primary_backup;
  const bool on = value == "on";
  if (key == "pre-vote") {
    raft.pre_vote = on;
  } else if (key == "check-quorum") {
    raft.check_quorum = on;
  } else if (key == "leases") {
    raft.leases = on;
  } else if (key == "joint") {
    raft.joint_membership = on;
  } else if (key == "keep") {
    raft.keep_entries = Number(value);
  } else if (key == "chunk") {
    raft.snapshot_chunk_bytes = Number(value);
  } else if (key == "batch") {
    raft.max_batch_entries = Number(value);
  } else if (key == "window") {
    raft.max_inflight = Number(value);
  } else if (key == "ack") {
    pb.ack = value == "async"  ? Pb::Ack::kAsync
             : value == "sync" ? Pb::Ack::kSync
                               : Pb::Ack::kSemiSync;
  } else if (key == "acked-by") {
    pb.acked_by = value == "apply"   ? Pb::AckedBy::kApply
                  : value == "write" ? Pb::AckedBy::kWrite
                                     : Pb::AckedBy::kSync;
  } else if (key == "degrade") {
    pb.degrade = value == "block"   ? Pb::Degrade::kBlock
                 : value == "async" ? Pb::Degrade::kAsync
                                    : Pb::Degrade::kShrink;
  } else if (key == "visible") {
    pb.visible = value == "before-ack" ? Pb::Visible::kBeforeAck
                                       : Pb::Visible::kAfterAck;
  } else {
    return false;
  }
  return true;
}

std::string GroupScript::NewGroup(const Words& words) {
  ReplicationOptions options;
  options.model = model_;
  std::size_t nodes = 3;
  std::size_t members = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = KeyValue(words[i]);
    if (key == "nodes") {
      nodes = Number(value);
    } else if (key == "members") {
      members = Number(value);
    } else if (!SetOption(key, value, &options)) {
      return absl::StrCat("error: unknown option ", key, "\n");
    }
  }
  if (members == 0) members = nodes;
  for (std::size_t i = 1; i <= members; ++i) {
    options.members.push_back(NodeId(static_cast<std::uint32_t>(i)));
  }
  words_ = model_ == "raft" ? RaftWords() : PrimaryBackupWords();
  group_ = std::make_unique<ReplicaGroup>(options, nodes, words_);
  group_->TakeEvents();  // that they booted goes without saying
  return "";
}

NodeId GroupScript::Node(const Words& words, std::size_t place) const {
  WR_CHECK_MSG(place < words.size(),
               absl::StrCat(words[0], ": an argument is missing"));
  return ParseNode(words[place]);
}

std::string GroupScript::Run(const std::string& line) {
  const Words words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words[0] == "group") return NewGroup(words);
  if (group_ == nullptr) return "error: the first command is group\n";
  std::string out;
  const bool known = RunLife(words, &out) || RunInput(words, &out) ||
                     RunMessages(words, &out) || RunShow(words, &out);
  if (!known) return absl::StrCat("error: unknown command ", words[0], "\n");
  return out + group_->TakeEvents();
}

// ---- Commands ---------------------------------------------------------------

bool GroupScript::RunLife(const Words& words, std::string* /*out*/) {
  const std::string& verb = words[0];
  if (verb == "crash" || verb == "power-loss") {
    group_->Crash(Node(words, 1), verb == "power-loss");
  } else if (verb == "restart" || verb == "wipe") {
    group_->Restart(Node(words, 1), verb == "wipe");
  } else if (verb == "damage") {
    group_->Damage(Node(words, 1), LogIndex(Number(words.at(2))));
  } else if (verb == "slow-disk" || verb == "fast-disk") {
    group_->SetSlow(Node(words, 1), verb == "slow-disk");
  } else if (verb == "sync") {
    group_->Sync(Node(words, 1));
  } else if (verb == "checkpoint") {
    group_->Checkpoint(Node(words, 1));
  } else if (verb == "cut") {
    const std::vector<NodeId> side = ParseNodes(words.at(1));
    group_->Cut({side.begin(), side.end()});
  } else if (verb == "heal") {
    group_->Cut({});
  } else if (verb == "set-wall") {
    const std::uint64_t ms = Number(words.at(2));
    group_->JumpWall(Node(words, 1), static_cast<Nanos>(ms) * kMillisecond);
  } else if (verb == "advance") {
    const Nanos by = static_cast<Nanos>(Number(words.at(1))) * kMillisecond;
    group_->Advance(
        by, words.size() > 2 ? ParseNodes(words[2]) : std::vector<NodeId>{});
  } else {
    return false;
  }
  return true;
}

bool GroupScript::RunInput(const Words& words, std::string* out) {
  const std::string& verb = words[0];
  if (verb == "campaign" || verb == "heartbeat") {
    // Raft's timers: 0 election, 1 heartbeat, 2 transfer. Primary-backup's: 0
    // heartbeat, 1 silence, 2 degrade.
    const bool first = (verb == "campaign") == (model_ == "raft");
    group_->FireTimer(Node(words, 1), first ? 0 : 1);
  } else if (verb == "timer") {
    group_->FireTimer(Node(words, 1),
                      static_cast<std::uint8_t>(Number(words.at(2))));
  } else if (verb == "elect") {
    group_->Advance(300 * kMillisecond, {});
    group_->FireTimer(Node(words, 1), 0);
    absl::StrAppend(out, Stabilize(/*quiet=*/true));
  } else if (verb == "propose") {
    const NodeId id = Node(words, 1);
    group_->Propose(id, words.at(2),
                    words.size() > 3
                        ? ParseWriteLevel(words[3])
                        : group_->model(id).capabilities().default_write);
  } else if (verb == "read") {
    const LogIndex token(words.size() > 3 ? Number(words[3]) : 0);
    group_->Read(Node(words, 1), ParseReadLevel(words.at(2)), token);
  } else if (verb == "transfer") {
    group_->Give(Node(words, 1), TransferLeadership{Node(words, 2)});
  } else if (verb == "change") {
    ChangeMembers change;
    for (std::size_t i = 2; i < words.size(); ++i) {
      const auto [key, value] = KeyValue(words[i]);
      (key == "voters" ? change.voters : change.learners) = ParseNodes(value);
    }
    group_->Give(Node(words, 1), change);
  } else if (verb == "grant") {
    ConfigChanged granted;
    granted.view.epoch = Epoch(Number(words.at(1)));
    granted.view.primary = Node(words, 2);
    granted.view.in_sync = ParseNodes(words.at(3));
    for (std::size_t i = 1; i <= group_->size(); ++i) {
      granted.view.members.push_back(NodeId(static_cast<std::uint32_t>(i)));
    }
    const std::vector<NodeId> told =
        words.size() > 4 ? ParseNodes(words[4]) : granted.view.members;
    for (NodeId id : told) group_->Give(id, granted);
  } else {
    return false;
  }
  return true;
}

bool GroupScript::RunMessages(const Words& words, std::string* out) {
  const std::string& verb = words[0];
  if (verb == "stabilize") {
    const bool quiet = words.size() > 1 && words[1] == "quiet";
    absl::StrAppend(out, Stabilize(quiet));
  } else if (verb == "deliver") {
    absl::StrAppend(out, DeliverAll(Take(ParseFilter(words)), false));
  } else if (verb == "drop") {
    for (const auto& packet : Take(ParseFilter(words))) {
      absl::StrAppend(out, "lost: ", PacketText(packet), "\n");
    }
  } else if (verb == "messages") {
    for (const auto& packet : group_->packets()) {
      absl::StrAppend(out, PacketText(packet), "\n");
    }
  } else {
    return false;
  }
  return true;
}

bool GroupScript::RunShow(const Words& words, std::string* out) const {
  const std::string& verb = words[0];
  if (verb != "status" && verb != "log" && verb != "held") return false;
  for (std::uint32_t i = 1; i <= group_->size(); ++i) {
    const NodeId id{i};
    if (words.size() > 1 && id != Node(words, 1)) continue;
    absl::StrAppend(out, verb == "status" ? group_->StatusLine(id)
                         : verb == "log"  ? group_->LogLine(id)
                                          : group_->HeldLines(id));
  }
  return true;
}

// ---- Messages in flight -----------------------------------------------------

GroupScript::Filter GroupScript::ParseFilter(const Words& words) const {
  Filter filter;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto [key, value] = KeyValue(words[i]);
    if (key == "from") {
      filter.from = ParseNode(value);
    } else if (key == "to") {
      filter.to = ParseNode(value);
    } else if (key == "kind") {
      filter.kind = value;
    } else if (key == "skip") {
      filter.skip = Number(value);
    } else if (key == "count") {
      filter.count = Number(value);
    } else {
      WR_CHECK_MSG(key == "copy", absl::StrCat("unknown filter ", key));
      filter.copy = true;
    }
  }
  return filter;
}

std::vector<ReplicaGroup::Packet> GroupScript::Take(const Filter& filter) {
  std::vector<ReplicaGroup::Packet> taken;
  std::size_t skipped = 0;
  std::deque<ReplicaGroup::Packet> left;
  for (ReplicaGroup::Packet& packet : group_->packets()) {
    const std::string text = words_.message(packet.body);
    const bool named =
        (filter.from == kNoNode || filter.from == packet.from) &&
        (filter.to == kNoNode || filter.to == packet.to) &&
        (filter.kind.empty() || text.rfind(filter.kind + " ", 0) == 0);
    const bool passed = named && skipped < filter.skip;
    if (passed) ++skipped;
    const bool wanted = named && !passed && taken.size() < filter.count;
    if (wanted) taken.push_back(packet);
    if (!wanted || filter.copy) left.push_back(std::move(packet));
  }
  group_->packets() = std::move(left);
  return taken;
}

std::string GroupScript::DeliverAll(
    const std::vector<ReplicaGroup::Packet>& packets, bool quiet) {
  std::string out = group_->TakeEvents();
  for (const ReplicaGroup::Packet& packet : packets) {
    if (!quiet) absl::StrAppend(&out, PacketText(packet), "\n");
    group_->Deliver(packet);
    absl::StrAppend(&out, group_->TakeEvents());
  }
  return out;
}

std::string GroupScript::Stabilize(bool quiet) {
  std::string out;
  for (int i = 0; i < 1000 && !group_->packets().empty(); ++i) {
    Filter first;
    first.count = 1;
    absl::StrAppend(&out, DeliverAll(Take(first), quiet));
  }
  if (!group_->packets().empty()) absl::StrAppend(&out, "error: endless\n");
  return out;
}

std::string GroupScript::PacketText(const ReplicaGroup::Packet& packet) const {
  const bool gone = !group_->alive(packet.to);
  return absl::StrCat(NodeName(packet.from), ">", NodeName(packet.to), " ",
                      words_.message(packet.body), gone ? " (down)" : "");
}

}  // namespace wringer::replication
