// Phi accrual: what the paper says of it.
#include "engine/membership/phi_estimator.h"

#include "gtest/gtest.h"

namespace wringer::membership {
namespace {

constexpr Nanos kMs = kMillisecond;

PhiEstimator After(Nanos interval, int count, Nanos jitter = 0) {
  PhiEstimator estimator(interval);
  Nanos at = 0;
  for (int i = 0; i < count; ++i) {
    estimator.OnArrival(at);
    at += interval + (i % 2 == 0 ? jitter : -jitter);
  }
  return estimator;
}

// Section 4.1, property 1 (asymptotic completeness): with a crash, the level
// grows without end.
TEST(Phi, GrowsWithSilence) {
  PhiEstimator estimator(100 * kMs);
  for (Nanos at = 0; at <= 2 * kSecond; at += 100 * kMs)
    estimator.OnArrival(at);
  std::uint32_t before = 0;
  for (Nanos at = 2 * kSecond; at < 4 * kSecond; at += 10 * kMs) {
    const std::uint32_t phi = estimator.Phi(at);
    EXPECT_GE(phi, before);
    before = phi;
  }
  EXPECT_GT(before, 100 * kPhiUnit);
}

TEST(Phi, IsNothingBeforeTheFirstHeartbeatAndSmallBetweenTwo) {
  PhiEstimator estimator(100 * kMs);
  EXPECT_EQ(estimator.Phi(10 * kSecond), 0u);
  estimator.OnArrival(0);
  EXPECT_LT(estimator.Phi(100 * kMs), kPhiUnit);
}

// phi = -log10 of the chance of being wrong: half the heartbeats come later
// than the mean, one in ten later than 1.2816 deviations after it.
TEST(Phi, IsTheLogarithmOfTheTailOfTheNormalDistribution) {
  EXPECT_EQ(NormalTailPhi(0), 301u);  // -log10(0.5) = 0.30103
  EXPECT_NEAR(NormalTailPhi(1282), 1000, 5);
  EXPECT_NEAR(NormalTailPhi(2326), 2000, 8);
  EXPECT_NEAR(NormalTailPhi(5612), 8000, 30);
  EXPECT_EQ(NormalTailPhi(-4000), 0u);
}

TEST(Phi, AnIrregularPartyIsGivenMoreTime) {
  const PhiEstimator regular = After(100 * kMs, 100);
  const PhiEstimator irregular = After(100 * kMs, 100, 90 * kMs);
  EXPECT_LT(regular.mean() - irregular.mean(), 3 * kMs);
  EXPECT_GT(irregular.deviation(), regular.deviation());
  const Nanos late = 100 * 100 * kMs + 250 * kMs;
  EXPECT_GT(regular.Phi(late), irregular.Phi(late));
}

TEST(Phi, FollowsANetworkThatBecameSlower) {
  PhiEstimator estimator(50 * kMs);
  Nanos at = 0;
  for (int i = 0; i < 300; ++i) estimator.OnArrival(at += 50 * kMs);
  EXPECT_GT(estimator.Phi(at + 250 * kMs), 8 * kPhiUnit);
  for (int i = 0; i < 300; ++i) estimator.OnArrival(at += 200 * kMs);
  EXPECT_EQ(estimator.mean(), 200 * kMs);
  EXPECT_LT(estimator.Phi(at + 250 * kMs), 8 * kPhiUnit);
}

TEST(Phi, SurvivesAnAbsurdlyLongSilence) {
  PhiEstimator estimator(1);
  estimator.OnArrival(0);
  estimator.OnArrival(std::int64_t{1} << 60);
  EXPECT_GT(estimator.Phi(std::int64_t{1} << 62), 0u);
}

}  // namespace
}  // namespace wringer::membership
