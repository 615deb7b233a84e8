// Anti-entropy: two owners compare Merkle leaves and exchange the items of
// those that differ (Dynamo, section 4.7). The initiator offers its leaves; the
// peer builds its own, answers with the differing ones and sends its items of
// them; the initiator sends its items in turn. Merging does the rest.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/quorum/quorum_replicator.h"

namespace wringer::replication::quorum {

namespace {
constexpr std::size_t kMaxExchanges = 16;
}  // namespace

void QuorumReplicator::StartExchange(Ready& ready) {
  std::erase_if(exchanges_, [&](const Exchange& exchange) {
    return now_.monotonic - exchange.started_at > q_.anti_entropy * 4;
  });
  const std::size_t others = options_.members.size() - 1;
  if (others == 0 || exchanges_.size() >= kMaxExchanges) return;
  const NodeId peer = NextPeer();
  Exchange& exchange = exchanges_.emplace_back();
  exchange.peer = peer;
  exchange.id = ++next_id_;
  exchange.initiator = true;
  exchange.started_at = now_.monotonic;
  Scan({StoreWork::Kind::kTreeScan, peer, exchange.id}, StoreSpace::kData,
       std::string(), ready);
}

// Every other member once in each round, in an order drawn anew: with fewer
// owners than nodes only one certain peer may have what this one lacks, and a
// peer drawn each time may not come up for long.
NodeId QuorumReplicator::NextPeer() {
  if (round_.empty()) {
    for (const NodeId node : options_.members) {
      if (node != options_.self) round_.push_back(node);
    }
    for (std::size_t i = round_.size(); i > 1; --i) {
      std::swap(round_[i - 1], round_[stream_.Below(i)]);
    }
  }
  const NodeId peer = round_.back();
  round_.pop_back();
  return peer;
}

void QuorumReplicator::OnTreeOffer(NodeId from, TreeOffer offer, Ready& ready) {
  if (rebuilding() || offer.leaves.size() != kMerkleLeaves) return;
  if (exchanges_.size() >= kMaxExchanges) return;
  if (FindExchange(from, offer.id) != nullptr) return;  // doubled
  Exchange& exchange = exchanges_.emplace_back();
  exchange.peer = from;
  exchange.id = offer.id;
  exchange.theirs = std::move(offer.leaves);
  exchange.started_at = now_.monotonic;
  Scan({StoreWork::Kind::kTreeScan, from, offer.id}, StoreSpace::kData,
       std::string(), ready);
}

QuorumReplicator::Exchange* QuorumReplicator::FindExchange(NodeId peer,
                                                           std::uint64_t id) {
  const auto it = std::find_if(
      exchanges_.begin(), exchanges_.end(), [&](const Exchange& exchange) {
        return exchange.peer == peer && exchange.id == id;
      });
  return it == exchanges_.end() ? nullptr : &*it;
}

void QuorumReplicator::NextPage(const StoreWork& work, StoreSpace space,
                                const StoreScanDone& done, Ready& ready) {
  WR_CHECK(!done.items.empty());
  Scan(work, space, done.items.back().first + '\0', ready);
}

void QuorumReplicator::ScanTree(const StoreWork& work,
                                const StoreScanDone& done, Ready& ready) {
  Exchange* exchange = FindExchange(work.peer, work.id);
  if (exchange == nullptr) return;
  for (const Item& item : done.items) {
    if (CollectTombstone(item, ready)) continue;
    const bool shared = ring_.Owns(options_.self, item.first) &&
                        ring_.Owns(exchange->peer, item.first);
    if (shared) exchange->tree.Add(item.first, item.second);
  }
  if (done.more && !done.items.empty()) {
    NextPage(work, StoreSpace::kData, done, ready);
  } else {
    TreeDone(*exchange, ready);
  }
}

void QuorumReplicator::TreeDone(Exchange& exchange, Ready& ready) {
  if (exchange.initiator) {
    Send(exchange.peer, TreeOffer{exchange.id, exchange.tree.leaves()}, {},
         ready);
    return;
  }
  TreeDiff diff{exchange.id, {}};
  for (std::uint32_t leaf = 0; leaf < kMerkleLeaves; ++leaf) {
    if (exchange.tree.leaves()[leaf] != exchange.theirs[leaf]) {
      diff.leaves.push_back(leaf);
      exchange.leaves.insert(leaf);
    }
  }
  Send(exchange.peer, diff, {}, ready);
  if (diff.leaves.empty()) {
    const std::uint64_t id = exchange.id;
    const NodeId peer = exchange.peer;
    std::erase_if(exchanges_, [&](const Exchange& e) {
      return e.peer == peer && e.id == id;
    });
    return;
  }
  WR_MARK(kQuorumAntiEntropyRepairs);
  Scan({StoreWork::Kind::kDiffScan, exchange.peer, exchange.id},
       StoreSpace::kData, std::string(), ready);
}

void QuorumReplicator::OnTreeDiff(NodeId from, const TreeDiff& diff,
                                  Ready& ready) {
  Exchange* exchange = FindExchange(from, diff.id);
  if (exchange == nullptr || !exchange->initiator) return;
  exchange->leaves.insert(diff.leaves.begin(), diff.leaves.end());
  if (exchange->leaves.empty()) {
    std::erase_if(exchanges_, [&](const Exchange& e) {
      return e.peer == from && e.id == diff.id;
    });
    return;
  }
  Scan({StoreWork::Kind::kDiffScan, from, diff.id}, StoreSpace::kData,
       std::string(), ready);
}

void QuorumReplicator::ScanDiff(const StoreWork& work,
                                const StoreScanDone& done, Ready& ready) {
  Exchange* exchange = FindExchange(work.peer, work.id);
  if (exchange == nullptr) return;
  Items items;
  for (const Item& item : done.items) {
    const bool wanted = exchange->leaves.contains(MerkleLeaf(item.first)) &&
                        ring_.Owns(options_.self, item.first) &&
                        ring_.Owns(exchange->peer, item.first);
    if (wanted) items.items.push_back(item);
  }
  if (!items.items.empty()) Send(work.peer, items, {}, ready);
  if (done.more && !done.items.empty()) {
    NextPage(work, StoreSpace::kData, done, ready);
    return;
  }
  std::erase_if(exchanges_, [&](const Exchange& e) {
    return e.peer == work.peer && e.id == work.id;
  });
}

void QuorumReplicator::OnItems(Items items, Ready& ready) {
  for (Item& item : items.items) {
    Observe(item.second.version);
    if (!ring_.Owns(options_.self, item.first)) continue;
    MergeItem({}, std::move(item.first), std::move(item.second), ready);
  }
}

bool QuorumReplicator::CollectTombstone(const Item& item, Ready& ready) {
  // Cassandra's bargain: a tombstone older than the grace is dropped on the
  // word of the clock. An owner that was away for longer brings the deleted
  // value back; 0 keeps tombstones for ever.
  if (!item.second.tombstone || q_.tombstone_grace == 0 || abd()) return false;
  const auto written = static_cast<Nanos>(item.second.version.time);
  if (now_.wall - written < q_.tombstone_grace) return false;
  WR_MARK(kQuorumTombstoneCollected);
  Merge& removal = ready.merges.emplace_back();
  removal.op = StoreOp(++next_store_op_);
  removal.key = item.first;
  removal.value = item.second;
  removal.remove = true;
  work_[removal.op] = {};
  return true;
}

}  // namespace wringer::replication::quorum
