#include "reports/check/check_result.h"

#include <algorithm>
#include <tuple>

#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

// When the client knew, or the last anybody heard of it.
std::int64_t EndNs(const Operation& op) {
  return op.return_ns == kNeverNs ? op.call_ns : op.return_ns;
}

}  // namespace

Slice CheckStatusName(CheckStatus status) {
  switch (status) {
    case CheckStatus::kHolds:
      return "holds";
    case CheckStatus::kViolated:
      return "violated";
    case CheckStatus::kInconclusive:
      return "inconclusive";
    case CheckStatus::kNotApplicable:
      break;
  }
  return "not applicable";
}

void Finish(CheckResult* result) {
  std::vector<Finding>& findings = result->findings;
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) {
              return std::tie(a.at_ns, a.key, a.ops) <
                     std::tie(b.at_ns, b.key, b.ops);
            });
  if (findings.size() > CheckResult::kFindingsMost) {
    findings.resize(CheckResult::kFindingsMost);
  }
}

void Complete(const History& history, Finding* finding) {
  std::vector<OpIndex>& ops = finding->ops;
  std::sort(ops.begin(), ops.end(), [&](OpIndex a, OpIndex b) {
    return std::tie(history.op(a).call_seq, a) <
           std::tie(history.op(b).call_seq, b);
  });
  ops.erase(std::unique(ops.begin(), ops.end()), ops.end());
  finding->key_text = KeyText(history, finding->key);
  if (ops.empty()) return;
  std::int64_t start = history.op(ops[0]).call_ns;
  std::int64_t end = start;
  for (const OpIndex op : ops) {
    start = std::min(start, history.op(op).call_ns);
    end = std::max(end, EndNs(history.op(op)));
  }
  finding->at_ns = finding->witness_op == kNoOp
                       ? end
                       : EndNs(history.op(finding->witness_op));
  for (std::uint32_t i = 0; i < history.faults().size(); ++i) {
    const FaultWindow& fault = history.faults()[i];
    if (fault.start_ns <= end && fault.stop_ns >= start) {
      finding->faults.push_back(i);
    }
  }
}

}  // namespace wringer::reports
