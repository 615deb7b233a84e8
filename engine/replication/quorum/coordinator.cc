// Coordinating a client's operation: asking owners, counting answers, repair.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/quorum/quorum_replicator.h"

namespace wringer::replication::quorum {

using wire::OpKind;
using wire::Outcome;
using wire::ReadLevelKind;
using wire::WriteLevelKind;
using Repair = QuorumOptions::Repair;

bool QuorumReplicator::Supported(const Submit& submit) const {
  const auto has = [](const auto& values, auto value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  const OpKind kind = submit.request.command.kind;
  if (!has(capabilities_.operations, kind)) return false;
  if (kind == OpKind::kRegisterSession) return true;
  return kind == OpKind::kGet
             ? has(capabilities_.read_levels, submit.request.read_level.kind)
             : has(capabilities_.write_levels, submit.request.write_level.kind);
}

std::size_t QuorumReplicator::WriteNeed(const wire::WriteLevel& level) const {
  switch (level.kind) {
    case WriteLevelKind::kAll:
      return q_.n;
    case WriteLevelKind::kQuorum:
      return q_.w;
    case WriteLevelKind::kCopies:
      return level.copies;
    case WriteLevelKind::kOs:
      return q_.w;
    default:
      return 1;
  }
}

void QuorumReplicator::OnSubmit(const Submit& submit, Ready& ready) {
  if (!Supported(submit)) {
    Refuse(submit.ticket, Outcome::kUnsupported, ready);
    return;
  }
  if (latched_) {
    Refuse(submit.ticket, Outcome::kUnavailable, ready);
    return;
  }
  const wire::Command& command = submit.request.command;
  if (command.kind == OpKind::kRegisterSession) {
    // Versions make repeats harmless; there is no session to keep.
    Refuse(submit.ticket, Outcome::kOk, ready);
    return;
  }
  const std::uint64_t id = ++next_id_;
  Operation& op = operations_[id];
  op.ticket = submit.ticket;
  op.read = command.kind == OpKind::kGet;
  op.read_level = submit.request.read_level;
  op.write_level = submit.request.write_level;
  op.command = command;
  op.owners = ring_.Owners(command.key);
  // What this client wrote or saw may have been numbered elsewhere, by a clock
  // ahead of ours: what it writes next comes after.
  Observe({submit.request.token.version, NodeId{}, OpId{}});
  op.deadline = now_.monotonic + q_.request_timeout;
  if (!deadline_armed_) {
    deadline_armed_ = true;
    Arm(kDeadline, q_.request_timeout, ready);
  }
  if (op.read) {
    const bool one = op.read_level.kind == ReadLevelKind::kLocal;
    StartCollect(id, one ? 1 : q_.r, ready);
    return;
  }
  op.value.tombstone = command.kind == OpKind::kDelete;
  op.value.value = command.value;
  if (abd()) {
    StartCollect(id, q_.r, ready);
    return;
  }
  op.phase = Operation::Phase::kClock;
  clock_waiters_.push_back(id);
  ReleaseClock(ready);
}

void QuorumReplicator::StartCollect(std::uint64_t id, std::size_t need,
                                    Ready& ready) {
  Operation& op = operations_.at(id);
  op.phase = Operation::Phase::kCollect;
  op.need = need;
  for (NodeId owner : op.owners) {
    if (owner != options_.self) {
      Send(owner, ReadRequest{id, op.command.key}, {}, ready);
    } else if (!rebuilding()) {
      const StoreOp read{++next_store_op_};
      work_[read] = {StoreWork::Kind::kOwnRead, options_.self, id};
      ready.store_reads.push_back({read, op.command.key});
    }
  }
}

void QuorumReplicator::OnReadReply(NodeId from, const ReadReply& reply,
                                   Ready& ready) {
  const auto it = operations_.find(reply.id);
  if (it == operations_.end()) return;
  Operation& op = it->second;
  const bool owner =
      std::find(op.owners.begin(), op.owners.end(), from) != op.owners.end();
  if (!owner || op.replies.contains(from)) return;
  op.replies[from] = reply.held;
  if (reply.held) Observe(reply.held->version);
  if (op.phase == Operation::Phase::kCollect) {
    if (op.replies.size() >= op.need) Collected(reply.id, ready);
    return;
  }
  // A late answer: repair it if it is stale.
  const bool stale = !reply.held || reply.held->version < op.value.version;
  if (op.read && op.found && stale && q_.repair != Repair::kNone &&
      from != options_.self) {
    Send(from, WriteRequest{0, op.command.key, op.value}, {}, ready);
  }
}

void QuorumReplicator::Collected(std::uint64_t id, Ready& ready) {
  Operation& op = operations_.at(id);
  const Versioned* newest = nullptr;
  for (const auto& [node, held] : op.replies) {
    const bool newer =
        held && (newest == nullptr || held->version > newest->version);
    if (newer) newest = &*held;
  }
  if (!op.read) {
    // ABD, first phase of a write: one more than the greatest time seen.
    const std::uint64_t seen = newest == nullptr ? 0 : newest->version.time;
    op.value.version = {seen + 1, options_.self, op.command.op};
    StartStore(id, WriteNeed(op.write_level), ready);
    return;
  }
  op.found = newest != nullptr;
  if (op.found) op.value = *newest;
  const bool must_store = op.read_level.kind == ReadLevelKind::kStrong ||
                          (q_.repair == Repair::kBlocking &&
                           op.read_level.kind == ReadLevelKind::kQuorum);
  if (!op.found || !must_store || WR_MUTANT(kQuorumAnswersBeforeRepair)) {
    Answer(id, ready);
    return;
  }
  // Owners that hold it need not be asked again.
  for (const auto& [node, held] : op.replies) {
    if (held && held->version == op.value.version) op.stored.insert(node);
  }
  StartStore(id, q_.w, ready);
}

void QuorumReplicator::RepairStale(const Operation& op, Ready& ready) {
  if (!op.found || q_.repair == Repair::kNone) return;
  for (const auto& [node, held] : op.replies) {
    if (held && held->version >= op.value.version) continue;
    WR_MARK(kQuorumReadRepair);
    if (node == options_.self) {
      MergeItem({}, op.command.key, op.value, ready);
    } else {
      Send(node, WriteRequest{0, op.command.key, op.value}, {}, ready);
    }
  }
}

void QuorumReplicator::StartStore(std::uint64_t id, std::size_t need,
                                  Ready& ready) {
  Operation& op = operations_.at(id);
  op.phase = Operation::Phase::kStore;
  op.need = need;
  if (StoreSatisfied(op)) {
    Answer(id, ready);
    return;
  }
  for (NodeId owner : op.owners) {
    if (op.stored.contains(owner)) continue;
    if (owner == options_.self) {
      MergeItem({StoreWork::Kind::kOwnWrite, owner, id}, op.command.key,
                op.value, ready);
    } else {
      Send(owner, WriteRequest{id, op.command.key, op.value}, {}, ready);
    }
  }
}

bool QuorumReplicator::StoreSatisfied(const Operation& op) const {
  std::size_t stored = op.stored.size();
  // Strangers' copies count only where the design says so (rule 6).
  const bool strangers =
      !op.read && (q_.sloppy || op.write_level.kind == WriteLevelKind::kAny ||
                   WR_MUTANT(kQuorumHintsCount));
  if (strangers) {
    for (NodeId owner : op.hinted) {
      if (!op.stored.contains(owner)) ++stored;
    }
  }
  return stored >= op.need;
}

void QuorumReplicator::OnStored(std::uint64_t id, NodeId owner, Ready& ready) {
  const auto it = operations_.find(id);
  if (it == operations_.end()) return;
  Operation& op = it->second;
  const bool owns =
      std::find(op.owners.begin(), op.owners.end(), owner) != op.owners.end();
  if (!owns) return;
  op.stored.insert(owner);
  if (op.phase == Operation::Phase::kStore && StoreSatisfied(op)) {
    Answer(id, ready);
  }
}

void QuorumReplicator::OnHinted(std::uint64_t id, NodeId owner, Ready& ready) {
  const auto it = operations_.find(id);
  if (it == operations_.end()) return;
  Operation& op = it->second;
  op.hinting.erase(owner);
  op.hinted.insert(owner);
  if (op.phase == Operation::Phase::kStore && StoreSatisfied(op)) {
    if (op.stored.size() < op.need) WR_MARK(kQuorumSloppyAck);
    Answer(id, ready);
  }
}

void QuorumReplicator::Answer(std::uint64_t id, Ready& ready) {
  Operation& op = operations_.at(id);
  WR_CHECK(op.phase != Operation::Phase::kDone);
  op.phase = Operation::Phase::kDone;
  Reply& reply = ready.replies.emplace_back();
  reply.ticket = op.ticket;
  op.ticket = Ticket{0};
  wire::ClientReply& r = reply.reply;
  r.outcome = Outcome::kOk;
  r.read_level = op.read_level;
  r.write_level = op.write_level;
  // With hints counted, no owner quorum holds it: claim no more than that.
  if (!op.read && op.stored.size() < op.need) {
    r.write_level = {WriteLevelKind::kAny, 0};
  }
  r.tag = op.value.version.op;
  r.token.version = op.value.version.time;
  r.found = !op.value.tombstone && (op.found || !op.read);
  if (op.read && r.found) r.value = op.value.value;
  RepairStale(op, ready);
}

void QuorumReplicator::KeepHints(std::uint64_t id, Operation& op,
                                 Ready& ready) {
  if (!q_.hints || op.read) return;
  for (NodeId owner : op.owners) {
    const bool has = op.stored.contains(owner) || op.hinted.contains(owner) ||
                     op.hinting.contains(owner) || owner == options_.self;
    if (has) continue;
    WR_MARK(kQuorumHintKept);
    op.hinting.insert(owner);
    Merge& merge = ready.merges.emplace_back();
    merge.op = StoreOp(++next_store_op_);
    merge.space = StoreSpace::kHint;
    merge.owner = owner;
    merge.key = op.command.key;
    merge.value = op.value;
    work_[merge.op] = {StoreWork::Kind::kHint, owner, id};
  }
}

void QuorumReplicator::Expire(Ready& ready) {
  // A sloppy write turns to strangers halfway; everything ends at its deadline.
  std::vector<std::uint64_t> dead;
  Nanos next = 0;
  for (auto& [id, op] : operations_) {
    const bool storing = !op.read && op.value.version.time != 0;
    const bool may_wait = op.hinting.empty();
    if (storing && op.deadline <= now_.monotonic && op.hinted.empty() &&
        may_wait) {
      KeepHints(id, op, ready);
      // Strangers may still make up the number: one more period.
      if (op.phase != Operation::Phase::kDone && !op.hinting.empty()) {
        op.deadline = now_.monotonic + q_.request_timeout;
      }
    }
    if (op.deadline <= now_.monotonic) {
      dead.push_back(id);
    } else if (next == 0 || op.deadline < next) {
      next = op.deadline;
    }
  }
  for (std::uint64_t id : dead) {
    const Operation& op = operations_.at(id);
    // A write may surface later, whoever asks (rule 8); a read did nothing.
    Refuse(op.ticket, op.read ? Outcome::kUnavailable : Outcome::kUnknown,
           ready);
    operations_.erase(id);
  }
  if (next != 0) {
    deadline_armed_ = true;
    Arm(kDeadline, next - now_.monotonic, ready);
  }
}

}  // namespace wringer::replication::quorum
