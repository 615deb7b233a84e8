// A place in a run where a debugger takes over: an event number or a simulated
// time.
//
// The witness calls WringerStopHere() after every event from there on; gdb puts
// its breakpoint on that function, asks the functions below about the world,
// and moves the place with WringerStopNext(). They are plain functions taking
// plain numbers, so that they can be called in a build that has line tables and
// no types. scripts/gdb/wringer.py is their only caller.
#ifndef WR_SIM_CLI_REPRODUCE_STOP_POINT_H_
#define WR_SIM_CLI_REPRODUCE_STOP_POINT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/node_fibers.h"
#include "sim/core/world.h"
#include "sim/oracle/witness.h"
#include "sim/scenario/scenario.h"

namespace wringer::cli {

class StopPoint final : public sim::RunWitness {
 public:
  // "48123" is an event, "7.2s" a time. Nothing if it is neither.
  static std::optional<StopPoint> Parse(const std::string& text,
                                        const sim::Scenario& scenario);

  void Attach(const sim::World* world, LookAt look) override;
  void AfterEvent(const sim::EventRecord& event) override;

  // ---- for the debugger ----
  void set_event(std::uint64_t event) {
    event_ = event;
    at_ = sim::kNever;
  }
  const sim::EventRecord& now() const { return now_; }
  void PrintNodes() const;
  void ListFibers();
  const std::vector<sim::FiberInfo>& fibers() const { return fibers_; }
  const std::vector<NodeId>& fiber_nodes() const { return fiber_nodes_; }
  void PrintFiber(std::size_t i) const;

 private:
  explicit StopPoint(const sim::Scenario& scenario);

  std::vector<NodeId> nodes_;
  std::uint64_t event_ = 0;  // 0: by time
  Nanos at_ = sim::kNever;
  const sim::World* world_ = nullptr;
  LookAt look_;
  sim::EventRecord now_;
  std::vector<sim::FiberInfo> fibers_;
  std::vector<NodeId> fiber_nodes_;
};

}  // namespace wringer::cli

// `stop` is a StopPoint; gdb finds it in the first argument.
extern "C" {
void WringerStopHere(void* stop);
// Stop after this event; 0: after the next one.
void WringerStopNext(void* stop, std::uint64_t event);
std::uint64_t WringerEventNow(void* stop);
std::int64_t WringerTimeNow(void* stop);
void WringerPrintNodes(void* stop);
// How many fibers there are now; the following speak of this list.
std::uint64_t WringerListFibers(void* stop);
void WringerPrintFiber(void* stop, std::uint64_t i);
// Where the fiber's registers are saved; null if it runs.
const void* WringerFiberContext(void* stop, std::uint64_t i);
}

#endif  // WR_SIM_CLI_REPRODUCE_STOP_POINT_H_
