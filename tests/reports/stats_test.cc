#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "reports/stats/availability.h"
#include "reports/stats/histogram.h"
#include "reports/stats/staleness.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

TEST(Histogram, QuantilesAreWithinItsPrecision) {
  std::mt19937_64 rng(1);
  std::vector<std::int64_t> values;
  Histogram histogram;
  for (int i = 0; i < 20000; ++i) {
    const auto value = static_cast<std::int64_t>((rng() >> 24) >> (rng() % 39));
    values.push_back(value);
    histogram.Add(value);
  }
  std::sort(values.begin(), values.end());
  for (const std::uint32_t q : {0u, 1u, 500000u, 990000u, 999990u, 1000000u}) {
    const std::size_t rank =
        std::max<std::size_t>(1, (values.size() * q + 999999) / 1000000);
    const std::int64_t exact = values[rank - 1];
    EXPECT_GE(histogram.Quantile(q), exact);
    EXPECT_LE(histogram.Quantile(q), exact + exact / 64 + 1);
  }
  EXPECT_EQ(histogram.min(), values.front());
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.count(), values.size());
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (std::int64_t v = 0; v < 128; ++v) histogram.Add(v);
  for (const Histogram::Bucket& bucket : histogram.Buckets()) {
    EXPECT_EQ(bucket.low, bucket.high);
    EXPECT_EQ(bucket.count, 1u);
  }
}

TEST(Histogram, MergingIsAddingInAnyOrder) {
  std::mt19937_64 rng(2);
  Histogram whole;
  Histogram left;
  Histogram right;
  for (int i = 0; i < 1000; ++i) {
    const auto value = static_cast<std::int64_t>(rng() >> (1 + rng() % 63));
    whole.Add(value);
    (i % 3 == 0 ? left : right).Add(value);
  }
  Histogram merged = right;
  merged.Merge(left);
  left.Merge(right);
  for (const std::uint32_t q : {1u, 250000u, 500000u, 999000u}) {
    EXPECT_EQ(merged.Quantile(q), whole.Quantile(q));
    EXPECT_EQ(left.Quantile(q), whole.Quantile(q));
  }
}

TEST(Histogram, EmptyAndExtremeValuesAreFine) {
  Histogram histogram;
  EXPECT_EQ(histogram.Quantile(500000), 0);
  EXPECT_EQ(histogram.mean(), 0);
  histogram.Add(-5);
  histogram.Add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.Quantile(1000000),
            std::numeric_limits<std::int64_t>::max());
}

TEST(Availability, FaultyWindowsAreCountedApart) {
  Sketch s;
  for (std::uint64_t t = 0; t < 100; ++t) {
    const OpIndex i = s.Put("k", t * 10, t * 10 + 1);
    if (t >= 30 && t < 60) s[i].outcome = Outcome::kFail;
  }
  s.history.AddFault({.id = "cut",
                      .start_ns = 300 * Sketch::kMs,
                      .stop_ns = 599 * Sketch::kMs,
                      .effective = true});
  s.history.Seal();
  const Availability a = MeasureAvailability(s.history, 100 * Sketch::kMs);
  EXPECT_EQ(a.windows.size(), 10u);
  EXPECT_EQ(a.overall.OkPerMillion(), 700000u);
  EXPECT_EQ(a.outside_faults.OkPerMillion(), 1000000u);
  EXPECT_EQ(a.worst_outside_faults, 1000000u);
  // From the last answer before, at 291 ms, to the first after, at 601 ms.
  EXPECT_EQ(a.longest_gap_ns, 310 * Sketch::kMs);
  EXPECT_EQ(a.longest_gap_start_ns, 291 * Sketch::kMs);
}

TEST(Availability, LatencyCanLeaveOutTheFaults) {
  Sketch s;
  s.Put("k", 1, 2);
  s.Put("k", 10, 60);
  s.history.AddFault({.id = "slow",
                      .start_ns = 20 * Sketch::kMs,
                      .stop_ns = 30 * Sketch::kMs,
                      .effective = true});
  EXPECT_EQ(MeasureLatency(s.history, false).max(), 50 * Sketch::kMs);
  EXPECT_EQ(MeasureLatency(s.history, true).max(), 1 * Sketch::kMs);
}

TEST(Availability, NothingAskedIsNothingMissed) {
  const Availability a = MeasureAvailability(History(), 1000);
  EXPECT_TRUE(a.windows.empty());
  EXPECT_EQ(a.overall.OkPerMillion(), 1000000u);
}

TEST(StalenessStats, CountsStaleReads) {
  StalenessStats stats;
  stats.Add(0, 0);
  stats.Add(5000, 2);
  StalenessStats other;
  other.Add(7000, 1);
  stats.Merge(other);
  EXPECT_EQ(stats.stale(), 2u);
  EXPECT_EQ(stats.versions().max(), 2);
  EXPECT_EQ(stats.age().count(), 3u);
}

}  // namespace
}  // namespace wringer::reports
