// findings.json: the kinds of failure of a campaign, and how they stand against
// those of an earlier one. What a job that files issues reads.
#ifndef WR_SIM_EXPLORE_FINDINGS_FILE_H_
#define WR_SIM_EXPLORE_FINDINGS_FILE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim/explore/tally.h"

namespace wringer::sim {

enum class KindStatus : std::uint8_t {
  kNew,      // not in the baseline, or there is none
  kOngoing,  // in both
  kGone,     // in the baseline, and not seen any more
};
Slice KindStatusName(KindStatus status);

struct ListedKind {
  KindStatus status = KindStatus::kNew;
  FailureKind kind;  // of the baseline, if gone
};

// New ones first, then ongoing, then gone; by name.
std::vector<ListedKind> CompareKinds(
    const std::map<std::string, FailureKind>& now,
    const std::map<std::string, FailureKind>& before);

std::string FindingsJson(const std::vector<ListedKind>& kinds,
                         std::uint64_t runs);

// The kinds of a findings.json that were seen by its campaign; `path` may be
// the directory that holds it. kNotFound, kInvalidArgument.
absl::StatusOr<std::map<std::string, FailureKind>> ReadFindings(
    const std::string& path);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_FINDINGS_FILE_H_
