// The running hash of everything that happens, with marks to bisect on.
//
// Each event's five numbers are multiplied together off the chain, and one
// multiply-fold per event enters the chain: about two nanoseconds. Nothing but
// the record's fields may enter: no pointer, no size, no host time. The seed
// does not either, so equal digests of two seeds mean that the seed decided
// nothing.
#ifndef WR_SIM_CORE_DIGEST_H_
#define WR_SIM_CORE_DIGEST_H_

#include <cstdint>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "sim/core/event.h"

namespace wringer::sim {

// The digest after `event_number` events.
struct DigestMark {
  std::uint64_t event_number = 0;
  Nanos at = 0;
  std::uint64_t digest = 0;
};

class EventDigest {
 public:
  // A mark every 2^mark_shift events.
  explicit EventDigest(int mark_shift)
      : mark_mask_((std::uint64_t{1} << mark_shift) - 1) {}

  // Folds one event in. `e` is an Event or an EventRecord.
  template <typename E>
  [[gnu::always_inline]] void Fold(const E& e, std::uint64_t event_number) {
    const std::uint64_t who =
        (std::uint64_t{e.node.value()} << 32) | e.incarnation.value();
    const std::uint64_t what =
        MulFold(std::uint64_t(e.at) ^ kTimeKey, e.op ^ kOpKey) ^
        MulFold(who ^ kWhoKey, std::uint64_t(e.kind) ^ kKindKey);
    value_ = MulFold(value_ ^ what, kChainKey);
    if ((event_number & mark_mask_) == 0) [[unlikely]] {
      AddMark(event_number, e.at);
    }
  }

  std::uint64_t value() const { return value_; }
  const std::vector<DigestMark>& marks() const { return marks_; }

 private:
  [[gnu::noinline]] void AddMark(std::uint64_t event_number, Nanos at) {
    marks_.push_back({event_number, at, value_});
  }

  // Odd, random-looking, and part of the format: change one and every stored
  // digest changes.
  static constexpr std::uint64_t kTimeKey = 0xa0761d6478bd642fu;
  static constexpr std::uint64_t kOpKey = 0xe7037ed1a0b428dbu;
  static constexpr std::uint64_t kWhoKey = 0x8ebc6af09c88c6e3u;
  static constexpr std::uint64_t kKindKey = 0x589965cc75374cc3u;
  static constexpr std::uint64_t kChainKey = 0x1d8e4e27c47d124fu;

  std::uint64_t value_ = Purpose("wringer.digest.1");
  std::uint64_t mark_mask_;
  std::vector<DigestMark> marks_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_DIGEST_H_
