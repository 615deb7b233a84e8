// One key of a history as a search problem, for what the zone test cannot
// take: answers without tags, ids that repeat.
#ifndef WR_REPORTS_CHECK_KEY_SEARCH_H_
#define WR_REPORTS_CHECK_KEY_SEARCH_H_

#include <memory>
#include <vector>

#include "reports/check/check_result.h"
#include "reports/check/facts/index.h"
#include "reports/check/search/register_model.h"
#include "reports/check/search/search.h"

namespace wringer::reports {

struct KeyProblem {
  std::unique_ptr<RegisterModel> model;
  std::vector<SearchOp> ops;  // source: place in the history
};

// Versions are told apart by tag if every answer has one, otherwise by digest,
// all absences being one value.
KeyProblem BuildKeyProblem(const HistoryIndex& index, OpSpan ops);

// Searches, and on failure shrinks and explains into `*finding`.
SearchResult SearchKey(const HistoryIndex& index, KeyId key, OpSpan ops,
                       const SearchBudget& budget, Finding* finding);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_KEY_SEARCH_H_
