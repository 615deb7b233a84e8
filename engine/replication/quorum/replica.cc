// This node as an owner: storing, answering, handing hints over, rebuilding.
#include <algorithm>
#include <utility>

#include "engine/base/marks.h"
#include "engine/replication/quorum/quorum_replicator.h"

namespace wringer::replication::quorum {

void QuorumReplicator::OnWriteRequest(NodeId from, WriteRequest request,
                                      Ready& ready) {
  Observe(request.value.version);
  const std::uint64_t id = request.id;
  const StoreOp merge =
      MergeItem({StoreWork::Kind::kPeerWrite, from, id}, std::move(request.key),
                std::move(request.value), ready);
  if (id == 0) return;
  Promise promise;
  promise.merge = merge;
  Send(from, WriteAck{id}, promise, ready);
}

void QuorumReplicator::OnReadRequest(NodeId from, const ReadRequest& request,
                                     Ready& ready) {
  // Rule 7: "I have nothing" would be a lie of a node that has lost it.
  if (rebuilding() && !WR_MUTANT(kQuorumBlankOwnerAnswers)) return;
  const StoreOp read{++next_store_op_};
  work_[read] = {StoreWork::Kind::kPeerRead, from, request.id};
  ready.store_reads.push_back({read, request.key});
}

void QuorumReplicator::ReplayHints(Ready& ready) {
  // What was sent a while ago and not acknowledged is sent again by the scan.
  std::erase_if(hint_writes_, [&](const auto& item) {
    return now_.monotonic - item.second.sent_at >= q_.hint_replay;
  });
  for (NodeId owner : hint_owners_) {
    const bool busy = std::any_of(
        hint_writes_.begin(), hint_writes_.end(),
        [&](const auto& item) { return item.second.owner == owner; });
    if (busy) continue;
    Scan({StoreWork::Kind::kHintScan, owner, 0}, StoreSpace::kHint,
         std::string(), ready);
  }
}

// Sends a hint to its owner, or gives it up: an owner that stays away is left
// to anti-entropy. Its age counts from this node's first attempt since it
// booted, so that no clock has to be believed.
void QuorumReplicator::HandOver(NodeId owner, const Item& item, Ready& ready) {
  const Nanos since =
      hints_tried_.try_emplace({owner, item.first}, now_.monotonic)
          .first->second;
  if (now_.monotonic - since >= q_.hint_ttl) {
    WR_MARK(kQuorumHintExpired);
    RemoveHint(owner, item, ready);
    return;
  }
  const std::uint64_t id = ++next_id_;
  hint_writes_[id] = {owner, item, now_.monotonic};
  Send(owner, WriteRequest{id, item.first, item.second}, {}, ready);
}

void QuorumReplicator::RemoveHint(NodeId owner, const Item& item,
                                  Ready& ready) {
  hints_tried_.erase({owner, item.first});
  Merge& removal = ready.merges.emplace_back();
  removal.op = StoreOp(++next_store_op_);
  removal.space = StoreSpace::kHint;
  removal.owner = owner;
  removal.key = item.first;
  removal.value = item.second;
  removal.remove = true;
  work_[removal.op] = {StoreWork::Kind::kQuiet, owner, 0};
}

// ---- Rebuilding -------------------------------------------------------------

std::size_t QuorumReplicator::RebuildNeed() const {
  // Every acknowledged write is on W owners, this node perhaps one of them: of
  // the others at most W - 2 may be missing from what is read back.
  const std::size_t others = options_.members.size() - 1;
  const std::size_t spare = q_.w >= 2 ? q_.w - 2 : 0;
  return others > spare ? others - spare : 0;
}

void QuorumReplicator::AskForRebuild(Ready& ready) {
  for (NodeId node : options_.members) {
    if (node == options_.self || rebuild_->complete.contains(node)) continue;
    Send(node, RebuildRequest{rebuild_->question(), rebuild_->next[node]}, {},
         ready);
  }
  Arm(kRebuild, q_.request_timeout, ready);
  MaybeRebuilt(ready);
}

void QuorumReplicator::OnRebuildRequest(NodeId from,
                                        const RebuildRequest& request,
                                        Ready& ready) {
  if (rebuilding()) return;  // has nothing to teach
  Scan({StoreWork::Kind::kRebuildScan, from, request.life}, StoreSpace::kData,
       request.from, ready);
}

void QuorumReplicator::OnRebuildReply(NodeId from, RebuildReply reply,
                                      Ready& ready) {
  if (!rebuilding() || reply.life != rebuild_->question()) return;
  if (rebuild_->complete.contains(from)) return;
  std::string& next = rebuild_->next[from];
  for (Item& item : reply.items) {
    if (item.first < next) return;  // an answer to an earlier question
  }
  if (!reply.items.empty()) next = reply.items.back().first + '\0';
  for (Item& item : reply.items) {
    Observe(item.second.version);
    if (!ring_.Owns(options_.self, item.first)) continue;
    ++rebuild_->merging;
    MergeItem({StoreWork::Kind::kRebuildItem, from, 0}, std::move(item.first),
              std::move(item.second), ready);
  }
  if (reply.more && !reply.items.empty()) {
    Send(from, RebuildRequest{rebuild_->question(), next}, {}, ready);
  } else {
    rebuild_->complete.insert(from);
  }
  MaybeRebuilt(ready);
}

void QuorumReplicator::MaybeRebuilt(Ready& ready) {
  if (!rebuilding() || rebuild_->merging > 0) return;
  if (rebuild_->again) {
    // The timer asks.
    rebuild_->again = false;
    ++rebuild_->rounds;
    rebuild_->next.clear();
    rebuild_->complete.clear();
    return;
  }
  if (rebuild_->complete.size() < RebuildNeed()) return;
  WR_MARK(kQuorumRebuilt);
  rebuild_.reset();
  ExtendBound(ready);  // the meta cell no longer says "rebuilding"
}

}  // namespace wringer::replication::quorum
