#include "sim/oracle/election/term_runs.h"

#include <algorithm>
#include <vector>

#include "engine/base/random.h"
#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

LogPosition At(std::uint64_t term, std::uint64_t index) {
  return {Term(term), LogIndex(index)};
}

TEST(TermRuns, AnEmptyLogHasNothingInCommon) {
  TermRuns one;
  TermRuns two;
  EXPECT_EQ(one.last(), LogPosition());
  EXPECT_EQ(one.Common(two), LogPosition());
  two.Append(At(1, 1));
  EXPECT_EQ(one.Common(two), LogPosition());
}

TEST(TermRuns, ARepeatedEntryCutsNothing) {
  TermRuns log;
  EXPECT_TRUE(log.Append(At(1, 1)));
  EXPECT_TRUE(log.Append(At(1, 2)));
  EXPECT_TRUE(log.Append(At(1, 1)));
  EXPECT_EQ(log.last(), At(1, 2));
  EXPECT_FALSE(log.Append(At(2, 1)));
  EXPECT_EQ(log.last(), At(2, 1));
}

TEST(TermRuns, BehindASnapshotOnlyItsEndIsKnown) {
  TermRuns one;
  one.Restart(At(2, 5));
  one.Append(At(2, 6));
  TermRuns two;
  for (std::uint64_t i = 1; i <= 4; ++i) two.Append(At(1, i));
  EXPECT_EQ(one.Common(two), LogPosition());
  two.Append(At(2, 5));
  EXPECT_EQ(one.Common(two), At(2, 5));
}

// Against logs that are written out: terms never go down along a log, and one
// index and term stand for one prefix, as with logs that match.
TEST(TermRuns, FindTheSameAsComparingEntryByEntry) {
  RandomStream random(1, Purpose("test.term_runs"));
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::vector<std::uint64_t>> logs(1);
    std::uint64_t term = 1;
    for (int step = 0; step < 6; ++step) {
      std::vector<std::uint64_t> next = logs[random.Below(logs.size())];
      next.resize(random.Below(next.size() + 1));
      ++term;
      next.resize(next.size() + random.Below(4), term);
      logs.push_back(next);
    }
    const auto& a = logs[random.Below(logs.size())];
    const auto& b = logs[random.Below(logs.size())];
    const auto runs = [&](const std::vector<std::uint64_t>& log) {
      TermRuns result;
      // What was there before is replaced.
      for (std::size_t i = 0; i < random.Below(4); ++i) {
        result.Append(At(1, i + 1));
      }
      result.TruncateAfter(LogIndex(log.size()));
      for (std::size_t i = 0; i < log.size(); ++i) {
        result.Append(At(log[i], i + 1));
      }
      return result;
    };
    std::size_t common = 0;
    while (common < std::min(a.size(), b.size()) && a[common] == b[common]) {
      ++common;
    }
    const LogPosition expected =
        common == 0 ? LogPosition() : At(a[common - 1], common);
    EXPECT_EQ(runs(a).Common(runs(b)), expected);
  }
}

}  // namespace
}  // namespace wringer::sim
