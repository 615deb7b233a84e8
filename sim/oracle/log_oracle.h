// I-LOGM, log matching: entries of one index and term are the same entry, and
// so is everything before them (Ongaro and Ousterhout, In Search of an
// Understandable Consensus Algorithm, ATC 2014, section 5.3).
//
// Checked when a replica takes an entry into its log, executed or not: against
// the contents that anybody took under the same index and term, and the term
// of the entry before it. By induction over the index that is the whole rule.
// Holds in every design in which a term or epoch has one leader. An entry that
// its leader took, told nobody of and died with never was: a primary may be in
// office again in the epoch whose grant it had not kept yet.
#ifndef WR_SIM_ORACLE_LOG_ORACLE_H_
#define WR_SIM_ORACLE_LOG_ORACLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "sim/oracle/oracle.h"

namespace wringer::sim {

class LogOracle final : public Oracle {
 public:
  LogOracle(const OraclePromises& promises, FindingLog* log)
      : holds_(promises.synced && promises.one_leader), log_(log) {}

  void OnAppended(const node::EntriesAppended& appended) override;
  void OnDeath(const DeathNotice& death) override;

  std::uint64_t entries_checked() const { return checked_; }

 private:
  struct Seen {
    Term term;
    Term before;  // of the entry before; 0: not known
    std::uint64_t hash = 0;
    NodeId node;          // the first to take it
    bool shared = false;  // somebody else took it, too
  };

  void Check(NodeId node, const replication::LogEntry& entry, Term before);

  const bool holds_;
  FindingLog* const log_;
  // By index, from 1: one for each term that had an entry there.
  std::vector<absl::InlinedVector<Seen, 1>> seen_;
  std::uint64_t checked_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_LOG_ORACLE_H_
