// A voter that loses its disk forgets what it had acknowledged; its group must
// not. It may vote again once its log holds all of that which is committed, or
// once whoever stands must hold it, and not before: two such votes, and an
// acknowledged write is gone (openraft's questions, "wipe the data of one
// node"; Michael et al., "Recovering Shared Objects Without Stable Storage",
// DISC 2017).
//
// The oracle remembers for the node. It keeps the log that the node had
// acknowledged when the disk was lost, by the terms of its entries, and holds
// every later willingness to vote against the part of it that is committed, by
// then or later. One vote is not yet a majority: what this finds, others would
// find only if the run went on to hold that election.
//
// What a promise ledger cannot hold a wiped disk to (promise_oracle.h).
#ifndef WR_SIM_ORACLE_ELECTION_AMNESIA_ORACLE_H_
#define WR_SIM_ORACLE_ELECTION_AMNESIA_ORACLE_H_

#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sim/oracle/election/term_runs.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class AmnesiaOracle final : public Oracle, public WorldObserver {
 public:
  // The logs that a node votes for reach at least this far; nothing: it votes
  // for nobody, or is down.
  using VotesFrom = std::function<std::optional<LogPosition>(NodeId)>;

  AmnesiaOracle(const OraclePromises& promises, VotesFrom votes_from,
                FindingLog* log)
      : holds_(promises.synced && promises.applied_is_final),
        votes_from_(std::move(votes_from)),
        log_(log) {}

  void OnAppended(const node::EntriesAppended& appended) override;
  void OnInstalled(const node::SnapshotInstalledAt& installed) override;
  void OnPromise(const node::PromiseSent& sent) override;
  void OnApplied(const node::EntryApplied& applied) override;
  void OnDeath(const DeathNotice& death) override;
  // It may have lost before what the wipe takes.
  void OnDiskDamaged(NodeId node) override { now_.erase(node); }
  void AfterEvent(const EventRecord& event) override;

  // Votes of nodes with a past that were looked at.
  std::uint64_t checked() const { return checked_; }

 private:
  struct Memory {
    TermRuns log;       // as given to the disk
    LogIndex promised;  // of it, acknowledged
  };

  const bool holds_;
  const VotesFrom votes_from_;
  FindingLog* const log_;
  std::map<NodeId, Memory> now_;
  // Of lives whose disks were lost; cut at what they had acknowledged.
  std::map<NodeId, std::vector<TermRuns>> lost_;
  TermRuns committed_;
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ELECTION_AMNESIA_ORACLE_H_
