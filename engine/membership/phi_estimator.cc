#include "engine/membership/phi_estimator.h"

#include <algorithm>
#include <array>

#include "engine/base/check.h"

namespace wringer::membership {
namespace {

// -1000 log10(Q(z)) for z = -4, -3.75 ... 12, rounded; Q is the upper tail of
// the standard normal distribution, erfc(z / sqrt 2) / 2.
constexpr std::int64_t kFirstZ = -4000;
constexpr std::int64_t kStepZ = 250;
constexpr std::array<std::int64_t, 65> kTail = {
    0,     0,     0,     0,     1,     1,     3,     5,     10,    18,    30,
    48,    75,    112,   160,   223,   301,   397,   511,   645,   800,   976,
    1175,  1397,  1643,  1913,  2207,  2526,  2870,  3239,  3633,  4053,  4499,
    4971,  5469,  5993,  6543,  7119,  7721,  8350,  9006,  9688,  10396, 11131,
    11893, 12681, 13496, 14338, 15206, 16101, 17023, 17972, 18947, 19950, 20979,
    22035, 23118, 24228, 25365, 26528, 27719, 28936, 30181, 31452, 32750};
// Beyond the table the curve goes on as a line.
constexpr std::int64_t kLastSlope = kTail.back() - kTail[kTail.size() - 2];
constexpr std::int64_t kCap = 1'000'000;

// The greatest r with r * r <= n.
std::int64_t SquareRoot(std::int64_t n) {
  std::int64_t low = 0;
  std::int64_t high = 3'037'000'499;  // its square still fits
  while (low < high) {
    const std::int64_t middle = low + (high - low + 1) / 2;
    if (middle * middle <= n) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

}  // namespace

std::uint32_t NormalTailPhi(std::int64_t z) {
  if (z <= kFirstZ) return 0;
  const std::int64_t place = (z - kFirstZ) / kStepZ;
  const std::int64_t rest = (z - kFirstZ) % kStepZ;
  const auto last = static_cast<std::int64_t>(kTail.size()) - 1;
  if (place >= last) {
    const std::int64_t beyond =
        std::min(z - (kFirstZ + last * kStepZ), kCap * kStepZ / kLastSlope);
    return static_cast<std::uint32_t>(
        std::min(kTail.back() + kLastSlope * beyond / kStepZ, kCap));
  }
  const std::int64_t low = kTail[static_cast<std::size_t>(place)];
  const std::int64_t high = kTail[static_cast<std::size_t>(place) + 1];
  return static_cast<std::uint32_t>(low + (high - low) * rest / kStepZ);
}

PhiEstimator::PhiEstimator(Nanos expected) : expected_(expected) {
  WR_CHECK(expected > 0);
  // Until it knows better, half an interval on either side.
  Remember(expected - expected / 2);
  Remember(expected + expected / 2);
}

void PhiEstimator::Remember(Nanos interval) {
  const std::int64_t micros =
      std::min<std::int64_t>(interval / kMicrosecond, kLongestMicros);
  window_.push_back(micros);
  sum_ += micros;
  sum_of_squares_ += micros * micros;
  if (window_.size() <= kWindow) return;
  sum_ -= window_.front();
  sum_of_squares_ -= window_.front() * window_.front();
  window_.pop_front();
}

void PhiEstimator::OnArrival(Nanos now) {
  if (last_ >= 0) {
    WR_CHECK(now >= last_);
    Remember(now - last_);
  }
  last_ = now;
}

Nanos PhiEstimator::mean() const {
  return sum_ / static_cast<std::int64_t>(window_.size()) * kMicrosecond;
}

Nanos PhiEstimator::deviation() const {
  const auto count = static_cast<std::int64_t>(window_.size());
  const std::int64_t mean_micros = sum_ / count;
  const std::int64_t variance = std::max<std::int64_t>(
      sum_of_squares_ / count - mean_micros * mean_micros, 0);
  return std::max(SquareRoot(variance) * kMicrosecond, expected_ / 2);
}

std::uint32_t PhiEstimator::Phi(Nanos now) const {
  if (last_ < 0) return 0;
  const Nanos late = now - last_ - mean();
  // Both well below 2^43 ns where it matters: a thousandfold still fits.
  const Nanos bounded =
      std::clamp<Nanos>(late, -1'000 * kSecond, 1'000 * kSecond);
  return NormalTailPhi(bounded * 1000 / std::max<Nanos>(deviation(), 1));
}

}  // namespace wringer::membership
