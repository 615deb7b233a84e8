#include "reports/check/search/unknown_counts.h"

namespace wringer::reports {

CountsId UnknownCounts::Intern(Counts counts) {
  const auto next = static_cast<CountsId>(counts_.size());
  const auto [it, added] = ids_.emplace(counts, next);
  if (added) {
    bytes_ += 2 * (counts.size() * sizeof(std::uint16_t) + 48);
    counts_.push_back(std::move(counts));
  }
  return it->second;
}

CountsId UnknownCounts::Add(CountsId id, std::uint32_t unknown_class) {
  const auto known = added_.find({id, unknown_class});
  if (known != added_.end()) return known->second;
  Counts counts = counts_[id];
  ++counts[unknown_class];
  const CountsId result = Intern(std::move(counts));
  added_.emplace(std::pair(id, unknown_class), result);
  bytes_ += 32;
  return result;
}

CountsId UnknownCounts::Forget(CountsId id, std::uint32_t unknown_class) {
  if (counts_[id][unknown_class] == 0) return id;
  Counts counts = counts_[id];
  counts[unknown_class] = 0;
  return Intern(std::move(counts));
}

}  // namespace wringer::reports
