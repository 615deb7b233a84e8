// The verdict on a run: the checks of its history, what the oracles found, and
// what the scenario (or the design itself) promised.
#ifndef WR_SIM_CLI_JUDGE_H_
#define WR_SIM_CLI_JUDGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reports/check/check_result.h"
#include "reports/render/check_lines.h"
#include "sim/cli/commands.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

// One line of the verdict that is not a history check.
struct VerdictLine {
  reports::LineSign sign = reports::LineSign::kHolds;
  std::string name;
  std::string text;
  std::string word;  // "LIVENESS", empty if it holds
};

struct Violation {
  std::string id;       // "safety/lost-ack"
  std::string summary;  // one line for a person
};

struct Verdict {
  std::vector<reports::CheckResult> checks;
  std::vector<VerdictLine> lines;
  // Broken promises, the most telling first.
  std::vector<Violation> violations;
  bool inconclusive = false;
  // Set if the scenario says that a violation must appear.
  std::string expected;
  bool expected_seen = false;
  // What the first violation broke, who did, and when; see signature.h.
  std::string rule;
  std::string role;
  std::string phase;

  bool passed() const;
  ExitCode exit_code() const;
  // The first violation's class and name; empty if none.
  std::string id() const { return violations.empty() ? "" : violations[0].id; }
};

Verdict Judge(const sim::Scenario& scenario, const sim::RunResult& result);

// Names the kind of failure, not the instance: equal for every run of one bug
// that breaks the same rule for the same reason. Six hex digits.
std::string Fingerprint(const Verdict& verdict);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_JUDGE_H_
