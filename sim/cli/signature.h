// What a verdict's fingerprint is made of: the rule that was broken, the role
// of the node that broke it, and the phase it was in.
#ifndef WR_SIM_CLI_SIGNATURE_H_
#define WR_SIM_CLI_SIGNATURE_H_

#include "sim/cli/judge.h"
#include "sim/run/run.h"

namespace wringer::cli {

// Sets rule, role and phase of a verdict whose violations are known. The
// evidence nearest to the cause speaks: a failed defect or oracle, which saw
// the node in the act, before a check, which saw what clients saw of it.
void Sign(const sim::RunResult& result, Verdict* verdict);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_SIGNATURE_H_
