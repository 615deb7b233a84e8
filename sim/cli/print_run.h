// A run as a person reads it, and as a machine does.
#ifndef WR_SIM_CLI_PRINT_RUN_H_
#define WR_SIM_CLI_PRINT_RUN_H_

#include <cstdint>
#include <string>

#include "reports/render/style.h"
#include "sim/cli/judge.h"
#include "sim/run/run.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

struct PrintedRun {
  const sim::Scenario& scenario;
  const sim::RunResult& result;
  const Verdict& verdict;
  std::string path;    // of the scenario
  std::string replay;  // one line to paste
  std::int64_t real_ns = 0;
  bool ledger = false;
};

// "3 nodes · memory · wal group 2 ms · primary-backup async · lan · 8 clients".
std::string DesignLine(const sim::Scenario& scenario);
// The body between the first line and the last: figures, checks, the story of
// what went wrong.
std::string RunText(const PrintedRun& run, const reports::Style& style);
// PASS, FAIL ..., and how to see it again.
std::string RunEnding(const PrintedRun& run, const reports::Style& style);
// One JSON document (format wringer-run-1).
std::string RunJson(const PrintedRun& run);
// The fault ledger as a table.
std::string LedgerText(const sim::Ledger& ledger, const reports::Style& style);
// "9f3c5b02 71aae410".
std::string DigestText(std::uint64_t digest);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_PRINT_RUN_H_
