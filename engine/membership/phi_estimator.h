// How suspicious a silence is, judged by how the party used to speak: the phi
// accrual failure detector (Hayashibara, Defago, Yared, Katayama: "The phi
// accrual failure detector", SRDS 2004, section 4.2).
//
//   phi(now) = -log10 P(the next heartbeat comes later than this)
//
// where the time between heartbeats is taken to be normally distributed, with
// mean and variance of a sliding window of past ones. So phi = 1 is wrong one
// time in 10, phi = 8 one in 10^8, whatever the network is like.
//
// All arithmetic is on integers: the decision is the same on every machine.
#ifndef WR_ENGINE_MEMBERSHIP_PHI_ESTIMATOR_H_
#define WR_ENGINE_MEMBERSHIP_PHI_ESTIMATOR_H_

#include <cstdint>
#include <deque>

#include "engine/base/types.h"

namespace wringer::membership {

// One unit of phi in the numbers below.
inline constexpr std::uint32_t kPhiUnit = 1000;

class PhiEstimator {
 public:
  // `expected`: the interval at which heartbeats are sent. REQUIRES: > 0.
  explicit PhiEstimator(Nanos expected);

  // A heartbeat arrived. Times never decrease.
  void OnArrival(Nanos now);

  // Suspicion, in thousandths; 0 before the first arrival. Grows with silence.
  std::uint32_t Phi(Nanos now) const;

  // Of the intervals in the window. The deviation is at least half the expected
  // interval: on a quiet network a single lost heartbeat is no surprise.
  Nanos mean() const;
  Nanos deviation() const;

 private:
  // The paper used 1000; a shorter memory follows a changed network sooner.
  static constexpr std::size_t kWindow = 200;
  // Longer intervals count as this: 200 squares of it fit 63 bits.
  static constexpr std::int64_t kLongestMicros = 100'000'000;

  void Remember(Nanos interval);

  Nanos expected_;
  Nanos last_ = -1;
  std::deque<std::int64_t> window_;  // microseconds
  std::int64_t sum_ = 0;
  std::int64_t sum_of_squares_ = 0;
};

// -log10 of the upper tail of the standard normal distribution at z / 1000, in
// thousandths. Monotone; capped far out.
std::uint32_t NormalTailPhi(std::int64_t z_thousandths);

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_PHI_ESTIMATOR_H_
