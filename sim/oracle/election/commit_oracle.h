// I-COMMIT, ahead of time: what is committed survives every election that the
// rules allow (Leader Completeness, Ongaro and Ousterhout 2014, section 5.4.3).
//
// Whenever something commits, a replica comes back or somebody takes office,
// the oracle asks of each replica that may stand and does not hold all that is
// committed: would enough of its voters, by their logs as they are now, vote
// for it? An entry that commits too early, a log that was cut too short and two
// configurations that do not know of each other show at once, where the run
// itself would have to hold that election next.
//
// Likewise of each pair of replicas that may stand and believe in different
// voters: could both win one term, by voters of whom each votes once? Then a
// membership changed before the change ahead of it was settled (Ongaro's
// correction of single-server changes, raft-dev, 10 July 2015).
//
// Who is down neither stands nor votes: what it comes back with is not known.
#ifndef WR_SIM_ORACLE_ELECTION_COMMIT_ORACLE_H_
#define WR_SIM_ORACLE_ELECTION_COMMIT_ORACLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class CommitOracle final : public Oracle, public WorldObserver {
 public:
  struct Elector {
    const replication::Status* status = nullptr;  // null: down, or booting
    replication::ElectionView election;
  };
  using Look = std::function<Elector(NodeId)>;
  using LookAtStatus = std::function<const replication::Status*(NodeId)>;

  // `nodes` vote with each other.
  CommitOracle(const OraclePromises& promises, std::vector<NodeId> nodes,
               LookAtStatus status_of, Look look, FindingLog* log)
      : holds_(promises.synced),
        nodes_(std::move(nodes)),
        electors_(nodes_.size()),
        status_of_(std::move(status_of)),
        look_(std::move(look)),
        log_(log) {}

  void OnServing(const node::NodeView&) override { changed_ = true; }
  void OnRole(const node::RoleChanged&) override { changed_ = true; }
  void AfterEvent(const EventRecord& event) override;

  std::uint64_t checked() const { return checked_; }

 private:
  void Check();
  void CheckRivals();
  // Who would have to vote for whom; nothing if no votes elect both.
  struct Votes {
    std::uint64_t one = 0;
    std::uint64_t other = 0;
  };
  std::optional<Votes> BothWin(std::size_t one, std::size_t other) const;
  // By places in nodes_, as in electors_.
  using VotesOf = absl::FunctionRef<bool(std::size_t voter)>;
  bool VotesFor(std::size_t voter, std::size_t candidate) const;
  // Bit i: the node at place i votes for that at `candidate`.
  std::uint64_t VotersFor(std::size_t candidate) const;
  // Whether `votes` hold a majority of each set that `status` knows.
  bool Majority(const replication::Status& status, VotesOf votes) const;
  std::string Names(VotesOf votes) const;

  const bool holds_;
  const std::vector<NodeId> nodes_;  // ascending
  std::vector<Elector> electors_;    // of nodes_, while Check runs
  const LookAtStatus status_of_;
  const Look look_;
  FindingLog* const log_;
  LogPosition committed_;  // the furthest anywhere
  NodeId committed_by_;
  bool changed_ = false;  // what may be elected, in the event that runs now
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ELECTION_COMMIT_ORACLE_H_
