// I-PROM, the promise ledger: what a node has promised (a vote, an
// acknowledgement, a reply) is durable when the promise leaves, and is still
// there after every later death.
//
// Three checks. At the end of the event in which a promise left, the node's log
// store must report that much durable. For a few promises of each node, at
// counts 1, 8, 64 ..., the first after a power loss, and right after its disk
// began to fail, a recovery of a copy of its durable image must find it there:
// that one does not trust the engine's own words. And after the next boot, what
// recovery found must reach as far as anything promised before. A node that
// legally truncates its log (a new leader said so) lowers what it has promised;
// a wiped disk voids it, and so does a damaged one if the node says that it has
// lost something, refuses to serve, or could not know: nothing durable vouched
// yet for what is gone (LogStore::vouched).
//
// The strongest finder of bugs per line of code (tigerbeetle/tigerbeetle#843:
// a replica that forgets an acknowledgement is usually repaired before the
// cluster visibly diverges).
#ifndef WR_SIM_ORACLE_PROMISE_ORACLE_H_
#define WR_SIM_ORACLE_PROMISE_ORACLE_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class PromiseOracle final : public Oracle, public WorldObserver {
 public:
  // A look at a node between events; nothing if it is down.
  using Look = std::function<std::optional<node::NodeView>(NodeId)>;

  // Recovers a copy of what a power loss now would leave of the node, and says
  // what of the two is not there; empty if both are.
  using Shadow = std::function<std::string(NodeId, LogPosition, MetaVersion)>;

  // `shadow` may be empty.
  PromiseOracle(const OraclePromises& promises, Look look, Shadow shadow,
                FindingLog* log)
      : promises_(promises),
        look_(std::move(look)),
        shadow_(std::move(shadow)),
        log_(log) {}

  void OnPromise(const node::PromiseSent& promise) override;
  void OnServing(const node::NodeView& view) override;
  void OnRole(const node::RoleChanged& change) override;
  void OnHalted(const node::NodeHalted& halted) override;
  void OnDeath(const DeathNotice& death) override;
  void OnDiskDamaged(NodeId node) override;
  void OnDiskErrors(NodeId node) override {
    LedgerOf(node).suspect = kSuspected;
  }
  void AfterEvent(const EventRecord& event) override {
    if (!fresh_.empty()) CheckFresh();
    // Only a message can make a node truncate its log.
    if (event.kind == EventKind::kDelivery) NoticeReplaced(event.node);
  }

  std::uint64_t promises_checked() const { return checked_; }
  std::uint64_t shadows_checked() const { return shadows_; }

 private:
  static constexpr std::uint64_t kFirstShadow = 1;
  static constexpr std::uint64_t kShadowGrowth = 8;
  static constexpr std::uint64_t kLastShadow = 4096;
  static constexpr std::uint32_t kSuspected = 8;  // promises

  struct Ledger {
    LogPosition log;             // greatest promised
    LogPosition vouched;         // of it, one bad sector cannot take unnoticed
    MetaVersion meta;            // likewise
    LogPosition written;         // likewise, but to the page cache only
    Term term;                   // the node's, as last told
    std::uint64_t promises = 0;  // so far
    std::uint64_t next_shadow = kFirstShadow;
    std::uint32_t suspect = 0;  // promises that get a shadow in any case
    bool fresh = false;         // promised in the event that runs now
    bool damaged = false;  // the disk lies since; nothing can be held to it
    bool power_lost = false;
  };

  void CheckFresh();
  void NoticeReplaced(NodeId node);
  static void ReleaseReplaced(const node::NodeView& view, Ledger* ledger);
  void CheckInstant(NodeId node, const Ledger& ledger,
                    const node::NodeView& view);
  void CheckShadow(NodeId node, Ledger* ledger);

  const OraclePromises promises_;
  const Look look_;
  const Shadow shadow_;
  FindingLog* const log_;
  // Of a node, made when it is first asked for.
  Ledger& LedgerOf(NodeId node);
  // Null if the node never promised anything.
  Ledger* FindLedger(NodeId node);

  std::vector<Ledger> ledgers_;  // by node number
  std::vector<NodeId> fresh_;    // nodes that promised in this event
  std::uint64_t checked_ = 0;
  std::uint64_t shadows_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_PROMISE_ORACLE_H_
