#include "tests/engine/replication/replica_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/random.h"

namespace wringer::replication {

ReplicaGroup::ReplicaGroup(const ReplicationOptions& options, std::size_t nodes,
                           const Words& words)
    : options_(options), words_(words), nodes_(nodes) {
  for (std::size_t i = 0; i < nodes; ++i) {
    nodes_[i].id = NodeId(static_cast<std::uint32_t>(i + 1));
    Boot(nodes_[i], /*bootstrap=*/true);
  }
}

ReplicaGroup::Node& ReplicaGroup::node(NodeId id) {
  WR_CHECK(id.value() >= 1 && id.value() <= nodes_.size());
  return nodes_[id.value() - 1];
}
const ReplicaGroup::Node& ReplicaGroup::node(NodeId id) const {
  WR_CHECK(id.value() >= 1 && id.value() <= nodes_.size());
  return nodes_[id.value() - 1];
}

// ---- Lives ------------------------------------------------------------------

void ReplicaGroup::Boot(Node& n, bool bootstrap) {
  ReplicationOptions options = options_;
  options.self = n.id;
  options.bootstrap = bootstrap;
  options.random_key = n.id.value();
  n.incarnation = n.incarnation.next();
  auto model = NewReplicator(options);
  WR_CHECK_MSG(model.ok(), model.status().ToString());
  n.model = std::move(*model);
  n.log = n.disk.log;
  n.base = n.disk.base;
  n.applied = n.disk.applied;
  n.state = n.disk.state;
  n.commit = n.applied.index;
  Start start;
  start.log.base = n.base;
  start.log.entries = n.log;
  if (!n.disk.lived && !bootstrap) n.disk.forgot = true;
  start.log.blank = n.disk.forgot;
  for (LogIndex index : n.disk.damaged) {
    start.log.damaged.push_back(index);
    LogEntry& entry = start.log.entries[index - n.base.index - 1];
    entry = {entry.term, index, EntryKind::kNoop, ""};
  }
  n.disk.damaged.clear();
  start.meta = n.disk.meta;
  start.incarnation = n.incarnation;
  start.entropy =
      RandomKey(0, Purpose("entropy"), n.id.value(), n.incarnation.value());
  start.applied = n.applied;
  n.disk.lived = true;
  Give(n.id, std::move(start));
}

void ReplicaGroup::Crash(NodeId id, bool power_loss) {
  Node& n = node(id);
  if (!power_loss) WriteBack(n);
  n.model.reset();
  n.unsynced.clear();
  n.held.clear();
  n.waiting.clear();
  n.reads.clear();
  n.snapshot.clear();
  n.slow = false;
}

void ReplicaGroup::Restart(NodeId id, bool wiped) {
  Node& n = node(id);
  WR_CHECK_MSG(n.model == nullptr, "crash it first");
  if (wiped) n.disk = Disk{};
  Boot(n, /*bootstrap=*/false);
}

void ReplicaGroup::Damage(NodeId id, LogIndex index) {
  Disk& disk = node(id).disk;
  WR_CHECK(index > disk.base.index);
  WR_CHECK(index - disk.base.index <= disk.log.size());
  disk.damaged.insert(index);
}

// ---- Disks ------------------------------------------------------------------

void ReplicaGroup::SetSlow(NodeId id, bool slow) {
  node(id).slow = slow;
  if (!slow) Sync(id);
}

void ReplicaGroup::WriteBack(Node& n) {
  for (; !n.unsynced.empty(); n.unsynced.pop_front()) {
    const Work& work = n.unsynced.front();
    if (work.truncate_after) {
      std::erase_if(n.disk.log, [&](const LogEntry& entry) {
        return entry.index > *work.truncate_after;
      });
    }
    for (const LogEntry& entry : work.append) n.disk.log.push_back(entry);
    if (work.meta) {
      n.disk.meta = *work.meta;
      n.disk.forgot = false;
    }
    if (!work.drop_prefix) continue;
    std::erase_if(n.disk.log, [&](const LogEntry& entry) {
      return entry.index <= work.drop_prefix->index;
    });
    n.disk.base = *work.drop_prefix;
  }
}

void ReplicaGroup::Sync(NodeId id) {
  Node& n = node(id);
  if (n.unsynced.empty()) return;
  WriteBack(n);
  ReleaseHeld(n);
  const LogPosition last =
      n.disk.log.empty() ? n.disk.base : n.disk.log.back().position();
  Give(id, Durable{last, n.disk.meta.version});
}

void ReplicaGroup::Checkpoint(NodeId id) {
  Node& n = node(id);
  n.disk.applied = n.applied;
  n.disk.state = n.state;
  Give(id, Checkpointed{n.applied});
}

bool ReplicaGroup::Holds(const Node& n, const Promise& promise) const {
  if (promise.meta > n.disk.meta.version) return false;
  if (promise.log.index <= n.disk.base.index) return true;
  const std::size_t place = promise.log.index - n.disk.base.index;
  return place <= n.disk.log.size() &&
         n.disk.log[place - 1].term == promise.log.term;
}

void ReplicaGroup::ReleaseHeld(Node& n) {
  std::vector<Held> waiting;
  for (Held& held : n.held) {
    if (!Holds(n, held.promise)) {
      waiting.push_back(std::move(held));
    } else if (held.send) {
      const NodeId to = held.send->to;
      const bool lost = cut_.contains(n.id) != cut_.contains(to);
      if (lost) continue;
      packets_.push_back({n.id, to, n.incarnation, std::move(held.send->body)});
    } else {
      const wire::ClientReply& reply = held.reply->reply;
      std::string hint;
      if (reply.hint != kNoNode)
        hint = absl::StrCat(", ask ", NodeName(reply.hint));
      Say(n, absl::StrCat("answers #", held.reply->ticket.value(), " ",
                          wire::OutcomeName(reply.outcome), hint));
    }
  }
  n.held = std::move(waiting);
}

// ---- Inputs -----------------------------------------------------------------

void ReplicaGroup::Give(NodeId id, InputBody body) {
  Node& n = node(id);
  if (n.model == nullptr) return;
  n.inbox.push_back(std::move(body));
  if (n.inbox.size() == 1) Drain(n);
}

void ReplicaGroup::Drain(Node& n) {
  // The front stays while it is handled: what it causes queues up behind.
  while (!n.inbox.empty()) {
    StepOne(n, n.inbox.front());
    Execute(n);
    if (!n.slow) Sync(n.id);
    n.inbox.pop_front();
  }
}

void ReplicaGroup::StepOne(Node& n, const InputBody& body) {
  const Status before = n.model->status();
  Ready ready;
  n.model->Step({{n.clock, n.clock + n.wall_ahead}, body}, ready);
  const Status& after = n.model->status();
  if (after.role != before.role || after.term != before.term) {
    Say(n, absl::StrCat("is ", RoleName(after.role), " in term ",
                        after.term.value()));
  }
  if (after.role == Role::kLeader) {
    const NodeId leader = leaders_.emplace(after.term, n.id).first->second;
    if (leader != n.id) {
      Say(n, absl::StrCat("VIOLATION: ", NodeName(leader), " leads term ",
                          after.term.value()));
    }
  }
  CarryOut(n, ready);
}

void ReplicaGroup::FireTimer(NodeId id, std::uint8_t timer) {
  Give(id, Timer{timer});
}

void ReplicaGroup::Advance(Nanos by, const std::vector<NodeId>& ids) {
  for (Node& n : nodes_) {
    const bool named = std::find(ids.begin(), ids.end(), n.id) != ids.end();
    if (ids.empty() || named) n.clock += by;
  }
}

Ticket ReplicaGroup::Propose(NodeId id, const std::string& value,
                             wire::WriteLevel level) {
  Submit submit;
  submit.ticket = Ticket(++tickets_);
  submit.request.command.kind = wire::OpKind::kPut;
  submit.request.write_level = level;
  submit.payload = value;
  Give(id, std::move(submit));
  return Ticket(tickets_);
}

Ticket ReplicaGroup::Read(NodeId id, wire::ReadLevel level, LogIndex token) {
  Submit submit;
  submit.ticket = Ticket(++tickets_);
  submit.request.command.kind = wire::OpKind::kGet;
  submit.request.read_level = level;
  submit.request.token.index = token;
  Give(id, std::move(submit));
  return Ticket(tickets_);
}

void ReplicaGroup::Deliver(const Packet& packet) {
  Give(packet.to, Receive{packet.from, packet.incarnation, packet.body});
}

}  // namespace wringer::replication
