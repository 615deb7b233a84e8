// Everything a node may see of the world: one bundle, handed to it at boot.
//
// Nothing in engine/ reads a clock, opens a file, sends a byte or draws a
// random number except through these. All pointers are non-null, belong to the
// world, and die with the incarnation they were made for.
#ifndef WR_ENGINE_ENV_ENV_H_
#define WR_ENGINE_ENV_ENV_H_

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/env/clock.h"
#include "engine/env/fibers.h"
#include "engine/env/file_system.h"
#include "engine/env/message_bus.h"
#include "engine/env/trace.h"

namespace wringer::env {

// The node's processor: one core whose time is charged, never measured.
class Cpu {
 public:
  virtual ~Cpu() = default;
  // Adds `cost` of work to the current handler or fiber slice: the node is busy
  // for that long, later events of this node wait, and messages sent from now
  // on leave after it. Does not yield.
  virtual void Charge(Nanos cost) = 0;
};

struct Env {
  NodeId self;
  Clock* clock = nullptr;
  Fibers* fibers = nullptr;
  FileSystem* files = nullptr;
  MessageBus* bus = nullptr;
  Cpu* cpu = nullptr;
  Trace* trace = nullptr;
  // Seed of this node's keyed streams. The same at every boot: give streams
  // the incarnation as entity where a boot must not repeat the last one.
  std::uint64_t random_seed = 0;
  // What the operating system's source of entropy gave at this boot: never
  // twice the same, whatever the clock shows and the disk has forgotten. Names
  // lives and logs; what a run draws comes from Stream().
  std::uint64_t entropy = 0;

  RandomStream Stream(std::uint64_t purpose, std::uint64_t entity = 0) const {
    return RandomStream(random_seed, purpose, self.value(), entity);
  }
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_ENV_H_
