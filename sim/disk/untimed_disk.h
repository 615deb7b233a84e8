// A disk outside any world: calls return at once, its own clock jumps over
// every wait. For tests, tools, and oracles that recover a copy of a node's
// durable state to see what would be there.
#ifndef WR_SIM_DISK_UNTIMED_DISK_H_
#define WR_SIM_DISK_UNTIMED_DISK_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/env/file_system.h"
#include "sim/disk/sim_disk.h"
#include "sim/disk/sim_file_system.h"

namespace wringer::sim {

class UntimedDisk {
 public:
  explicit UntimedDisk(const DiskOptions& options);
  ~UntimedDisk();

  SimDisk& disk() { return *disk_; }
  // A view of the current mount; make a new one after each crash. Dies with
  // this object.
  std::unique_ptr<env::FileSystem> Mount();

  Nanos now() const;
  // Moves the clock, waking the flusher on the way.
  void AdvanceTo(Nanos at);
  // Waits so far, and CPU charged.
  std::uint64_t waits() const;
  Nanos cpu() const;
  // Called at the start of every wait, before time passes: a test may crash
  // the disk in the middle of a request.
  void set_on_wait(void (*hook)(void* object), void* object);
  // Calls on dead views.
  const std::vector<std::string>& defects() const;

 private:
  struct Clock;
  class Host;
  class Caller;

  std::shared_ptr<Clock> clock_;
  std::unique_ptr<SimDisk> disk_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_DISK_UNTIMED_DISK_H_
