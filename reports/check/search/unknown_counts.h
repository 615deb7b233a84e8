// How many operations of each unknown class a configuration has let happen.
//
// Vectors of counts, interned: a configuration holds one number. Number 0 is
// "none of any".
#ifndef WR_REPORTS_CHECK_SEARCH_UNKNOWN_COUNTS_H_
#define WR_REPORTS_CHECK_SEARCH_UNKNOWN_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace wringer::reports {

using CountsId = std::uint32_t;

class UnknownCounts {
 public:
  explicit UnknownCounts(std::size_t classes) { Intern(Counts(classes, 0)); }

  std::uint32_t Count(CountsId id, std::uint32_t unknown_class) const {
    return counts_[id][unknown_class];
  }
  // One more of the class.
  CountsId Add(CountsId id, std::uint32_t unknown_class);
  // None of the class: nobody can tell any more.
  CountsId Forget(CountsId id, std::uint32_t unknown_class);

  std::size_t bytes() const { return bytes_; }

 private:
  using Counts = std::vector<std::uint16_t>;

  CountsId Intern(Counts counts);

  std::vector<Counts> counts_;
  absl::flat_hash_map<Counts, CountsId> ids_;
  absl::flat_hash_map<std::pair<CountsId, std::uint32_t>, CountsId> added_;
  std::size_t bytes_ = 0;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_UNKNOWN_COUNTS_H_
