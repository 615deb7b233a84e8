#include "tests/engine/replication/message_text.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "engine/replication/primary_backup/messages.h"
#include "engine/replication/raft/membership.h"
#include "engine/replication/raft/messages.h"

namespace wringer::replication {
namespace {

std::string NodesText(const std::vector<NodeId>& nodes) {
  return absl::StrJoin(nodes, ",", [](std::string* out, NodeId node) {
    absl::StrAppend(out, node.value());
  });
}

std::string MembersText(const std::string& payload) {
  raft::Membership members;
  WR_CHECK(raft::DecodeMembership(payload, &members).ok());
  std::string out =
      absl::StrCat("members ", NodesText(members.voters.incoming));
  if (members.voters.joint()) {
    absl::StrAppend(&out, " from ", NodesText(members.voters.outgoing));
  }
  if (!members.learners.empty()) {
    absl::StrAppend(&out, " learners ", NodesText(members.learners));
  }
  return out;
}

std::string NoMembers(const std::string& /*payload*/) { return "members"; }

std::string EntriesText(const std::vector<LogEntry>& entries) {
  if (entries.empty()) return "";
  const auto text = [](std::string* out, const LogEntry& entry) {
    absl::StrAppend(out, PositionText(entry.position()), " ");
    if (entry.kind == EntryKind::kNoop) absl::StrAppend(out, "noop");
    if (entry.kind == EntryKind::kConfig) absl::StrAppend(out, "members");
    if (entry.kind == EntryKind::kCommand)
      absl::StrAppend(out, Slice(entry.payload));
  };
  return absl::StrCat(" [", absl::StrJoin(entries, ", ", text), "]");
}

struct RaftText {
  std::string term;
  std::string operator()(const raft::VoteRequest& m) const {
    return absl::StrCat(m.pre ? "PreVote " : "Vote ", term,
                        " last=", PositionText(m.last),
                        m.transfer ? " transfer" : "");
  }
  std::string operator()(const raft::VoteReply& m) const {
    return absl::StrCat(m.pre ? "PreVoteReply " : "VoteReply ", term,
                        m.granted ? " yes" : " no");
  }
  std::string operator()(const raft::Append& m) const {
    return absl::StrCat("Append ", term, " prev=", PositionText(m.prev),
                        " commit=", m.commit.value(), " round=", m.round,
                        EntriesText(m.entries));
  }
  std::string operator()(const raft::AppendReply& m) const {
    const std::string verdict =
        m.ok ? absl::StrCat(" ok match=", m.match.value(), " round=", m.round)
             : absl::StrCat(" no of=", m.rejected.value(),
                            " hint=", PositionText(m.hint));
    return absl::StrCat("AppendReply ", term, verdict,
                        m.forgot != 0 ? " forgot" : "");
  }
  std::string operator()(const raft::SnapshotChunk& m) const {
    return absl::StrCat("Snapshot ", term, " at=", PositionText(m.at),
                        " offset=", m.offset, " bytes=", m.bytes.size(),
                        m.last ? " last" : "");
  }
  std::string operator()(const raft::SnapshotReply& m) const {
    const std::string how =
        m.installed ? "installed" : absl::StrCat("next=", m.next_offset);
    return absl::StrCat("SnapshotReply ", term, " at=", PositionText(m.at), " ",
                        how);
  }
  std::string operator()(const raft::TimeoutNow&) const {
    return absl::StrCat("TimeoutNow ", term);
  }
  std::string operator()(const raft::ReadIndexRequest& m) const {
    return absl::StrCat("ReadIndex ", term, " id=", m.id);
  }
  std::string operator()(const raft::ReadIndexReply& m) const {
    return absl::StrCat("ReadIndexReply ", term, " id=", m.id,
                        m.ok ? " ok" : " no", " index=", m.index.value());
  }
};

struct BackupText {
  std::string epoch;
  std::string operator()(const primary_backup::Append& m) const {
    return absl::StrCat("Append ", epoch, " prev=", PositionText(m.prev),
                        " safe=", m.safe.value(), " round=", m.round,
                        EntriesText(m.entries));
  }
  std::string operator()(const primary_backup::Ack& m) const {
    return absl::StrCat("Ack ", epoch, " written=", m.written.value(),
                        " durable=", m.durable.value(),
                        " applied=", m.applied.value(), " round=", m.round);
  }
  std::string operator()(const primary_backup::Reject& m) const {
    return absl::StrCat(
        "Reject ", epoch, " of=", m.rejected.value(),
        " hint=", PositionText(m.hint), m.at_base ? " at-base" : "",
        m.needs_snapshot ? " needs-snapshot" : "", m.forgot ? " forgot" : "");
  }
  std::string operator()(const primary_backup::Stale&) const {
    return absl::StrCat("Stale ", epoch);
  }
  std::string operator()(const primary_backup::SnapshotChunk& m) const {
    return absl::StrCat("Snapshot ", epoch, " at=", PositionText(m.at),
                        " offset=", m.offset, " bytes=", m.bytes.size(),
                        m.last ? " last" : "", m.diverged ? " diverged" : "");
  }
  std::string operator()(const primary_backup::SnapshotAck& m) const {
    const std::string how =
        m.installed ? "installed" : absl::StrCat("next=", m.next_offset);
    return absl::StrCat("SnapshotAck ", epoch, " at=", PositionText(m.at), " ",
                        how);
  }
  std::string operator()(const primary_backup::FreshAsk& m) const {
    return absl::StrCat("FreshAsk ", epoch, " id=", m.id);
  }
  std::string operator()(const primary_backup::FreshAnswer& m) const {
    return absl::StrCat("FreshAnswer ", epoch, " id=", m.id,
                        " index=", m.index.value());
  }
};

std::string RaftMessageText(Slice body) {
  raft::Message message;
  WR_CHECK(raft::Decode(body, &message).ok());
  return std::visit(RaftText{absl::StrCat("t", message.term.value())},
                    message.body);
}

std::string BackupMessageText(Slice body) {
  primary_backup::Message message;
  WR_CHECK(primary_backup::Decode(body, &message).ok());
  return std::visit(BackupText{absl::StrCat("e", message.epoch.value())},
                    message.body);
}

}  // namespace

ReplicaGroup::Words RaftWords() { return {RaftMessageText, MembersText}; }

ReplicaGroup::Words PrimaryBackupWords() {
  return {BackupMessageText, NoMembers};
}

}  // namespace wringer::replication
