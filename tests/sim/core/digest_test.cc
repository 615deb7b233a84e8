#include "sim/core/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/core/toy_cluster.h"

namespace wringer::sim {
namespace {

constexpr Nanos kRun = 200 * kMillisecond;

std::uint64_t DigestOf(std::uint64_t seed) {
  ToyCluster cluster(seed);
  cluster.world.RunUntil(kRun);
  return cluster.world.digest();
}

TEST(DigestTest, EveryFieldCounts) {
  const EventRecord base{.number = 1,
                         .at = 1,
                         .kind = EventKind::kTimer,
                         .node = NodeId{1},
                         .incarnation = Incarnation{1},
                         .op = 1};
  std::vector<EventRecord> records(6, base);
  records[1].at = 2;
  records[2].kind = EventKind::kDisk;
  records[3].node = NodeId{2};
  records[4].incarnation = Incarnation{2};
  records[5].op = 2;
  std::set<std::uint64_t> digests;
  for (const EventRecord& record : records) {
    EventDigest digest(12);
    digest.Fold(record, 1);
    digests.insert(digest.value());
  }
  EXPECT_EQ(digests.size(), records.size());
}

TEST(DigestTest, OrderCounts) {
  const EventRecord a{.at = 1, .op = 1};
  const EventRecord b{.at = 1, .op = 2};
  EventDigest ab(12);
  ab.Fold(a, 1);
  ab.Fold(b, 2);
  EventDigest ba(12);
  ba.Fold(b, 1);
  ba.Fold(a, 2);
  EXPECT_NE(ab.value(), ba.value());
}

TEST(DigestTest, AMarkEveryPowerOfTwoEvents) {
  EventDigest digest(3);
  for (std::uint64_t n = 1; n <= 20; ++n) {
    digest.Fold(EventRecord{.at = Nanos(n)}, n);
  }
  ASSERT_EQ(digest.marks().size(), 2u);
  EXPECT_EQ(digest.marks()[0].event_number, 8u);
  EXPECT_EQ(digest.marks()[1].event_number, 16u);
  EXPECT_EQ(digest.marks()[1].at, 16);
}

TEST(DigestTest, TheSameSeedGivesTheSameDigest) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    EXPECT_EQ(DigestOf(seed), DigestOf(seed));
  }
}

TEST(DigestTest, AnotherSeedGivesAnotherDigest) {
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 0; seed < 8; ++seed) digests.insert(DigestOf(seed));
  EXPECT_EQ(digests.size(), 8u);
}

// The same number from every compiler, optimisation level and sanitizer. A
// change of the event format, of the order of events or of the random streams
// changes it; anything else that does is a bug.
TEST(DigestTest, TheToyClusterHasTheDigestItAlwaysHad) {
  EXPECT_EQ(DigestOf(42), 12685872122414622597u);
}

TEST(DigestTest, LookingChangesNothing) {
  struct Looker : WorldObserver {
    void AfterEvent(const EventRecord&) override { ++seen; }
    std::uint64_t seen = 0;
  } looker;
  std::uint64_t lines = 0;
  ToyCluster cluster(42);
  cluster.world.AddObserver(&looker);
  cluster.hub.Listen({}, [&lines](const TraceLine&) { ++lines; });
  cluster.world.RunUntil(kRun);
  EXPECT_EQ(cluster.world.digest(), DigestOf(42));
  EXPECT_EQ(looker.seen, cluster.world.events_run());
  EXPECT_GT(lines, 100u);
}

TEST(DigestTest, StoppingOftenChangesNothing) {
  ToyCluster cluster(42);
  for (Nanos until = 0; until < kRun; until += 7'777) {
    cluster.world.RunUntil(until);
  }
  cluster.world.RunUntil(kRun);
  EXPECT_EQ(cluster.world.digest(), DigestOf(42));
}

}  // namespace
}  // namespace wringer::sim
