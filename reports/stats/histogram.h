// A histogram of durations: exact up to 64 ns, within 1.6 % beyond, in a few
// kilobytes. Log-linear buckets as in HdrHistogram: each power of two is cut
// into 64 equal parts. Integers only, so merging is exact and order-free.
#ifndef WR_REPORTS_STATS_HISTOGRAM_H_
#define WR_REPORTS_STATS_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wringer::reports {

class Histogram {
 public:
  // Negative values count as 0.
  void Add(std::int64_t value, std::uint64_t times = 1);
  void Merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }
  std::int64_t max() const { return max_; }
  // Rounded down; 0 if empty.
  std::int64_t mean() const;

  // The value that `per_million` of all values do not exceed, rounded up to
  // the end of its bucket but never beyond max(); 0 if empty.
  // Quantile(990000) is p99.
  std::int64_t Quantile(std::uint32_t per_million) const;

  // Buckets that hold something, in order: all values v with
  // low <= v <= high, `count` of them.
  struct Bucket {
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::uint64_t count = 0;
  };
  std::vector<Bucket> Buckets() const;

 private:
  static constexpr unsigned kSubBits = 6;

  static std::size_t IndexOf(std::uint64_t value);
  static std::uint64_t LowOf(std::size_t index);

  std::vector<std::uint64_t> counts_;  // grown to the largest index used
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_STATS_HISTOGRAM_H_
