// The driver's half of the group: carrying outputs out, executing entries,
// snapshots, and what a node looks like from outside.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/check.h"
#include "tests/engine/replication/replica_group.h"

namespace wringer::replication {
namespace {

std::string NodesText(const std::vector<NodeId>& nodes) {
  return absl::StrJoin(nodes, ",", [](std::string* out, NodeId node) {
    absl::StrAppend(out, node.value());
  });
}

}  // namespace

std::string PositionText(LogPosition position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

void ReplicaGroup::CarryOut(Node& n, Ready& ready) {
  Accept(n, ready);
  for (Send& send : ready.sends) {
    n.held.push_back({send.promise, std::move(send), std::nullopt});
  }
  for (Reply& reply : ready.replies) {
    n.held.push_back({reply.promise, std::nullopt, std::move(reply)});
  }
  Answer(n, ready);
  ReleaseHeld(n);
  for (const Fetch& fetch : ready.fetches) {
    Fetched fetched;
    fetched.peer = fetch.peer;
    for (const LogEntry& entry : n.log) {
      const bool wanted = entry.index >= fetch.from && entry.index <= fetch.to;
      if (wanted) fetched.entries.push_back(entry);
    }
    Give(n.id, std::move(fetched));
  }
  for (const SnapshotRead& read : ready.snapshot_reads) ReadSnapshot(n, read);
  for (const SnapshotWrite& write : ready.snapshot_writes) {
    WriteSnapshot(n, write);
  }
}

void ReplicaGroup::Accept(Node& n, const Ready& ready) {
  Work work{ready.truncate_after, ready.append, ready.meta, ready.drop_prefix};
  if (ready.truncate_after) {
    const LogIndex after = *ready.truncate_after;
    const auto beyond = [&](const LogEntry& entry) {
      return entry.index > after;
    };
    const std::size_t gone = std::erase_if(n.log, beyond);
    if (gone > 0) {
      Say(n, absl::StrCat("truncates after ", after.value(), ": ", gone,
                          gone == 1 ? " entry goes" : " entries go"));
    }
    std::erase_if(n.held, [&](const Held& held) {
      return held.promise.log.index > after;
    });
  }
  for (const LogEntry& entry : ready.append) n.log.push_back(entry);
  if (ready.drop_prefix) {
    const LogPosition upto = *ready.drop_prefix;
    std::erase_if(n.log, [&](const LogEntry& entry) {
      return entry.index <= upto.index;
    });
    n.base = upto;
    Say(n, absl::StrCat("drops its log up to ", PositionText(upto)));
  }
  const bool any = work.truncate_after || !work.append.empty() || work.meta ||
                   work.drop_prefix;
  if (any) n.unsynced.push_back(std::move(work));
}

void ReplicaGroup::Answer(Node& n, const Ready& ready) {
  for (const ReplyAfterApply& waiter : ready.after_apply) {
    n.waiting.push_back(waiter);
  }
  if (ready.commit > n.commit) {
    n.commit = ready.commit;
    Say(n, absl::StrCat("commit ", n.commit.value()));
  }
  for (const replication::Read& read : ready.reads) n.reads.push_back(read);
  for (const ReadVerdict& verdict : ready.verdicts) {
    Say(n, absl::StrCat("confirms #", verdict.ticket.value(),
                        verdict.ok ? ": counts" : ": does not count"));
  }
  if (ready.propose_config) {
    Say(n, absl::StrCat("proposes in-sync ",
                        NodesText(ready.propose_config->view.in_sync),
                        " against epoch ",
                        ready.propose_config->expected.value()));
  }
}

void ReplicaGroup::Execute(Node& n) {
  bool moved = false;
  while (n.applied.index < n.commit) {
    const std::size_t place = n.applied.index - n.base.index;
    WR_CHECK_MSG(place < n.log.size(), "a committed entry is not in the log");
    const LogEntry& entry = n.log[place];
    const LogEntry& was = committed_.emplace(entry.index, entry).first->second;
    if (was != entry) {
      Say(n, absl::StrCat("DIVERGES: executes ", EntryText(entry),
                          " where another executed ", EntryText(was)));
    }
    n.applied = entry.position();
    if (entry.kind == EntryKind::kCommand)
      n.state.emplace_back(ToStd(entry.payload));
    moved = true;
  }
  if (moved) Give(n.id, Applied{n.applied});
  std::erase_if(n.waiting, [&](const ReplyAfterApply& waiter) {
    if (waiter.at.index > n.applied.index) return false;
    if (!Holds(n, waiter.promise)) return false;
    // Below its base the node took a snapshot, and cannot know.
    const bool known = waiter.at.index > n.base.index;
    const bool same = known && n.log[waiter.at.index - n.base.index - 1].term ==
                                   waiter.at.term;
    Say(n, absl::StrCat("answers #", waiter.ticket.value(),
                        same ? " ok at " : " not_leader: no longer at ",
                        PositionText(waiter.at), ", level ",
                        LevelName(waiter.delivered)));
    return true;
  });
  std::erase_if(n.reads, [&](const replication::Read& read) {
    if (read.at_least > n.applied.index) return false;
    Say(n, absl::StrCat("reads #", read.ticket.value(), ": ",
                        n.state.empty() ? "nothing" : n.state.back(),
                        ", level ", LevelName(read.delivered)));
    if (read.confirm) Give(n.id, ReadDone{read.ticket});
    return true;
  });
}

// ---- Snapshots: the executed values, separated by ';' -----------------------

void ReplicaGroup::ReadSnapshot(Node& n, const SnapshotRead& read) {
  if (read.at == LogPosition{}) {
    n.snapshot.clear();
    for (const std::string& item : n.state) {
      absl::StrAppend(&n.snapshot, item, ";");
    }
    n.snapshot_at = n.applied;
  }
  SnapshotPart part;
  part.peer = read.peer;
  part.at = n.snapshot_at;
  part.offset = std::min<std::uint64_t>(read.offset, n.snapshot.size());
  part.bytes = n.snapshot.substr(part.offset, read.max_bytes);
  part.last = part.offset + part.bytes.size() == n.snapshot.size();
  Give(n.id, std::move(part));
}

void ReplicaGroup::WriteSnapshot(Node& n, const SnapshotWrite& write) {
  n.snapshot.resize(write.offset);
  n.snapshot += write.bytes;
  if (write.last) Install(n, write.at);
}

void ReplicaGroup::Install(Node& n, LogPosition at) {
  // Atomic and durable, after everything before it.
  WriteBack(n);
  const bool stale = at <= n.applied;
  if (!stale) {
    if (!n.log.empty()) {
      const LogEntry& last = n.log.back();
      Say(n,
          absl::StrCat("loses its log up to ", PositionText(last.position())));
    }
    n.state.clear();
    std::size_t from = 0;
    for (std::size_t to = 0;
         (to = n.snapshot.find(';', from)) != std::string::npos;
         from = to + 1) {
      n.state.push_back(n.snapshot.substr(from, to - from));
    }
    n.applied = at;
    n.commit = at.index;
    n.log.clear();
    n.base = at;
    n.disk.log.clear();
    n.disk.base = at;
    n.disk.applied = at;
    n.disk.state = n.state;
    n.held.clear();
    Say(n, absl::StrCat("installs the snapshot at ", PositionText(at)));
  }
  Give(n.id, SnapshotInstalled{at, !stale});
}

// ---- Text -------------------------------------------------------------------

std::string ReplicaGroup::EntryText(const LogEntry& entry) const {
  const std::string at = PositionText(entry.position());
  switch (entry.kind) {
    case EntryKind::kNoop:
      return absl::StrCat(at, " noop");
    case EntryKind::kConfig:
      return absl::StrCat(at, " ",
                          words_.members(std::string(ToStd(entry.payload))));
    case EntryKind::kCommand:
      break;
  }
  return absl::StrCat(at, " ", Slice(entry.payload));
}

void ReplicaGroup::Say(const Node& n, const std::string& what) {
  absl::StrAppend(&events_, "  ", NodeName(n.id), " ", what, "\n");
}

std::string ReplicaGroup::TakeEvents() { return std::exchange(events_, ""); }

std::string ReplicaGroup::StatusLine(NodeId id) const {
  const Node& n = node(id);
  if (n.model == nullptr) return absl::StrCat(NodeName(id), " down\n");
  const Status& s = n.model->status();
  std::string voters = NodesText(s.voters);
  if (!s.voters_next.empty()) {
    absl::StrAppend(&voters, "+", NodesText(s.voters_next));
  }
  return absl::StrCat(NodeName(id), " ", RoleName(s.role),
                      " term=", s.term.value(), " vote=", NodeName(s.voted_for),
                      " leader=", NodeName(s.leader),
                      " last=", PositionText(s.last),
                      " commit=", s.commit.value(), " voters=", voters, "\n");
}

std::string ReplicaGroup::LogLine(NodeId id) const {
  const Node& n = node(id);
  std::string out = absl::StrCat(NodeName(id), " ");
  if (n.base.index.value() > 0) {
    absl::StrAppend(&out, "(", PositionText(n.base), ") ");
  }
  const auto text = [&](std::string* to, const LogEntry& entry) {
    absl::StrAppend(to, EntryText(entry));
  };
  absl::StrAppend(
      &out, n.log.empty() ? "empty" : absl::StrJoin(n.log, ", ", text),
      " | executed ", n.state.empty() ? "nothing" : absl::StrJoin(n.state, " "),
      "\n");
  return out;
}

std::string ReplicaGroup::HeldLines(NodeId id) const {
  const Node& n = node(id);
  std::string out;
  for (const Held& held : n.held) {
    const std::string what =
        held.send ? absl::StrCat(">", NodeName(held.send->to), " ",
                                 words_.message(held.send->body))
                  : absl::StrCat(" answer #", held.reply->ticket.value());
    absl::StrAppend(&out, NodeName(id), what, "\n");
  }
  return out;
}

}  // namespace wringer::replication
