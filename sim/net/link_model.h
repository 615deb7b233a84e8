// What one directed link does to a message, as plain numbers.
//
// The network draws every value from a stream keyed by (seed, purpose, link) at
// the ordinal of the message on that link, so that a fault taken away, or a
// message more on another link, changes no draw here (design.md 4.3).
#ifndef WR_SIM_NET_LINK_MODEL_H_
#define WR_SIM_NET_LINK_MODEL_H_

#include <cstdint>

#include "engine/base/types.h"

namespace wringer::sim {

// How long a message takes: uniform in [low, high], plus an exponential tail
// of mean `tail` (0: none). Invariant: 0 <= low <= high.
struct Latency {
  Nanos low = 0;
  Nanos high = 0;
  Nanos tail = 0;
  bool operator==(const Latency&) const = default;
};

// Probabilities are parts per million.
struct LinkModel {
  Latency latency{80 * kMicrosecond, 160 * kMicrosecond, 20 * kMicrosecond};
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
  // Share of messages that take a detour of up to `reorder_by`. Only links of
  // order `any` have detours: a connection hides them.
  std::uint32_t reorder_ppm = 0;
  Nanos reorder_by = 1 * kMillisecond;
  std::uint64_t bytes_per_second = 1'250'000'000;  // 0: unlimited
  bool operator==(const LinkModel&) const = default;
};

// What a fault adds to a link, on top of its model and of other faults.
struct LinkWorsening {
  Latency latency{};  // added to the model's own
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
  std::uint32_t reorder_ppm = 0;
  std::uint32_t corrupt_ppm = 0;       // share of messages with one bit flipped
  std::uint64_t bytes_per_second = 0;  // replaces, if not 0; the least wins
  bool operator==(const LinkWorsening&) const = default;
};

// A fault on a set of links. One of cut, hold, worsen.
struct LinkFault {
  enum class Kind : std::uint8_t {
    kCut,     // nothing gets through; a fifo connection is reset
    kHold,    // every message is kept until the fault ends, then let go
    kWorsen,  // see LinkWorsening
  };
  Kind kind = Kind::kCut;
  // Of its draws; stable, whatever other faults there are.
  std::uint64_t key = 0;
  LinkWorsening worsening{};
};

// What a link fault really did: the witness for the fault ledger.
struct LinkFaultEffect {
  std::uint64_t stopped = 0;     // refused at a cut
  std::uint64_t reset = 0;       // in flight when the cut came
  std::uint64_t held = 0;        // kept back
  std::uint64_t released = 0;    // of those, let go when the fault ended
  std::uint64_t lost = 0;        // by added loss
  std::uint64_t duplicated = 0;  // by added duplication
  std::uint64_t reordered = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t delayed = 0;    // messages given added latency
  Nanos delay_total = 0;        // the sum of it
  std::uint64_t throttled = 0;  // messages queued longer for less bandwidth

  bool any() const {
    return stopped + reset + held + lost + duplicated + reordered + corrupted +
               delayed + throttled >
           0;
  }
};

// Names a link fault in force; 0 is none.
using LinkFaultId = StrongInt<struct LinkFaultIdTag, std::uint32_t>;

}  // namespace wringer::sim

#endif  // WR_SIM_NET_LINK_MODEL_H_
