// Detectors by heartbeat, on a network of function calls.
#include "engine/membership/detector.h"

#include <map>
#include <memory>

#include "gtest/gtest.h"

namespace wringer::membership {
namespace {

using Kind = DetectorOptions::Kind;
constexpr Nanos kMs = kMillisecond;
constexpr NodeId kA{1};
constexpr NodeId kB{2};

DetectorOptions Pair(Kind kind, NodeId self) {
  DetectorOptions options;
  options.kind = kind;
  options.self = self;
  options.members = {kA, kB};
  options.interval = 50 * kMs;
  options.timeout = 150 * kMs;
  return options;
}

// What kA thinks of kB, whose heartbeats take `delay(i)`.
template <typename Delay>
int Suspicions(Kind kind, Delay delay) {
  const auto a = NewFailureDetector(Pair(kind, kA));
  FailureDetector::Output out;
  a->Start(0, Incarnation{1}, &out);
  std::multimap<Nanos, std::string> arrivals;
  for (int i = 0; i < 400; ++i) {
    arrivals.emplace(i * 50 * kMs + delay(i), "h");
  }
  for (Nanos now = 0; now < 19 * kSecond; now += 5 * kMs) {
    while (!arrivals.empty() && arrivals.begin()->first <= now) {
      a->OnMessage(now, kB, "h", &out);
      arrivals.erase(arrivals.begin());
    }
    a->OnTick(now, &out);
  }
  int suspicions = 0;
  for (const auto& change : out.changes) suspicions += change.alive ? 0 : 1;
  return suspicions;
}

TEST(HeartbeatDetector, ASilentPeerIsSuspectedOnceAndClearedByItsNextWord) {
  for (const Kind kind : {Kind::kTimeout, Kind::kPhi}) {
    const auto a = NewFailureDetector(Pair(kind, kA));
    FailureDetector::Output out;
    a->Start(0, Incarnation{1}, &out);
    for (Nanos now = 0; now <= 1 * kSecond; now += 25 * kMs) {
      a->OnTick(now, &out);
    }
    ASSERT_EQ(out.changes.size(), 1u);
    EXPECT_EQ(out.changes[0], (FailureDetector::Change{kB, false}));
    EXPECT_TRUE(a->Suspects(kB));
    a->OnMessage(1 * kSecond, kB, "h", &out);
    ASSERT_EQ(out.changes.size(), 2u);
    EXPECT_TRUE(out.changes[1].alive);
    EXPECT_FALSE(a->Suspects(kB));
  }
}

TEST(HeartbeatDetector, SendsOneHeartbeatAnInterval) {
  const auto a = NewFailureDetector(Pair(Kind::kTimeout, kA));
  FailureDetector::Output out;
  a->Start(0, Incarnation{1}, &out);
  for (Nanos now = 5 * kMs; now < 1 * kSecond; now += 5 * kMs) {
    a->OnTick(now, &out);
  }
  EXPECT_EQ(out.sends.size(), 20u);
  EXPECT_EQ(out.sends[0].first, kB);
}

TEST(HeartbeatDetector, GarbageAndStrangersAreIgnored) {
  const auto a = NewFailureDetector(Pair(Kind::kPhi, kA));
  FailureDetector::Output out;
  a->Start(0, Incarnation{1}, &out);
  out = {};
  a->OnMessage(1, NodeId{9}, "h", &out);
  a->OnMessage(2, kB, "not a heartbeat", &out);
  EXPECT_TRUE(out.changes.empty());
  EXPECT_TRUE(out.sends.empty());
}

// Every fourth heartbeat is 130 ms late. A fixed timeout of 150 ms is wrong
// again and again; phi is wrong until it has seen it a few times.
TEST(HeartbeatDetector, PhiLearnsAJitterThatFoolsTheTimeout) {
  const auto jitter = [](int i) { return i % 4 == 0 ? 130 * kMs : Nanos{0}; };
  const auto burst = [&](int i) {
    // The three after a late one wait behind it, as on one connection.
    const Nanos due = (i - i % 4) * 50 * kMs + 200 * kMs;
    return jitter(i) == 0 ? std::max<Nanos>(due - i * 50 * kMs, 0) : 200 * kMs;
  };
  const int by_timeout = Suspicions(Kind::kTimeout, burst);
  const int by_phi = Suspicions(Kind::kPhi, burst);
  EXPECT_GT(by_timeout, 50);
  EXPECT_LT(by_phi, 5);
}

TEST(Detector, NoneIsNobody) {
  EXPECT_EQ(NewFailureDetector(Pair(Kind::kNone, kA)), nullptr);
}

}  // namespace
}  // namespace wringer::membership
