// Leaderless replication: any node coordinates, N nodes own a key, a write
// waits for W of them and a read for R (Dynamo, section 4; ABD: Attiya,
// Bar-Noy, Dolev 1995).
//
// Rules it keeps:
//  1. A replica acknowledges a version when it, or a greater one, is durable.
//  2. Versions are totally ordered by (time, node, op); merging keeps the
//     greater, so it commutes and repeats harmlessly.
//  3. Last-writer-wins versions come from a hybrid logical clock (Kulkarni et
//     al. 2014) whose upper bound is durable before a version below it is
//     issued: a restart cannot go back.
//  4. ABD: a write first learns the greatest time from R owners; a read writes
//     back what it will answer to W owners first. With R + W > N that is an
//     atomic register, whatever the clocks do. No compare-and-set: that needs
//     consensus per key.
//  5. With repair = blocking a read answers only after its value is on W
//     owners: this is what makes quorum reads monotone.
//  6. A hint keeps a version for an owner that did not answer. It counts toward
//     W only if the design says so (sloppy), or the level is `any`.
//  7. A node that has lost its disk is silent to reads until it has read
//     everything back from enough of the others.
//  8. A write of unknown fate may surface later: the coordinator says kUnknown,
//     never that it failed.
#ifndef WR_ENGINE_REPLICATION_QUORUM_QUORUM_REPLICATOR_H_
#define WR_ENGINE_REPLICATION_QUORUM_QUORUM_REPLICATOR_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/replication/options.h"
#include "engine/replication/quorum/merkle.h"
#include "engine/replication/quorum/messages.h"
#include "engine/replication/quorum/ring.h"
#include "engine/replication/replicator.h"

namespace wringer::replication::quorum {

Capabilities QuorumCapabilities(const ReplicationOptions& options);

// Reading everything back after the loss of the disk.
struct Rebuild {
  std::uint64_t life = 0;
  std::map<NodeId, std::string> next;  // where to go on, by member asked
  std::set<NodeId> complete;
  std::uint64_t merging = 0;
  // An item found no space: everything is read once more.
  bool again = false;
  std::uint64_t rounds = 0;
  // Names one round in requests and answers.
  std::uint64_t question() const { return life + rounds; }
};

class QuorumReplicator : public Replicator {
 public:
  explicit QuorumReplicator(const ReplicationOptions& options);

  void Step(const Input& input, Ready& ready) override;
  const Status& status() const override { return status_; }
  const Capabilities& capabilities() const override { return capabilities_; }

 private:
  // One client operation under this node's coordination.
  struct Operation {
    enum class Phase : std::uint8_t {
      kClock,    // waits for the clock's bound to be durable
      kCollect,  // reads from owners
      kStore,    // writes to owners
      kDone,     // answered; late answers are used for repair only
    };
    Ticket ticket;
    Phase phase = Phase::kCollect;
    bool read = false;
    wire::ReadLevel read_level;
    wire::WriteLevel write_level;
    wire::Command command;
    std::vector<NodeId> owners;
    std::map<NodeId, std::optional<Versioned>> replies;  // of kCollect
    Versioned value;  // what is stored, or will be answered
    bool found = false;
    std::set<NodeId> stored;   // owners that hold `value` durably
    std::set<NodeId> hinted;   // owners for whom a durable hint is kept
    std::set<NodeId> hinting;  // hints on their way to the disk
    std::size_t need = 0;      // answers this phase waits for
    Nanos deadline = 0;        // own monotonic clock
  };
  // What a store operation of the driver was for.
  struct StoreWork {
    enum class Kind : std::uint8_t {
      kPeerWrite,  // acknowledge to `peer` under `id`
      kOwnWrite,   // this node is an owner of operation `id`
      kOwnRead,
      kPeerRead,
      kHint,         // a hint of operation `id` for `peer`
      kQuiet,        // repair, removal: nobody waits
      kHintScan,     // hints for `peer`
      kTreeScan,     // building a tree for exchange `id` with `peer`
      kDiffScan,     // sending differing leaves of exchange `id` to `peer`
      kRebuildScan,  // a page for `peer`, which rebuilds life `id`
      kRebuildItem,  // a merge of our own rebuilding
    };
    Kind kind = Kind::kQuiet;
    NodeId peer;
    std::uint64_t id = 0;
  };
  // One anti-entropy exchange, by either side.
  struct Exchange {
    NodeId peer;
    std::uint64_t id = 0;  // the initiator's number
    bool initiator = false;
    std::vector<std::uint64_t> theirs;  // responder: the offer
    MerkleTree tree;
    std::set<std::uint32_t> leaves;  // that differ
    Nanos started_at = 0;
  };
  enum TimerId : std::uint8_t {
    kDeadline = 0,
    kHints = 1,
    kEntropy = 2,
    kRebuild = 3
  };

  // quorum_replicator.cc
  void OnStart(const Start& start, Ready& ready);
  void OnReceive(const Receive& receive, Ready& ready);
  void OnTimer(const Timer& timer, Ready& ready);
  void OnMerged(const Merged& merged, Ready& ready);
  void OnStoreRead(const StoreReadDone& done, Ready& ready);
  void OnStoreScan(const StoreScanDone& done, Ready& ready);

  // coordinator.cc
  void OnSubmit(const Submit& submit, Ready& ready);
  bool Supported(const Submit& submit) const;
  std::size_t WriteNeed(const wire::WriteLevel& level) const;
  void StartCollect(std::uint64_t id, std::size_t need, Ready& ready);
  void StartStore(std::uint64_t id, std::size_t need, Ready& ready);
  void OnReadReply(NodeId from, const ReadReply& reply, Ready& ready);
  void Collected(std::uint64_t id, Ready& ready);
  void RepairStale(const Operation& op, Ready& ready);
  void OnStored(std::uint64_t id, NodeId owner, Ready& ready);
  void OnHinted(std::uint64_t id, NodeId owner, Ready& ready);
  bool StoreSatisfied(const Operation& op) const;
  void Answer(std::uint64_t id, Ready& ready);
  void Expire(Ready& ready);
  void KeepHints(std::uint64_t id, Operation& op, Ready& ready);

  // clock.cc: the hybrid logical clock.
  // The next time, or 0 while the clock's durable bound does not allow it.
  std::uint64_t NextTime(Ready& ready);
  void Observe(const Version& version);
  void ExtendBound(Ready& ready);
  void ReleaseClock(Ready& ready);

  // replica.cc: this node as an owner; hints; rebuilding.
  void OnWriteRequest(NodeId from, WriteRequest request, Ready& ready);
  void OnReadRequest(NodeId from, const ReadRequest& request, Ready& ready);
  void ReplayHints(Ready& ready);
  void HandOver(NodeId owner, const Item& item, Ready& ready);
  void RemoveHint(NodeId owner, const Item& item, Ready& ready);
  void AskForRebuild(Ready& ready);
  void OnRebuildRequest(NodeId from, const RebuildRequest& request,
                        Ready& ready);
  void OnRebuildReply(NodeId from, RebuildReply reply, Ready& ready);
  void MaybeRebuilt(Ready& ready);
  std::size_t RebuildNeed() const;

  // anti_entropy.cc
  void StartExchange(Ready& ready);
  NodeId NextPeer();
  void OnTreeOffer(NodeId from, TreeOffer offer, Ready& ready);
  void OnTreeDiff(NodeId from, const TreeDiff& diff, Ready& ready);
  void OnItems(Items items, Ready& ready);
  void ScanTree(const StoreWork& work, const StoreScanDone& done, Ready& ready);
  void ScanDiff(const StoreWork& work, const StoreScanDone& done, Ready& ready);
  // Asks for the page after `done`.
  void NextPage(const StoreWork& work, StoreSpace space,
                const StoreScanDone& done, Ready& ready);
  void TreeDone(Exchange& exchange, Ready& ready);
  Exchange* FindExchange(NodeId peer, std::uint64_t id);
  // A tombstone past its grace is dropped; true if it was.
  bool CollectTombstone(const Item& item, Ready& ready);

  // Helpers.
  void Send(NodeId to, const Message& message, Promise promise, Ready& ready);
  StoreOp MergeItem(StoreWork work, std::string key, Versioned value,
                    Ready& ready);
  void Scan(StoreWork work, StoreSpace space, std::string from, Ready& ready);
  void Refuse(Ticket ticket, wire::Outcome outcome, Ready& ready) const;
  void Arm(TimerId id, Nanos after, Ready& ready) const;
  bool abd() const {
    return options_.quorum.versions == QuorumOptions::Versions::kAbd;
  }
  bool rebuilding() const { return rebuild_.has_value(); }

  const ReplicationOptions options_;
  const QuorumOptions& q_;
  const Capabilities capabilities_;
  Status status_;
  Now now_;
  Ring ring_;
  RandomStream stream_;
  bool latched_ = false;

  // Clock.
  std::uint64_t last_time_ = 0;
  std::uint64_t bound_ = 0;          // submitted to the meta cell
  std::uint64_t durable_bound_ = 0;  // versions up to here may be issued
  MetaVersion meta_version_;
  std::map<MetaVersion, std::uint64_t> bounds_;  // on their way to the disk
  std::deque<std::uint64_t> clock_waiters_;      // operations in kClock

  std::uint64_t next_id_ = 0;
  std::map<std::uint64_t, Operation> operations_;
  std::uint64_t next_store_op_ = 0;
  std::map<StoreOp, StoreWork> work_;
  // Hints on their way to their owner, by the id of the WriteRequest.
  struct HintWrite {
    NodeId owner;
    Item item;
    Nanos sent_at = 0;
  };
  std::map<std::uint64_t, HintWrite> hint_writes_;
  // When a hint was first handed over, by owner and key.
  std::map<std::pair<NodeId, std::string>, Nanos> hints_tried_;
  std::set<NodeId> hint_owners_;  // for whom hints may be kept
  std::deque<Exchange> exchanges_;
  std::vector<NodeId> round_;  // still to be compared with, last first
  std::optional<Rebuild> rebuild_;
  bool deadline_armed_ = false;
};

}  // namespace wringer::replication::quorum

#endif  // WR_ENGINE_REPLICATION_QUORUM_QUORUM_REPLICATOR_H_
