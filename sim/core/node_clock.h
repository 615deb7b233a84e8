// One node's hardware clock: how what it shows follows from true time.
//
// A piecewise linear function in integers. Between two changes of drift the
// clock advances by (1e9 + drift_ppb) / 1e9 of true time, rounded down; a
// change anchors a new piece at the reading of that moment, so the clock never
// goes back. A frozen clock shows one reading until Unfreeze, then jumps to
// where it would have been. The monotonic clock is this reading counted from
// the boot, the wall clock this reading plus an offset that may step.
#ifndef WR_SIM_CORE_NODE_CLOCK_H_
#define WR_SIM_CORE_NODE_CLOCK_H_

#include <cstdint>

#include "engine/base/check.h"
#include "engine/base/mul_div.h"
#include "engine/base/types.h"
#include "sim/core/event.h"

namespace wringer::sim {

// The wall clock of an honest node at true time 0: 2024-01-01T00:00:00Z.
inline constexpr Nanos kWallEpoch = 1'704'067'200 * kSecond;
// Monotonic reading at boot: not 0, which code likes to use for "never".
inline constexpr Nanos kMonotonicAtBoot = kSecond;

class NodeClock {
 public:
  static constexpr std::int64_t kDriftPpbMax = 500'000'000;  // twice as fast

  Nanos MonotonicAt(Nanos now) const {
    return ReadingAt(now) - boot_ + kMonotonicAtBoot;
  }
  Nanos WallAt(Nanos now) const {
    return kWallEpoch + ReadingAt(now) + wall_offset_;
  }
  // The moment `d` from now, on both clocks. REQUIRES: d >= 0.
  struct Aimed {
    Nanos deadline;  // monotonic
    Nanos at;        // true; kNever while the clock stands still
  };
  Aimed After(Nanos d, Nanos now) const {
    WR_CHECK(d >= 0);
    if (!disturbed_ && d <= kPlainMax) [[likely]] {
      const Nanos monotonic =
          anchor_reading_ + (now - anchor_true_) - boot_ + kMonotonicAtBoot;
      return {monotonic + d, now + d};
    }
    const Nanos monotonic = MonotonicAt(now);
    const Nanos deadline = d > kNever - monotonic ? kNever : monotonic + d;
    return {deadline, WhenMonotonic(deadline, now)};
  }
  // The first true time, not before `now`, at which the monotonic clock shows
  // `monotonic` or more; kNever while frozen short of it.
  Nanos WhenMonotonic(Nanos monotonic, Nanos now) const;

  // The monotonic clock starts anew.
  void Boot(Nanos now) { boot_ = ReadingAt(now); }
  // REQUIRES: |ppb| <= kDriftPpbMax.
  void SetDrift(std::int64_t ppb, Nanos now);
  void Freeze(Nanos now);
  void Unfreeze();
  void SetWallOffset(Nanos offset) { wall_offset_ = offset; }

  bool frozen() const { return frozen_; }
  Nanos wall_offset() const { return wall_offset_; }
  std::int64_t drift_ppb() const { return drift_ppb_; }

 private:
  static constexpr std::int64_t kBillion = 1'000'000'000;
  // Sums of two of these do not overflow.
  static constexpr Nanos kPlainMax = kNever / 4;

  Nanos ReadingAt(Nanos now) const {
    return frozen_ ? frozen_reading_ : RunningAt(now);
  }
  Nanos RunningAt(Nanos now) const {
    const Nanos elapsed = now - anchor_true_;
    if (drift_ppb_ == 0) [[likely]] {
      return anchor_reading_ + elapsed;
    }
    // Rounded down: what a slow clock loses is rounded up.
    const auto true_ns = static_cast<std::uint64_t>(elapsed);
    if (drift_ppb_ > 0) {
      const auto gained = MulDiv(true_ns, std::uint64_t(drift_ppb_), kBillion);
      return anchor_reading_ + elapsed + static_cast<Nanos>(gained);
    }
    const auto lost = MulDivUp(true_ns, std::uint64_t(-drift_ppb_), kBillion);
    return anchor_reading_ + elapsed - static_cast<Nanos>(lost);
  }

  Nanos anchor_true_ = 0;
  Nanos anchor_reading_ = 0;
  std::int64_t drift_ppb_ = 0;
  Nanos boot_ = 0;  // reading at the last boot
  Nanos wall_offset_ = 0;
  Nanos frozen_reading_ = 0;
  bool frozen_ = false;
  bool disturbed_ = false;  // frozen, or drifting
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_NODE_CLOCK_H_
