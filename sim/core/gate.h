// The door of a node: which of its events may run now.
//
// An event bound to a dead incarnation is dropped. While the node is paused, or
// its CPU is busy with what came before, events wait in line; the first in line
// goes back into the queue for the moment the CPU is free, the others follow
// one at a time, so their order is that of their arrival and a saturated node
// costs O(1) per event. An event in line is judged again when its turn comes.
//
// Invariant: a line that is not empty has its head in the queue, unless the
// node is paused or runs an event at this moment (then Next() follows).
#ifndef WR_SIM_CORE_GATE_H_
#define WR_SIM_CORE_GATE_H_

#include <algorithm>
#include <cstdint>

#include "engine/base/check.h"
#include "engine/base/types.h"
#include "sim/core/event.h"
#include "sim/core/event_queue.h"

namespace wringer::sim {

class Gate {
 public:
  enum class Verdict : std::uint8_t { kRun, kWait, kDrop };

  // Judges a popped event of this node. kWait: the gate has put it away.
  Verdict Admit(EventQueue* queue, EventIndex index, Nanos now) {
    const Event& event = queue->at(index);
    if (!open_ || (event.incarnation != Incarnation{} &&
                   event.incarnation != incarnation_)) {
      WR_CHECK(index != head_);
      return Verdict::kDrop;
    }
    if (head_ == 0 && !paused_ && busy_until_ <= now) [[likely]] {
      return Verdict::kRun;
    }
    return AdmitSlowly(queue, index, now);
  }

  // Lets the next in line into the queue. Called when an event of the node
  // has run, and when something in its way has gone.
  void Next(EventQueue* queue, Nanos now) {
    if (!line_.empty()) [[unlikely]] {
      Promote(queue, now);
    }
  }

  // Takes a waiting event (kHead or kHeld) out of the line.
  void Leave(EventQueue* queue, EventIndex index, Nanos now);

  void Open(Nanos now);
  void Close();
  // The first event still in line after Close, taken; 0 if there is none.
  EventIndex TakeFirst(EventQueue* queue);

  void Pause(Nanos now);
  void Resume(EventQueue* queue, Nanos now);

  void Charge(Nanos cost, Nanos now) {
    busy_until_ = std::max(busy_until_, now) + cost;
  }

  bool open() const { return open_; }
  bool paused() const { return paused_; }
  Incarnation incarnation() const { return incarnation_; }
  Nanos busy_until() const { return busy_until_; }

 private:
  Verdict AdmitSlowly(EventQueue* queue, EventIndex index, Nanos now);
  void Promote(EventQueue* queue, Nanos now);
  void SendHead(EventQueue* queue, EventIndex index, Nanos now);
  void Hold(EventQueue* queue, EventIndex index, bool first);

  bool open_ = false;
  bool paused_ = false;
  Incarnation incarnation_;
  // The event first in line, which is in the queue; 0 if there is no line.
  EventIndex head_ = 0;
  EventList line_;  // behind the head
  Nanos busy_until_ = 0;
  Nanos paused_since_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_GATE_H_
