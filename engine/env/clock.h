// What a node believes about time.
//
// Two clocks, and neither is the truth: the monotonic one never goes back but
// may run fast or slow (drift) and stands still while frozen; a paused node
// finds on waking that both have moved on. The wall clock may also be wrong and
// jump. Use the monotonic clock
// for timeouts and leases, the wall clock only to stamp what people or
// last-writer-wins versions will read. Reading a clock never yields.
// After a restart the monotonic clock starts anew; nothing durable may hold it.
#ifndef WR_ENGINE_ENV_CLOCK_H_
#define WR_ENGINE_ENV_CLOCK_H_

#include "engine/base/types.h"

namespace wringer::env {

class Clock {
 public:
  virtual ~Clock() = default;
  // Nanoseconds since some instant before this boot. Never decreases.
  virtual Nanos Monotonic() const = 0;
  // Nanoseconds since the epoch, as this node believes. May jump either way.
  virtual Nanos Wall() const = 0;
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_CLOCK_H_
