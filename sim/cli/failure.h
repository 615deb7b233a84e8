// What a run failed with, as one value: what shrinking keeps, capsules store
// and folders are named after. An engine that died has one, too.
#ifndef WR_SIM_CLI_FAILURE_H_
#define WR_SIM_CLI_FAILURE_H_

#include <cstdint>
#include <string>

#include "sim/cli/judge.h"
#include "sim/explore/capsule.h"
#include "sim/explore/shrink/prober.h"
#include "sim/explore/worker_pool.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

struct Failure {
  std::string id;           // "safety/lost-ack", "engine/crash"; empty: none
  std::string fingerprint;  // six hex digits
  std::string summary;      // one line
  bool stuck = false;       // the cluster did not settle, besides
  // Settling is part of the question.
  bool liveness() const { return id.rfind("liveness/", 0) == 0; }
  bool happened() const { return !id.empty(); }
};

// Of a run that ended. A scenario that is about a violation fails with it.
Failure FailureOf(const Verdict& verdict);
// Of a worker that died, hung or outgrew its memory.
Failure FailureOf(const sim::JobResult& death);

// The finding the failure is about; null if it is not one of the history's.
const reports::Finding* FindingOf(const Verdict& verdict,
                                  const Failure& failure);
// When it was seen, by the clock of the scenario; -1 if only at the end.
Nanos SeenAt(const sim::RunResult& result, const Verdict& verdict,
             const Failure& failure);

// Whether the run shows `wanted` and nothing that is worse of its kind; and
// where to look.
sim::Sight SightOf(const sim::RunResult& result, const Verdict& verdict,
                   const Failure& wanted);

sim::CapsuleVerdict CapsuleVerdictOf(const sim::RunResult& result,
                                     const Verdict& verdict);

// "lost-ack-k17-7f3a9c": for a folder.
std::string FindingName(const Verdict& verdict, const Failure& failure);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_FAILURE_H_
