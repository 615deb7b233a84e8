#include "engine/replication/quorum/quorum_replicator.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/marks.h"

namespace wringer::replication::quorum {

using wire::OpKind;
using wire::Outcome;
using wire::ReadLevelKind;
using wire::WriteLevelKind;

Capabilities QuorumCapabilities(const ReplicationOptions& options) {
  Capabilities c;
  const QuorumOptions& q = options.quorum;
  c.operations = {OpKind::kGet, OpKind::kPut, OpKind::kDelete,
                  OpKind::kRegisterSession};
  c.write_levels = {WriteLevelKind::kOs};
  c.default_write = {WriteLevelKind::kOs, 0};
  if (options.durable_means == WriteLevelKind::kLocal) {
    c.write_levels = {WriteLevelKind::kLocal, WriteLevelKind::kCopies,
                      WriteLevelKind::kQuorum, WriteLevelKind::kAll};
    if (q.hints) c.write_levels.push_back(WriteLevelKind::kAny);
    c.default_write = {WriteLevelKind::kQuorum, 0};
  }
  c.read_levels = {ReadLevelKind::kLocal, ReadLevelKind::kQuorum};
  c.default_read = {ReadLevelKind::kQuorum, 0};
  if (q.versions == QuorumOptions::Versions::kAbd && q.r + q.w > q.n) {
    c.read_levels.push_back(ReadLevelKind::kStrong);
    c.default_read = {ReadLevelKind::kStrong, 0};
  }
  c.has_log = false;
  c.has_leader = false;
  return c;
}

QuorumReplicator::QuorumReplicator(const ReplicationOptions& options)
    : options_(options),
      q_(options_.quorum),
      capabilities_(QuorumCapabilities(options)),
      ring_(options.members,
            std::min<std::size_t>(options.quorum.n, options.members.size())),
      stream_(options.random_key, Purpose("quorum.anti_entropy")) {
  status_.voters = options_.members;
}

void QuorumReplicator::Step(const Input& input, Ready& ready) {
  now_ = input.now;
  struct Dispatch {
    QuorumReplicator& self;
    Ready& ready;
    void operator()(const Start& in) const { self.OnStart(in, ready); }
    void operator()(const Submit& in) const { self.OnSubmit(in, ready); }
    void operator()(const Receive& in) const { self.OnReceive(in, ready); }
    void operator()(const Timer& in) const { self.OnTimer(in, ready); }
    void operator()(const Durable& in) const {
      auto it = self.bounds_.begin();
      while (it != self.bounds_.end() && it->first <= in.meta) {
        self.durable_bound_ = std::max(self.durable_bound_, it->second);
        it = self.bounds_.erase(it);
      }
      self.ReleaseClock(ready);
    }
    void operator()(const LogFailed&) const { self.latched_ = true; }
    void operator()(const Merged& in) const { self.OnMerged(in, ready); }
    void operator()(const StoreReadDone& in) const {
      self.OnStoreRead(in, ready);
    }
    void operator()(const StoreScanDone& in) const {
      self.OnStoreScan(in, ready);
    }
    void operator()(const PeerChanged& in) const {
      if (in.alive) self.ReplayHints(ready);
    }
    void operator()(const ChangeMembers& in) const {
      self.Refuse(in.ticket, Outcome::kUnsupported, ready);
    }
    // Inputs of models with a log.
    void operator()(const Fetched&) const {}
    void operator()(const Applied&) const {}
    void operator()(const ReadDone&) const {}
    void operator()(const ConfigChanged&) const {}
    void operator()(const SnapshotPart&) const {}
    void operator()(const SnapshotInstalled&) const {}
    void operator()(const Checkpointed&) const {}
    void operator()(const TransferLeadership&) const {}
  };
  std::visit(Dispatch{*this, ready}, input.body);
}

void QuorumReplicator::OnStart(const Start& start, Ready& ready) {
  WR_CHECK(status_.role == Role::kStarting);
  status_.role = Role::kPeer;
  meta_version_ = start.meta.version;
  // No id is used in two lives: an answer that outlived the one that asked
  // would pass for an answer to another question.
  next_id_ = (start.incarnation.value() - std::uint64_t{1}) << 32;
  if (!start.meta.bytes.empty()) {
    // Meta bytes are checksummed by the meta cell: damage is our own bug.
    Reader r(start.meta.bytes);
    bound_ = r.U64();
    const std::uint64_t rebuilding_life = r.U64();
    WR_CHECK(r.done());
    // Rule 3: nothing below the former bound is issued again.
    last_time_ = bound_;
    durable_bound_ = bound_;
    if (rebuilding_life != 0) rebuild_.emplace().life = rebuilding_life;
  } else if (start.log.blank && !options_.bootstrap) {
    WR_MARK(kQuorumForgot);
    rebuild_.emplace().life = start.entropy | 1;
    next_id_ = rebuild_->life << 32;  // boots are counted anew
  }
  // Nor below what others numbered by clocks ahead of this one, and it holds.
  Observe({start.newest, NodeId{}, OpId{}});
  ExtendBound(ready);
  if (q_.hints) {
    for (NodeId node : options_.members) {
      if (node != options_.self) hint_owners_.insert(node);
    }
    Arm(kHints, q_.hint_replay, ready);
  }
  if (q_.anti_entropy > 0) {
    Arm(kEntropy, stream_.Between(q_.anti_entropy / 2, q_.anti_entropy), ready);
  }
  if (rebuilding()) {
    // Answers to a former life are told from those to this one.
    rebuild_->rounds = std::uint64_t{start.incarnation.value()} << 32;
    AskForRebuild(ready);
  }
}

void QuorumReplicator::OnReceive(const Receive& receive, Ready& ready) {
  Message message;
  if (latched_ || !Decode(receive.body, &message).ok()) return;
  const auto& members = options_.members;
  const bool member =
      std::binary_search(members.begin(), members.end(), receive.from);
  if (!member || receive.from == options_.self) return;
  struct Dispatch {
    QuorumReplicator& self;
    NodeId from;
    Ready& ready;
    void operator()(WriteRequest& m) const {
      self.OnWriteRequest(from, std::move(m), ready);
    }
    void operator()(WriteAck& m) const {
      const auto hint = self.hint_writes_.find(m.id);
      if (hint == self.hint_writes_.end()) {
        self.OnStored(m.id, from, ready);
        return;
      }
      // The owner has it: the hint has done its duty.
      WR_MARK(kQuorumHintDelivered);
      self.RemoveHint(from, hint->second.item, ready);
      self.hint_writes_.erase(hint);
    }
    void operator()(ReadRequest& m) const {
      self.OnReadRequest(from, m, ready);
    }
    void operator()(ReadReply& m) const { self.OnReadReply(from, m, ready); }
    void operator()(TreeOffer& m) const {
      self.OnTreeOffer(from, std::move(m), ready);
    }
    void operator()(TreeDiff& m) const { self.OnTreeDiff(from, m, ready); }
    void operator()(Items& m) const { self.OnItems(std::move(m), ready); }
    void operator()(RebuildRequest& m) const {
      self.OnRebuildRequest(from, m, ready);
    }
    void operator()(RebuildReply& m) const {
      self.OnRebuildReply(from, std::move(m), ready);
    }
  };
  std::visit(Dispatch{*this, receive.from, ready}, message);
}

void QuorumReplicator::OnTimer(const Timer& timer, Ready& ready) {
  if (latched_) return;
  switch (static_cast<TimerId>(timer.id)) {
    case kDeadline:
      deadline_armed_ = false;
      Expire(ready);
      break;
    case kHints:
      ReplayHints(ready);
      Arm(kHints, q_.hint_replay, ready);
      break;
    case kEntropy:
      if (!rebuilding()) StartExchange(ready);
      Arm(kEntropy, stream_.Between(q_.anti_entropy / 2, q_.anti_entropy),
          ready);
      break;
    case kRebuild:
      if (rebuilding()) AskForRebuild(ready);
      break;
  }
}

void QuorumReplicator::OnMerged(const Merged& merged, Ready& ready) {
  const auto it = work_.find(merged.op);
  if (it == work_.end()) return;
  const StoreWork work = it->second;
  work_.erase(it);
  if (merged.ok) Observe(merged.winner);
  switch (work.kind) {
    case StoreWork::Kind::kOwnWrite:
      if (merged.ok) OnStored(work.id, options_.self, ready);
      break;
    case StoreWork::Kind::kHint:
      if (merged.ok) OnHinted(work.id, work.peer, ready);
      break;
    case StoreWork::Kind::kRebuildItem:
      if (rebuilding()) {
        --rebuild_->merging;
        rebuild_->again |= !merged.ok;
        MaybeRebuilt(ready);
      }
      break;
    default:
      break;  // a peer's write: its acknowledgement left with the promise
  }
}

void QuorumReplicator::OnStoreRead(const StoreReadDone& done, Ready& ready) {
  const auto it = work_.find(done.op);
  if (it == work_.end()) return;
  const StoreWork work = it->second;
  work_.erase(it);
  const ReadReply reply{work.id, done.held};
  if (work.kind == StoreWork::Kind::kOwnRead) {
    OnReadReply(options_.self, reply, ready);
  } else {
    Send(work.peer, reply, {}, ready);
  }
}

void QuorumReplicator::OnStoreScan(const StoreScanDone& done, Ready& ready) {
  const auto it = work_.find(done.op);
  if (it == work_.end()) return;
  const StoreWork work = it->second;
  work_.erase(it);
  switch (work.kind) {
    case StoreWork::Kind::kHintScan:
      for (const Item& item : done.items) HandOver(work.peer, item, ready);
      break;
    case StoreWork::Kind::kTreeScan:
      ScanTree(work, done, ready);
      break;
    case StoreWork::Kind::kDiffScan:
      ScanDiff(work, done, ready);
      break;
    case StoreWork::Kind::kRebuildScan:
      Send(work.peer, RebuildReply{work.id, done.items, done.more}, {}, ready);
      break;
    default:
      break;
  }
}

// ---- Helpers ----------------------------------------------------------------

void QuorumReplicator::Send(NodeId to, const Message& message, Promise promise,
                            Ready& ready) {
  replication::Send& send = ready.sends.emplace_back();
  send.to = to;
  send.promise = promise;
  Encode(message, &send.body);
}

StoreOp QuorumReplicator::MergeItem(StoreWork work, std::string key,
                                    Versioned value, Ready& ready) {
  Merge& merge = ready.merges.emplace_back();
  merge.op = StoreOp(++next_store_op_);
  merge.key = std::move(key);
  merge.value = std::move(value);
  work_[merge.op] = work;
  return merge.op;
}

void QuorumReplicator::Scan(StoreWork work, StoreSpace space, std::string from,
                            Ready& ready) {
  constexpr std::size_t kPage = 128;
  StoreScan& scan = ready.store_scans.emplace_back();
  scan.op = StoreOp(++next_store_op_);
  scan.space = space;
  if (space == StoreSpace::kHint) scan.owner = work.peer;
  scan.from = std::move(from);
  scan.limit = kPage;
  work_[scan.op] = work;
}

void QuorumReplicator::Refuse(Ticket ticket, Outcome outcome,
                              Ready& ready) const {
  if (ticket == Ticket{0}) return;
  Reply& reply = ready.replies.emplace_back();
  reply.ticket = ticket;
  reply.reply.outcome = outcome;
}

void QuorumReplicator::Arm(TimerId id, Nanos after, Ready& ready) const {
  ready.timers.push_back({id, true, after});
}

}  // namespace wringer::replication::quorum
