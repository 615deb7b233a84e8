#include "reports/stats/histogram.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace wringer::reports {

// Below 2^kSubBits every value has a bucket. Beyond, the index is the place of
// the highest bit and the kSubBits bits that follow it.
std::size_t Histogram::IndexOf(std::uint64_t value) {
  constexpr std::uint64_t kLinear = std::uint64_t{1} << kSubBits;
  if (value < kLinear) return value;
  const auto top = static_cast<unsigned>(std::bit_width(value)) - 1;
  const unsigned shift = top - kSubBits;
  const std::uint64_t sub = (value >> shift) - kLinear;
  return (shift + 1) * kLinear + sub;
}

std::uint64_t Histogram::LowOf(std::size_t index) {
  constexpr std::uint64_t kLinear = std::uint64_t{1} << kSubBits;
  if (index < kLinear) return index;
  const std::uint64_t shift = index / kLinear - 1;
  return (index % kLinear + kLinear) << shift;
}

void Histogram::Add(std::int64_t value, std::uint64_t times) {
  if (times == 0) return;
  value = std::max<std::int64_t>(value, 0);
  const std::size_t index = IndexOf(static_cast<std::uint64_t>(value));
  if (index >= counts_.size()) counts_.resize(index + 1);
  counts_[index] += times;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  count_ += times;
  sum_ += static_cast<std::uint64_t>(value) * times;
}

void Histogram::Merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (counts_.size() < other.counts_.size()) {
    counts_.resize(other.counts_.size());
  }
  for (std::size_t i = 0; i < other.counts_.size(); ++i) {
    counts_[i] += other.counts_[i];
  }
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
}

std::int64_t Histogram::mean() const {
  return count_ == 0 ? 0 : static_cast<std::int64_t>(sum_ / count_);
}

std::int64_t Histogram::Quantile(std::uint32_t per_million) const {
  if (count_ == 0) return 0;
  // The rank-th smallest value, counted from 1, without overflow.
  const std::uint64_t part = std::min<std::uint64_t>(per_million, 1000000);
  const std::uint64_t whole = count_ / 1000000 * part;
  const std::uint64_t rest = (count_ % 1000000 * part + 999999) / 1000000;
  const std::uint64_t rank = std::max<std::uint64_t>(1, whole + rest);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen < rank) continue;
    return std::min(max_, static_cast<std::int64_t>(LowOf(i + 1) - 1));
  }
  return max_;
}

std::vector<Histogram::Bucket> Histogram::Buckets() const {
  std::vector<Bucket> buckets;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] == 0) continue;
    buckets.push_back({.low = static_cast<std::int64_t>(LowOf(i)),
                       .high = static_cast<std::int64_t>(LowOf(i + 1) - 1),
                       .count = counts_[i]});
  }
  return buckets;
}

}  // namespace wringer::reports
