#include "sim/core/node_clock.h"

#include <algorithm>

namespace wringer::sim {

Nanos NodeClock::WhenMonotonic(Nanos monotonic, Nanos now) const {
  if (monotonic <= MonotonicAt(now)) return now;
  if (frozen_ || monotonic == kNever) return kNever;
  const __int128 wide = static_cast<__int128>(monotonic) - kMonotonicAtBoot +
                        boot_ - anchor_reading_;
  WR_CHECK(wide >= 0);
  if (wide > kNever) return kNever;
  // Smallest t with floor(t * rate / 1e9) >= ahead, which is ahead * 1e9 / rate
  // rounded up. As 1e9 is rate less the drift, that is `ahead` and what the
  // drift makes of it: of 64 bits mostly, where the other is of 128.
  const auto ahead = static_cast<std::uint64_t>(wide);
  const auto rate = static_cast<std::uint64_t>(kBillion + drift_ppb_);
  const __int128 elapsed =
      drift_ppb_ >= 0
          ? __int128{ahead} - MulDiv(ahead, std::uint64_t(drift_ppb_), rate)
          : __int128{ahead} + MulDivUp(ahead, std::uint64_t(-drift_ppb_), rate);
  const __int128 when = elapsed + anchor_true_;
  return when >= kNever ? kNever : std::max(now, static_cast<Nanos>(when));
}

void NodeClock::SetDrift(std::int64_t ppb, Nanos now) {
  WR_CHECK(ppb >= -kDriftPpbMax);
  WR_CHECK(ppb <= kDriftPpbMax);
  anchor_reading_ = RunningAt(now);
  anchor_true_ = now;
  drift_ppb_ = ppb;
  disturbed_ = frozen_ || drift_ppb_ != 0;
}

void NodeClock::Freeze(Nanos now) {
  if (frozen_) return;
  frozen_reading_ = RunningAt(now);
  frozen_ = true;
  disturbed_ = true;
}

void NodeClock::Unfreeze() {
  frozen_ = false;
  disturbed_ = drift_ppb_ != 0;
}

}  // namespace wringer::sim
