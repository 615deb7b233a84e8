// The summary of a sweep, for a person, a machine and a CI server.
#ifndef WR_SIM_CLI_CAMPAIGN_SWEEP_REPORT_H_
#define WR_SIM_CLI_CAMPAIGN_SWEEP_REPORT_H_

#include <string>

#include "reports/render/style.h"
#include "sim/cli/campaign/sweep_outcome.h"

namespace wringer::cli {

// The figures, the kinds, and the verdict as the last line.
std::string SweepText(const SweepOutcome& outcome, const reports::Style& style);
// One document (format wringer-sweep-1).
std::string SweepJson(const SweepOutcome& outcome);
// For a pull request's page.
std::string SweepMarkdown(const SweepOutcome& outcome);
// One test case a scenario, not a seed.
std::string SweepJUnit(const SweepOutcome& outcome);
// GitHub's notes: one a kind that is to blame, one for a failed self-test.
std::string SweepAnnotations(const SweepOutcome& outcome);

// "FAIL   2 kinds of failure, 1 of them new".
std::string SweepVerdict(const SweepOutcome& outcome);
// Everything about one kind, for its KIND.txt, JUnit and annotations.
std::string KindStory(const SweepOutcome& outcome, const sim::ListedKind& kind);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SWEEP_REPORT_H_
