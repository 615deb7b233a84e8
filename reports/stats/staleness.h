// How old answers were, as two histograms: in time and in versions.
#ifndef WR_REPORTS_STATS_STALENESS_H_
#define WR_REPORTS_STATS_STALENESS_H_

#include <cstdint>

#include "reports/stats/histogram.h"

namespace wringer::reports {

class StalenessStats {
 public:
  // One read: how old its version was; zeros if fresh.
  void Add(std::int64_t age_ns, std::uint32_t versions) {
    age_.Add(age_ns);
    versions_.Add(versions);
    if (versions > 0) ++stale_;
  }
  void Merge(const StalenessStats& other) {
    age_.Merge(other.age_);
    versions_.Merge(other.versions_);
    stale_ += other.stale_;
  }

  const Histogram& age() const { return age_; }
  const Histogram& versions() const { return versions_; }  // exact below 64
  std::uint64_t stale() const { return stale_; }

 private:
  Histogram age_;
  Histogram versions_;
  std::uint64_t stale_ = 0;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_STATS_STALENESS_H_
