// The sums of a campaign: what ran, how fast, which kinds of failure, which
// faults bit, which marks were reached.
//
// A pure fold over run records, in any order but for "first seen": a campaign
// that was resumed has the sums of one that never stopped.
#ifndef WR_SIM_EXPLORE_TALLY_H_
#define WR_SIM_EXPLORE_TALLY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/explore/run_record.h"

namespace wringer::sim {

// Failures of one kind: the same violation by the same rule, role and phase.
struct FailureKind {
  std::string violation;
  std::string fingerprint;
  std::string rule;
  std::string role;
  std::string phase;
  std::uint64_t count = 0;
  // The cheapest run that shows it.
  std::string scenario;
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::int64_t real_ns = 0;
  std::string summary;

  // "lost-ack-7f3a9c": for people and file names.
  std::string Name() const;
};

struct ScenarioTally {
  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::int64_t real_ns = 0;
  std::map<std::string, std::uint64_t> marks;  // runs that reached it
};

class Tally {
 public:
  // True iff the record shows a kind of failure for the first time.
  bool Add(const RunRecord& record);

  std::uint64_t runs = 0;
  std::uint64_t failed = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;
  std::uint64_t operations_ok = 0;
  std::int64_t simulated_ns = 0;
  std::int64_t real_ns = 0;  // sums over workers
  std::int64_t cpu_ns = 0;
  std::map<std::string, FailureKind> kinds;  // by Name()
  std::map<std::string, FaultCounts> faults;
  std::map<std::string, std::uint64_t> marks;    // runs that reached it
  std::map<std::string, std::uint64_t> mutants;  // runs that executed it
  std::map<std::string, ScenarioTally> scenarios;

  std::uint64_t passed() const { return runs - failed - inconclusive; }
  // Kinds of fault that fired `fired` times or more where they could have
  // bitten, and never had an effect.
  std::vector<std::string> Toothless(std::uint64_t fired) const;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_TALLY_H_
