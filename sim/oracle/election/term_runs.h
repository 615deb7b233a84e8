// A log by the terms of its entries: all that is needed to compare two, for
// entries of one index and term are the same and so is what is before them.
#ifndef WR_SIM_ORACLE_ELECTION_TERM_RUNS_H_
#define WR_SIM_ORACLE_ELECTION_TERM_RUNS_H_

#include <vector>

#include "engine/base/types.h"

namespace wringer::sim {

class TermRuns {
 public:
  // Nothing but `base`, of which only the position is known.
  void Restart(LogPosition base);
  // False if it took the place of another entry, which is gone with all behind
  // it. What lies between the end of the log and `at` is taken for the former
  // end's kin.
  bool Append(LogPosition at);
  void TruncateAfter(LogIndex index);

  LogPosition last() const;
  // The last position that both hold, or {}.
  LogPosition Common(const TermRuns& other) const;

 private:
  struct Run {
    LogIndex first;
    Term term;
  };
  // The run that holds `index`; null if none does.
  const Run* Find(LogIndex index) const;

  std::vector<Run> runs_;  // by ascending `first`
  LogIndex last_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ELECTION_TERM_RUNS_H_
