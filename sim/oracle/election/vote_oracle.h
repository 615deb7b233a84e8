// I-ELEC, from below: whoever takes office was elected.
//
//   election  a majority of each voting set of a new leader have its term and
//             their vote for it on disk, and so cannot vote again
//   election  nobody votes for two in one term
//
// Two leaders of one term take a crash at the wrong moment; a vote that was
// counted too early, or kept too loosely, shows in every election.
#ifndef WR_SIM_ORACLE_ELECTION_VOTE_ORACLE_H_
#define WR_SIM_ORACLE_ELECTION_VOTE_ORACLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class VoteOracle final : public Oracle, public WorldObserver {
 public:
  struct Ballot {
    MetaVersion hard_state;  // that holds the status' term and vote
    MetaVersion durable;
  };
  // Null: down, or booting.
  using LookAtStatus = std::function<const replication::Status*(NodeId)>;
  // Of a node that has a status.
  using LookAtBallot = std::function<Ballot(NodeId)>;

  VoteOracle(const OraclePromises& promises, LookAtStatus status_of,
             LookAtBallot ballot_of, FindingLog* log)
      : holds_(promises.synced),
        status_of_(std::move(status_of)),
        ballot_of_(std::move(ballot_of)),
        log_(log) {}

  void OnRole(const node::RoleChanged& role) override;
  void OnDeath(const DeathNotice& death) override;
  void OnDiskDamaged(NodeId node) override { Release(node); }
  void AfterEvent(const EventRecord& event) override;

  std::uint64_t elections_checked() const { return checked_; }

 private:
  struct Vote {
    Term term;
    NodeId candidate;
    MetaVersion version;
    bool durable = false;
    bool binding = true;  // no fault has taken it from the disk since
  };
  struct Voter {
    Term term;  // of the newest vote seen
    NodeId candidate;
    std::vector<Vote> votes;  // the newest ones
    bool writing = false;     // one of them is not durable yet
  };

  Voter& Of(NodeId node) {
    if (node.value() >= voters_.size()) voters_.resize(node.value() + 1);
    return voters_[node.value()];
  }
  void Note(NodeId node, const replication::Status& status);
  // It need not know of what it voted so far, but the votes count.
  void Release(NodeId node);
  static void NoteDurable(MetaVersion durable, Voter* voter);
  void CheckElected(NodeId leader, const replication::Status& status);
  bool VotedFor(NodeId voter, Term term, NodeId candidate);

  const bool holds_;
  const LookAtStatus status_of_;
  const LookAtBallot ballot_of_;
  FindingLog* const log_;
  std::vector<Voter> voters_;      // by node number
  std::optional<NodeId> elected_;  // took office in the event that runs now
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ELECTION_VOTE_ORACLE_H_
