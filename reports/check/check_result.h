// What a checker says: one shape for all of them.
#ifndef WR_REPORTS_CHECK_CHECK_RESULT_H_
#define WR_REPORTS_CHECK_CHECK_RESULT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/history/history.h"

namespace wringer::reports {

enum class CheckStatus : std::uint8_t {
  kHolds,
  kViolated,
  kInconclusive,   // a budget ran out; never to be read as "holds"
  kNotApplicable,  // the history lacks what the check needs; notes say what
};

// One proven violation, told with the operations that prove it.
struct Finding {
  // What kind of damage: lost-ack, stale-read, dirty-read, lost-update,
  // phantom, split-brain, duplicate-apply, divergence, non-linearizable, ...
  std::string kind{};
  KeyId key = 0;
  std::string key_text{};
  std::int64_t at_ns = 0;  // when it became visible to a client
  // The operations that prove it, in order of call; at most 6 from the zone
  // test, a shrunk window from the search. Places in the history (a foreign
  // one for CheckForeign).
  std::vector<OpIndex> ops{};
  // The operation that saw the damage, kNoOp if none did.
  OpIndex witness_op = kNoOp;
  // The write that was lost, overtaken or made up; kNoOp if none.
  OpIndex victim_op = kNoOp;
  // Fault windows open while the operations ran; places in History::faults.
  std::vector<std::uint32_t> faults{};
  // Numbered sentences in plain words; the last one names the rule broken.
  std::vector<std::string> explanation{};
};

struct CheckResult {
  static constexpr std::size_t kFindingsMost = 16;

  std::string name{};  // "linearizable", "no acknowledged write lost", ...
  std::string id{};    // stable: "linearizable", "lost-acks", ...
  CheckStatus status = CheckStatus::kHolds;
  bool promised = true;          // false: measured, and no reason to fail
  std::uint64_t violations = 0;  // all there are; findings shows the first
  std::uint64_t coverage = 0;    // operations the check constrained
  std::uint64_t steps = 0;
  std::string method{};   // "witness", "zones", "witness+zones", "search", ...
  std::string summary{};  // the few words beside the sign: "64 keys"
  std::vector<Finding> findings{};   // earliest first, at most kFindingsMost
  std::vector<std::string> notes{};  // where it stopped; oddities; figures

  bool holds() const { return status == CheckStatus::kHolds; }
  void Add(Finding finding) {
    status = CheckStatus::kViolated;
    ++violations;
    findings.push_back(std::move(finding));
  }
};

// "holds", "violated", "inconclusive", "not applicable".
Slice CheckStatusName(CheckStatus status);

// Sorts findings by when they became visible and drops those over the cap.
void Finish(CheckResult* result);

// Fills in ops order, key_text, at_ns (of `witness_op` if any) and faults.
void Complete(const History& history, Finding* finding);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_CHECK_RESULT_H_
